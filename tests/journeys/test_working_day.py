"""A working day at the console, from the sign-in to the sign-out, by keyboard and palette where an operator would."""

from __future__ import annotations

import csv
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console import ask, live, sign_in, start

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from playwright.async_api import Locator, Page

    from tests.browser.pages import Person
    from tests.running import Running

    Bring = Callable[[str], Awaitable[Person]]

REASON = "two answers went to the wrong customer"
EARLIER = """{ tenant(slug: "acme") { sessions(first: 1) {
  nodes { startedAt reason operator { name } }
} } }"""
RUN_OUT = """
update identity.role_grant set expires_at = audit.clock()
 where revoked_at is null and operator_id = (select id from identity.operator where email = 'nobody@actas.example')
"""


async def go(page: Page, text: str, choice: str) -> None:
    """By the palette."""
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    await page.keyboard.type(text)
    await expect(page.get_by_role("dialog").get_by_role("option", selected=True)).to_contain_text(choice)
    await page.keyboard.press("Enter")


async def say_why(dialog: Locator, reason: str) -> None:
    """The reason of a dialog, and its button."""
    await dialog.get_by_role("textbox", name="Reason").fill(reason)
    await dialog.locator("button[type=submit]").click()


@pytest.mark.long
async def test_a_working_day(demo: Running, person: Bring, tmp_path: Path) -> None:
    """S1-22 to S1-36, S2-1, S3-6, S3-7, S3-14: an admin's, with a colleague who is cut off by an incident."""
    ada, jane = (await person("Ada")).page, (await person("Jane")).page
    await the_morning(ada, demo)
    await a_visit(ada, demo)
    await an_incident(ada, jane, demo)
    await an_auditors_question(ada, demo, tmp_path)
    await a_role_for_a_while(ada, demo)
    await a_key(ada)
    await go(ada, "acme", "Acme GmbH")
    await ada.get_by_role("navigation", name="Tenant").get_by_role("link", name="Policy").click()
    await expect(ada.get_by_text("30 min by default, at most 4 h")).to_be_visible()
    await ada.get_by_role("button", name="Ada Nwosu").click()
    await ada.get_by_role("menuitem", name="Sign out").click()
    await expect(ada).to_have_title("Sign in")


async def the_morning(page: Page, demo: Running) -> None:
    """Sign in, and look who is where."""
    await page.goto(demo.console_url)
    await expect(page.get_by_label("Email")).to_be_focused()
    await page.keyboard.type("admin@actas.example")
    await page.keyboard.press("Tab")
    await page.keyboard.type("demo")
    await page.keyboard.press("Enter")
    await live(page)
    await go(page, "live", "Live")
    await expect(page).to_have_url(f"{demo.console_url}/live")


async def a_visit(page: Page, demo: Running) -> None:
    """Enter for a ticket, answer a customer, leave, and read what the record has of it."""
    await go(page, "impersonate pebble", "Impersonate Pebble Payroll")
    dialog = page.get_by_role("dialog", name="Impersonate Pebble Payroll")
    await expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()
    await page.keyboard.type(REASON)
    await dialog.get_by_role("radio", name="READ WRITE").check()
    await dialog.get_by_role("textbox", name="Ticket").fill("SUP-4711")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{demo.workspace('pebble')}/")
    await page.locator("ul.conversations a").first.click()
    await page.get_by_label("Your answer").fill("Sorry: both answers are on their way to you now.")
    await page.get_by_role("button", name="Send answer").click()
    await expect(page.get_by_text("Ada Nwosu (operator) on behalf of Pebble Payroll").first).to_be_visible()
    await page.get_by_role("button", name="Stop").click()
    await page.wait_for_url(re.compile("/actas/ended"))

    await page.goto(f"{demo.console_url}/tenants/pebble/sessions")
    row = page.get_by_role("table", name="Sessions").get_by_role("row").nth(1)
    await expect(row).to_contain_text(REASON)
    await row.get_by_role("link").first.click()
    story = page.get_by_role("list", name="Timeline")
    await expect(story).to_contain_text("left, after")
    await expect(story).to_contain_text(re.compile("POST /conversations/.*/replies"), timeout=20_000)


async def an_incident(page: Page, colleague: Page, demo: Running) -> None:
    """Suspend a tenant knowing who is cut off, see that they are, and lift it."""
    await sign_in(colleague, demo, "support")
    await start(colleague, "quartz", reason="an import that stays at zero")
    await go(page, "tenants", "Tenants")
    await page.keyboard.press("/")
    await page.keyboard.type("quartz")
    row = page.get_by_role("table", name="Tenants").get_by_role("row").filter(has_text="Quartz Watches")
    await expect(row).to_contain_text("Jane Doe is inside")
    await row.get_by_role("link", name="Quartz Watches").click()
    await page.get_by_role("button", name="Suspend…").click()
    dialog = page.get_by_role("dialog", name="Suspend Quartz Watches")
    await say_why(dialog, "keys of this workspace were published")
    await expect(dialog).to_contain_text("Ends 1 session at once")
    await expect(dialog).to_contain_text("Jane Doe")
    await dialog.locator("button[type=submit]").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("main").get_by_text("Suspended").first).to_be_visible()
    own = colleague.get_by_role("region", name="Your session")
    await expect(own).to_contain_text("Your session in Quartz Watches is over")
    await expect(own).to_contain_text("tenant suspended by Ada Nwosu")
    await page.get_by_role("button", name="Lift suspension…").click()
    await say_why(page.get_by_role("dialog"), "the keys were changed")
    await expect(page.get_by_role("button", name="Suspend…")).to_be_visible()


async def an_auditors_question(page: Page, demo: Running, folder: Path) -> None:
    """Who was inside on that day, and why; and the day's ledger as two whole files."""
    known = (await ask(page, EARLIER))["tenant"]["sessions"]["nodes"][0]
    day = datetime.fromisoformat(known["startedAt"]).date().isoformat()
    await page.goto(f"{demo.console_url}/tenants/acme/sessions")
    await page.get_by_label("Period").select_option(label="Days…")
    await page.get_by_label("First day, UTC").fill(day)
    await page.get_by_label("Last day, UTC").fill(day)
    row = page.get_by_role("table", name="Sessions").get_by_role("row").filter(has_text=known["reason"])
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text(known["operator"]["name"])

    await page.goto(f"{demo.console_url}/ledger?tenant=acme&from={day}&to={day}")
    await page.get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog", name="Export the ledger of acme")
    saved = {}
    for name in ("CSV", "NDJSON"):
        await dialog.get_by_role("radio", name=name, exact=True).check()
        async with page.expect_download() as downloading:
            await dialog.get_by_role("button", name=f"Export as {name}").click()
        saved[name] = folder / name
        await (await downloading.value).save_as(saved[name])
        await expect(dialog.get_by_role("status")).to_contain_text("The file is whole.")
        await dialog.get_by_role("button", name="Export another").click()
    await page.keyboard.press("Escape")
    lines = [json.loads(line) for line in saved["NDJSON"].read_text(encoding="utf-8").splitlines()]
    assert lines[-1] == {"type": "end", "entries": len(lines) - 2}
    assert known["reason"] in saved["NDJSON"].read_text(encoding="utf-8")
    with saved["CSV"].open(encoding="utf-8-sig", newline="") as rows:
        entries = list(csv.DictReader(rows))
    assert len(entries) == len(lines) - 2
    assert any(known["reason"] in entry["summary"] for entry in entries)


async def a_role_for_a_while(page: Page, demo: Running) -> None:
    """Given with an end, it is over by itself, on the page that shows it too."""
    await go(page, "noor", "Noor Haddad")
    await page.get_by_role("button", name="Grant a role…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="Role").select_option("PLATFORM_READONLY")
    await dialog.get_by_text("1 day", exact=True).click()
    await say_why(dialog, "the audit of this week")
    roles = page.get_by_role("region", name="Roles")
    await expect(roles).to_contain_text("Read only until")
    await demo.ask(RUN_OUT)
    await expect(roles).to_contain_text("None: this person can sign in and sees nothing.", timeout=20_000)


async def a_key(page: Page) -> None:
    """Issued for a script, and taken back."""
    await go(page, "keys", "Keys")
    await page.get_by_role("button", name="Issue a key…").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox", name="What it is for").fill("the month's report")
    await form.get_by_role("button", name="Reading the ledger").click()
    await form.get_by_role("button", name="Issue the key").click()
    await page.get_by_label("I have stored it").check()
    await page.get_by_role("button", name="Done").click()
    row = page.get_by_role("row").filter(has_text="the month's report")
    await row.get_by_role("button", name="Revoke the month's report").click()
    await say_why(page.get_by_role("dialog"), "the report is written")
    await expect(row).to_have_count(0)
