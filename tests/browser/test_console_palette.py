"""The palette: one field that leads everywhere, whole by keyboard."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console import ask, end, sign_in, start

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, Route

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

DENSE = 28
LAST = """query ($slug: String!) { tenant(slug: $slug) {
  sessions(first: 1) { nodes { uuid } } audit(first: 1) { nodes { id summary } } } }"""
TICKETS = """{ impersonationSessions(filter: { states: [ENDED] }) { nodes {
  uuid ticket reason operator { name } tenant { name } } } }"""

NOT_NOW = (
    ("suspend coral", "Suspend Coral Swimwear…", "Cannot be suspended while it is offboarded"),
    ("suspend indigo", "Suspend Indigo Prints…", "Is suspended already"),
    ("lift acme", "Lift the suspension of Acme GmbH…", "Is not suspended but active"),
)
ENTERING = "Needs IMPERSONATE_READ_ONLY, which the roles Admin and Support have."
SUSPENDING = "Needs TENANT_SUSPEND, which the roles Admin, Billing, and Support have."
LACKING = (
    ("impersonate acme", "Impersonate…", ENTERING),
    ("suspend acme", "Suspend a tenant…", SUSPENDING),
    ("lift", "Lift a suspension…", SUSPENDING),
)


async def height(row: Locator) -> float:
    """In pixels."""
    box = await row.bounding_box()
    assert box
    return box["height"]


async def find(page: Page, text: str, choice: str) -> None:
    """Type into the palette, at once, until the first choice is this one."""
    await page.keyboard.press("Control+k")
    await page.keyboard.type(text)
    await expect(page.get_by_role("combobox", name="Search or jump to")).to_have_value(text)
    await expect(page.get_by_role("option", selected=True)).to_contain_text(choice)


async def test_a_few_keys_lead_to_a_tenant_a_person_a_session_an_entry(demo: Running, person: Bring) -> None:
    """To a session by its ticket too, long after it is over."""
    page = (await person("Ada")).page
    await sign_in(page, demo, "admin", "/tenants")
    await find(page, "granite", "Granite Legal")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{demo.console_url}/tenants/granite")

    await find(page, "bela kiss", "Bela Kiss")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/operators/[0-9a-f-]{36}$"))
    await expect(page.get_by_role("heading", name="Bela Kiss")).to_be_visible()

    known = (await ask(page, LAST, slug="acme"))["tenant"]
    session, entry = known["sessions"]["nodes"][0], known["audit"]["nodes"][0]
    await find(page, session["uuid"], "in Acme GmbH")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{demo.console_url}/sessions/{session['uuid']}")
    over = (await ask(page, TICKETS))["impersonationSessions"]["nodes"]
    session = next(each for each in over if each["ticket"])
    await find(page, session["ticket"].lower(), f"{session['operator']['name']} in {session['tenant']['name']}, ")
    await expect(page.get_by_role("option", selected=True)).to_contain_text(session["reason"])
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{demo.console_url}/sessions/{session['uuid']}")
    await find(page, entry["id"], entry["summary"])
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/ledger\?entry="))


async def test_enter_before_the_search_has_answered_means_the_tenant_and_not_who_is_inside_it(
    demo: Running, person: Bring
) -> None:
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/live")
    await start(page, "larch", reason="a question of their auditors")
    await expect(page.get_by_text("a question of their auditors").first).to_be_visible()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    await page.keyboard.type("larch")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{demo.console_url}/tenants/larch")
    await end(page)


async def test_what_is_typed_before_it_has_come_arrives_in_it_and_is_no_key_of_the_page(
    demo: Running, person: Bring
) -> None:
    """On the row of a tenant, `i` would ask why one enters it."""
    page = (await person("Jane")).page
    come = asyncio.Event()

    async def late(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await page.route("**/assets/Palette-*.js", late)
    await sign_in(page, demo, "support", "/tenants")
    await expect(page.get_by_role("link", name="Acme GmbH")).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("iris")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("birchs")
    await page.keyboard.press("Backspace")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Enter")
    come.set()
    await expect(page).to_have_url(f"{demo.console_url}/tenants/birch")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_it_starts_an_impersonation_and_shows_who_is_inside(demo: Running, person: Bring) -> None:
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/live")
    await start(page, "cobalt", reason="a robot that answers twice")
    await find(page, "robot", "Jane Doe inside Cobalt Robotics")
    await page.keyboard.press("Escape")
    await end(page)
    await find(page, "impersonate granite", "Impersonate Granite Legal…")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Impersonate Granite Legal")).to_be_visible()


async def test_it_changes_the_theme_and_the_rows_and_leads_nobody_where_they_may_not(
    demo: Running, person: Bring
) -> None:
    """Who may not enter, and may not read operators or keys, is not offered them."""
    page = (await person("Bill")).page
    await sign_in(page, demo, "billing", "/tenants")
    await find(page, "dark", "Dark theme")
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await find(page, "dense", "Dense rows")
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_attribute("data-density", "dense")
    row = page.get_by_role("row").filter(has_text="Acme GmbH")
    assert await height(row) == DENSE
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-density", "dense")
    assert await height(row) == DENSE
    for path, rows in (("ledger", "ol[aria-label=Entries] > li"), ("sessions", "tbody tr")):
        await page.goto(f"{demo.console_url}/tenants/acme/{path}")
        await expect(page.locator(rows).nth(9)).to_be_visible()
        assert {await height(page.locator(rows).nth(at)) for at in range(10)} == {DENSE}, path

    await page.goto(f"{demo.console_url}/tenants")
    await find(page, "granite", "Granite Legal")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    for place in ("Operators", "Keys"):
        await expect(page.get_by_role("option", name=place, exact=True)).to_have_count(0)


async def test_it_knows_what_one_wants_to_do(demo: Running, person: Bring) -> None:
    """By the verb alone; what is done to a tenant then asks for the tenant, and for no place or person."""
    page = (await person("Ada")).page
    await sign_in(page, demo, "admin", "/tenants/granite")
    await find(page, "impersonate", "Impersonate…")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Type the name or the slug of the tenant.")).to_be_visible()
    await expect(page.get_by_role("option")).to_have_count(0)
    await page.keyboard.type("larch")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Impersonate Larch")).to_be_visible()
    await page.keyboard.press("Escape")

    await find(page, "inside", "LiveWho is inside")
    await page.keyboard.press("Escape")
    await find(page, "suspend larch", "Suspend Larch")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Suspend Larch")).to_be_visible()
    await page.keyboard.press("Escape")
    await find(page, "export", "Export the ledger of granite…")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Export the ledger of granite")).to_be_visible()
    await page.keyboard.press("Escape")
    await find(page, "export larch", "Export the ledger of Larch")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Export the ledger of larch")).to_be_visible()
    await page.keyboard.press("Escape")

    for text, choice, why in NOT_NOW:
        await find(page, text, choice)
        await expect(page.get_by_role("option", disabled=True)).to_have_text([f"{choice}{why}"])
        await expect(page.get_by_text("Nothing to choose: it says why not.")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("combobox")).to_be_focused()
        await page.keyboard.press("Escape")


async def test_who_may_not_do_what_they_ask_for_is_told_what_is_missing(demo: Running, person: Bring) -> None:
    """ui.md: forbidden says which permission, and who has it."""
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/keys")
    for text, choice, why in LACKING:
        await find(page, text, choice)
        await expect(page.get_by_role("option", disabled=True)).to_have_text([f"{choice}{why}"])
        await page.keyboard.press("Escape")
    await find(page, "acme", "Acme GmbH")
    await expect(page.get_by_role("option")).to_have_count(1)
