"""A tenant's page: who was inside on a day, every request, and that all of it can be used by everyone (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.browser.console import ask, sign_in
from tests.browser.rules import keeps_the_rules, settled

if TYPE_CHECKING:
    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

TICKETS = 'query { tenant(slug: "clover") { sessions { nodes { uuid ticket reason } } } }'
LAST = 'query { tenant(slug: "clover") { sessions(first: 1) { nodes { uuid startedAt reason } } } }'


async def test_who_was_inside_on_a_day_is_found_by_that_day(demo: Running, person: Bring) -> None:
    """The address keeps the days, and the requests of what is found are a click away."""
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants/clover/sessions")
    session = (await ask(page, LAST))["tenant"]["sessions"]["nodes"][0]
    day = session["startedAt"][:10]
    # Asked is who was inside, not who came.
    async with page.expect_request(lambda request: '"insideSince":"' in (request.post_data or "")):
        await page.get_by_label("Period").select_option("days")
    await page.get_by_label("First day, UTC").fill(day)
    await page.get_by_label("Last day, UTC").fill(day)
    await expect(page).to_have_url(f"{demo.console_url}/tenants/clover/sessions?from={day}&to={day}")
    rows = page.get_by_role("table", name="Sessions").get_by_role("row")
    await expect(rows.filter(has_text=session["reason"]).first).to_be_visible()

    await page.get_by_role("link", name="The ledger of this period").click()
    await expect(page).to_have_url(f"{demo.console_url}/tenants/clover/ledger?from={day}&to={day}")
    entries = page.get_by_role("list", name="Entries").get_by_role("button")
    await expect(entries.filter(has_text=session["reason"]).first).to_be_visible()
    await page.get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog", name="Export the ledger of clover")
    await expect(dialog).to_contain_text("until before")
    await dialog.get_by_label("First day, UTC").fill("9999-01-01")
    await dialog.get_by_role("button", name="Export as CSV").click()
    await expect(dialog.get_by_role("alert")).to_have_text("The last day is before the first.")
    await dialog.get_by_role("button", name="Cancel").click()
    await page.get_by_role("link", name="Sessions").click()

    await page.get_by_label("Period").select_option("days")
    await page.get_by_label("First day, UTC").fill("2020-01-01")
    await page.get_by_label("Last day, UTC").fill("2020-01-01")
    await expect(page.get_by_role("heading", name="Nobody was inside then")).to_be_visible()

    await page.get_by_role("button", name="Show every session").click()
    sessions = (await ask(page, TICKETS))["tenant"]["sessions"]["nodes"]
    about = next(each for each in sessions if each["ticket"])
    await page.get_by_label("Ticket").fill(about["ticket"].lower())
    await expect(page).to_have_url(f"{demo.console_url}/tenants/clover/sessions?ticket={about['ticket'].lower()}")
    await expect(rows).to_have_count(1 + sum(each["ticket"] == about["ticket"] for each in sessions))
    await expect(rows.filter(has_text=about["reason"]).first).to_be_visible()
    await page.get_by_label("Ticket").fill("SUP")
    await expect(page.get_by_role("heading", name="No session is about this ticket")).to_be_visible()

    await page.goto(f"{demo.console_url}/tenants/clover/access?session={session['uuid']}")
    requests = page.get_by_role("table", name="Access log").get_by_role("row")
    await expect(requests.nth(1)).to_be_visible()
    await expect(page.get_by_label("Session", exact=True)).to_have_value(session["uuid"])
    await page.get_by_label("Path begins with").fill("/no/such/path")
    await expect(page.get_by_role("heading", name="No request matches")).to_be_visible()
    await page.goto(f"{demo.console_url}/tenants/clover/access?session=nope")
    await expect(page.get_by_text(re.compile("nope is no session.s id"))).to_be_visible()


async def test_tabs_that_a_role_may_not_read_are_not_there_and_say_so_by_their_address(
    demo: Running, person: Bring
) -> None:
    page = (await person("Bela")).page
    await sign_in(page, demo, "billing", "/tenants/acme")
    tabs = page.get_by_role("navigation", name="Tenant").get_by_role("link")
    await expect(tabs).to_have_text(["Overview", "Sessions", "Ledger", "Policy", "History"])
    await expect(page.get_by_role("link", name="support@actas.example")).to_be_visible()
    await page.goto(f"{demo.console_url}/tenants/acme/access")
    await expect(page.get_by_text("needs ACCESS_LOG_READ")).to_be_visible()
    main = page.get_by_role("main")
    for path, said in (
        (
            "/ledger?ip=203.0.113.7",
            "To filter by IP address needs ORIGIN_READ, which the roles Admin and Read only",
        ),
        (f"/ledger?operator={uuid4()}", "To filter by operator needs OPERATOR_READ, which the roles Admin"),
    ):
        await page.goto(f"{demo.console_url}{path}")
        await expect(main).to_contain_text(said)
        await expect(main.get_by_role("list", name="Entries")).to_have_count(0)
    await page.goto(f"{demo.console_url}/tenants/acme/ledger?ip=203.0.113.7")
    await expect(main).to_contain_text("left out: ip=203.0.113.7")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_part_of_it_keeps_the_rules_of_accessibility(demo: Running, person: Bring, scheme: Any) -> None:
    page = (await person("Ada")).page
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await sign_in(page, demo, "admin", "/tenants/acme")
    session = (await ask(page, LAST))["tenant"]["sessions"]["nodes"][0]
    paths = ("/tenants/acme/access", "/tenants/acme/policy", "/tenants/indigo/history", "/ledger?kind=Operators*")
    for path in (*paths, f"/sessions/{session['uuid']}"):
        await page.goto(f"{demo.console_url}{path}")
        await settled(page)
        await keeps_the_rules(page, path)
    await page.goto(f"{demo.console_url}/tenants/acme/policy")
    await page.get_by_role("button", name="Change the rules").click()
    await page.get_by_label("Longest duration").fill("soon")
    await page.get_by_role("button", name="Set one rule").click()
    await keeps_the_rules(page, "the form of rules")
    await page.goto(f"{demo.console_url}/tenants/acme/ledger")
    await page.get_by_role("button", name="Export…").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await keeps_the_rules(page, "export")
