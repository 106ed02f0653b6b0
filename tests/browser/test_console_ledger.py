"""The ledger for an auditor: found by filters that the address keeps, checked, and taken away whole (S1-33, P4)."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console import ask, end, sign_in, start

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

OPERATOR = """{ operators(first: 1, search: "support@") { nodes { uuid } } }"""
BROKEN = {"message": "Something went wrong.", "extensions": {"code": "INTERNAL", "errorId": "e-4711"}}
VISIT = """query ($slug: String!) { tenant(slug: $slug) {
  sessions(first: 1) { nodes { startedAt endedAt } } } }"""


async def test_filters_are_in_the_address_and_can_be_kept_under_a_name(demo: Running, person: Bring) -> None:
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/ledger")
    entries = page.get_by_role("list", name="Entries").get_by_role("button")
    await page.get_by_role("button", name="Kinds of Tenants").click()
    await page.get_by_role("checkbox", name="Tenants: Suspended").check()
    await expect(page).to_have_url(f"{demo.console_url}/ledger?kind=TENANT_SUSPENDED")
    await expect(entries.first).to_contain_text("was suspended")
    await page.get_by_label(re.compile("Tenant.s slug")).fill("Prints")
    await expect(page.locator("datalist option[value=indigo]")).to_be_attached()
    await page.get_by_label(re.compile("Tenant.s slug")).fill("indigo")
    await expect(entries).to_have_count(1)

    saved = page.get_by_role("region", name="Saved filters")
    for way_out in ("Escape", "Enter"):
        await saved.get_by_role("button", name="Save these filters…").press("Enter")
        await page.get_by_label("Name of the filters").fill("Indigo shut")
        await page.keyboard.press(way_out)
        await expect(page.get_by_label("Name of the filters")).to_have_count(0)
        await expect(saved).to_be_focused()
        await expect(saved.get_by_role("listitem")).to_have_count(1 if way_out == "Enter" else 0)
    await page.get_by_role("button", name="Clear all filters").click()
    await expect(entries).to_have_count(50)
    await page.reload()
    await page.get_by_role("button", name="Indigo shut", exact=True).click()
    await expect(page).to_have_url(f"{demo.console_url}/ledger?kind=TENANT_SUSPENDED&tenant=indigo")
    await expect(entries).to_have_count(1)

    await saved.get_by_role("button", name="Forget Indigo shut").press("Enter")
    await expect(saved.get_by_role("listitem")).to_have_count(0)
    await expect(saved).to_be_focused()
    await page.reload()
    await expect(saved.get_by_role("button", name="Save these filters…")).to_be_visible()
    await expect(saved.get_by_role("listitem")).to_have_count(0)


async def test_today_goes_on_with_the_day_while_the_page_stays_open(demo: Running, person: Bring) -> None:
    page = (await person("Rui")).page
    await page.clock.install()
    await sign_in(page, demo, "readonly", "/ledger?from=today")
    await expect(page.get_by_role("list", name="Entries").get_by_role("button").first).to_be_visible()
    async with page.expect_request(lambda request: "since" in (request.post_data or "")) as asked:
        await page.clock.fast_forward("24:00:00")
    today = await page.evaluate("new Date().toISOString().slice(0, 10)")
    assert f"{today}T00:00:00Z" in ((await asked.value).post_data or "")


async def test_filters_that_a_browser_cannot_keep_or_read_say_so_and_what_to_do(demo: Running, person: Bring) -> None:
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/ledger?kind=TENANT_SUSPENDED")
    saved = page.get_by_role("region", name="Saved filters")
    await page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') } }"
    )
    await saved.get_by_role("button", name="Save these filters…").click()
    await page.keyboard.press("Enter")
    await expect(saved.get_by_role("button", name="Suspended", exact=True)).to_be_visible()
    await expect(saved.get_by_role("status")).to_contain_text("keeps no more: its storage is full or switched off")

    await page.reload()
    for name in ("One", "Two"):
        await saved.get_by_role("button", name="Save these filters…").click()
        await page.get_by_label("Name of the filters").fill(name)
        await page.keyboard.press("Enter")
    await page.evaluate(
        "for (const key of Object.keys(localStorage)) if (key.includes('ledger')) localStorage[key] = '{not json'"
    )
    await page.reload()
    await expect(saved.get_by_role("status")).to_contain_text("cannot be read. Save the filters anew")
    await saved.get_by_role("button", name="Save these filters…").click()
    await page.keyboard.press("Enter")
    await expect(saved.get_by_role("status")).to_have_count(0)


async def test_an_export_that_stops_half_way_is_not_saved_and_says_so(demo: Running, person: Bring) -> None:
    rui = await person("Rui")
    rui.expects("ERR_FAILED", because="the last export finds no network")
    page = rui.page
    await sign_in(page, demo, "readonly", "/tenants/acme/ledger")
    part = '{"type":"export"}\n{"type":"entry"}\n'
    headers = {"content-type": "application/x-ndjson"}
    await page.route("**/ledger/export?*", lambda route: route.fulfill(body=part, headers=headers))
    await page.get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog", name="Export the ledger of Acme GmbH")
    await dialog.get_by_role("radio", name="NDJSON").check()
    await dialog.get_by_role("button", name="Export as NDJSON").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("stopped before the end of the export. Nothing was saved")
    await page.route("**/ledger/export?*", lambda route: route.abort())
    await dialog.get_by_role("button", name="Export as NDJSON").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("The server cannot be reached. Try again")
    await expect(dialog.get_by_role("button", name="Export as NDJSON")).to_be_enabled()


async def test_an_export_is_of_whom_the_page_shows_and_of_days_that_there_are(
    demo: Running, person: Bring, tmp_path: Path
) -> None:
    """The address may have the slug in capitals, or one that nobody has; a day past the years can be typed.

    How many entries the file has is said, also that it has none.
    """
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/ledger?tenant=nobody")
    await expect(page.get_by_role("main")).to_contain_text("There is no tenant whose slug is nobody.")
    await expect(page.get_by_role("button", name="Export…")).to_have_count(0)
    await page.goto(f"{demo.console_url}/ledger?tenant=ACME&from=2026-11-17&to=2026-11-17")
    await page.get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog", name="Export the ledger of Acme GmbH")
    await dialog.get_by_label("Last day, UTC").fill("9999-12-31")
    await expect(dialog).to_contain_text("from 17 Nov 2026, 00:00:00 UTC to the last")
    saved = tmp_path / "ledger.csv"
    for days, words in ((("2026-11-17", "9999-12-31"), "kB"), (("2001-01-01", "2001-01-01"), "bytes")):
        for name, day in zip(("First day, UTC", "Last day, UTC"), days, strict=True):
            await dialog.get_by_label(name).fill(day)
        async with page.expect_download() as downloading:
            await dialog.get_by_role("button", name="Export as CSV").click()
        await (await downloading.value).save_as(saved)
        with saved.open(encoding="utf-8", newline="") as rows:
            found = len(list(csv.DictReader(rows)))
        said = f"{found} entries. The file is whole." if found else "No entry: the file has its header alone."
        await expect(dialog.get_by_role("status")).to_have_text(re.compile(rf"Saved \d+ {words}. {said}"))
        await dialog.get_by_role("button", name="Export another").click()


async def test_an_export_tells_of_who_was_inside_before_its_first_day_and_takes_their_start_in(
    demo: Running, person: Bring
) -> None:
    """The entry that says why somebody was inside may be of the day before; the ledger of the period says so too."""
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants/fjord")
    visit = (await ask(page, VISIT, slug="fjord"))["tenant"]["sessions"]["nodes"][0]

    async def from_amid_the_visit(route: Route) -> None:
        """Nobody of the demo is inside at midnight: the server is asked of an instant at which somebody was."""
        asked = json.loads(route.request.post_data or "")
        if "InsideAt" in asked["query"]:
            asked["variables"]["at"] = visit["endedAt"]
            if broken:
                await route.fulfill(json={"data": None, "errors": [BROKEN]})
                return
        await route.continue_(post_data=asked)

    await page.route("**/graphql", from_amid_the_visit)
    for path in ("ledger?from=today", "tenants/fjord/ledger?from=yesterday"):
        broken = True
        await page.goto(f"{demo.console_url}/{path}")
        unknown = "Whether a session began before this period, or went on after it, is not known."
        await expect(page.get_by_role("main")).to_contain_text(unknown)
        broken = False
        await page.get_by_role("button", name="Ask again").click()
        await expect(page.get_by_role("main")).to_contain_text(re.compile(r"sessions? began before this period"))
        await expect(page.get_by_role("main")).not_to_contain_text("is not known")
    await expect(page.get_by_role("main")).to_contain_text("1 session went on after this period: the end is not in it")
    await page.get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("1 session began before this period: the start, with its reason, is not in it")
    await page.unroute("**/graphql")
    await dialog.get_by_role("button", name="Begin on").click()
    await expect(dialog.get_by_label("First day, UTC")).to_have_value(visit["startedAt"][:10])
    await expect(dialog).not_to_contain_text("began before")


async def test_an_entry_says_in_words_what_changed_and_leads_to_its_session(demo: Running, person: Bring) -> None:
    jane, rui = (await person("Jane")).page, (await person("Rui")).page
    await sign_in(jane, demo, "support")
    await start(jane, "cobalt", reason="an import that stays at zero")
    await end(jane)
    await sign_in(rui, demo, "readonly", "/tenants/indigo/history")
    change = rui.get_by_role("row").filter(has_text="Unpaid")
    await expect(change.first).to_contain_text(re.compile("Active.*Suspended"))

    await rui.goto(f"{demo.console_url}/ledger?kind=IMPERSONATION_ENDED&tenant=cobalt")
    await rui.get_by_role("list", name="Entries").get_by_role("button").first.click()
    drawer = rui.get_by_role("dialog", name="Entry")
    await expect(drawer.locator("dt:text-is('Cause') + dd")).to_have_text("Stopped")
    await expect(drawer.get_by_role("button", name="Copy session id")).to_be_visible()
    await drawer.locator("dt:text-is('Session id') + dd").get_by_role("link").click()
    await expect(rui.get_by_role("heading", name="Jane Doe in Cobalt Robotics")).to_be_visible()
    await rui.get_by_role("link", name="Cobalt Robotics", exact=True).click()
    await expect(rui.get_by_role("button", name="Copy the hash")).to_be_visible()


async def test_a_tenants_chain_is_checked_and_its_export_is_whole(demo: Running, person: Bring, tmp_path: Path) -> None:
    """What it contains is said before, how far it is meanwhile; who may not export has no such control."""
    rui, jane = (await person("Rui")).page, (await person("Jane")).page
    await sign_in(rui, demo, "readonly", "/tenants/acme/ledger")
    await expect(rui.get_by_text("Chain whole")).to_be_visible()
    await expect(rui.get_by_text(re.compile(r"Of Acme GmbH: \d+ entries, checked \d\d:\d\d:\d\d UTC"))).to_be_visible()

    await rui.get_by_role("button", name="Export…").click()
    dialog = rui.get_by_role("dialog", name="Export the ledger of Acme GmbH")
    await expect(dialog).to_contain_text("Contains every entry of Acme GmbH from the first to the last")
    await dialog.get_by_role("radio", name="NDJSON").check()
    async with rui.expect_download() as downloading:
        await dialog.get_by_role("button", name="Export as NDJSON").click()
    saved = tmp_path / "ledger.ndjson"
    await (await downloading.value).save_as(saved)
    lines = [json.loads(line) for line in saved.read_text(encoding="utf-8").splitlines()]
    assert lines[-1] == {"type": "end", "entries": len(lines) - 2}
    await expect(dialog.get_by_role("status")).to_contain_text(f"{len(lines) - 2} entries. The file is whole.")

    await sign_in(jane, demo, "support", "/tenants/acme/ledger")
    await expect(jane.get_by_text("Chain whole")).to_be_visible()
    await expect(jane.get_by_role("button", name="Export…")).to_have_count(0)
    await expect(
        jane.get_by_text("To export needs AUDIT_EXPORT, which the roles Admin and Read only have")
    ).to_be_visible()


async def test_an_address_that_asks_for_what_cannot_be_says_so_in_words(demo: Running, person: Bring) -> None:
    """Mistyped or cut on the way: never the API's own words, nor a retry that cannot help."""
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants?status=BOGUS&order=NONE")
    main = page.get_by_role("main")
    for path, said in (
        ("/tenants?status=BOGUS&order=NONE", "Acme GmbH"),
        ("/tenants?status=BOGUS&order=NONE", "not understood, and is left out: status=BOGUS, order=NONE"),
        ("/tenants/%00", "There is no such tenant"),
        ("/operators/nope", "There is no such operator"),
        ("/ledger?from=2026-13-99&to=9999-12-31&tenant=ACME", "Of Acme GmbH"),
        ("/ledger?from=2026-13-99&to=9999-12-31&tenant=ACME", "left out: from=2026-13-99, to=9999-12-31"),
        ("/tenants/acme/sessions?from=2026-02-30", "left out: from=2026-02-30"),
        ("/tenants/acme/ledger?from=2026-02-30", "left out: from=2026-02-30"),
        ("/tenants/acme/access?from=2026-02-30", "left out: from=2026-02-30"),
        ("/ledger?ip=999.1.1.1", "999.1.1.1 is no IP address"),
        ("/ledger?from=2026-11-17&to=2026-11-16", "The last day is before the first."),
    ):
        await page.goto(f"{demo.console_url}{path}")
        await expect(main).to_contain_text(said)
        await expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    await page.goto(f"{demo.console_url}/ledger?from=2026-13-99")
    await expect(main).to_contain_text("left out")
    await page.get_by_role("combobox", name="Period").select_option("today")
    await expect(main).not_to_contain_text("left out")


async def test_a_filter_by_an_operator_holds_beyond_the_first_of_the_list(demo: Running, person: Bring) -> None:
    """The choices are the first 200 operators; a link may name a later one."""
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants/acme")
    uuid = (await ask(page, OPERATOR))["operators"]["nodes"][0]["uuid"]

    async def without_her(route: Route) -> None:
        given = await route.fetch()
        told = await given.json()
        listed = told.get("data", {}).get("operators")
        if listed:
            listed["nodes"] = [each for each in listed["nodes"] if each["uuid"] != uuid]
        await route.fulfill(response=given, json=told)

    await page.route("**/graphql", without_her)
    await page.goto(f"{demo.console_url}/ledger?operator={uuid}&kind=IMPERSONATION_STARTED")
    await expect(page.get_by_label("Operator").locator("option:checked")).to_have_text("Jane Doe")
    await page.get_by_role("list", name="Entries").get_by_role("button").first.click()
    await expect(page.get_by_role("dialog", name="Entry")).to_contain_text("Impersonation: started")
