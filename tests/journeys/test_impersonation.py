"""The main job in a real browser: enter a tenant's workspace, on the record; each end pushed without a reload."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page

    from tests.browser.pages import Person
    from tests.running import Running

REASON = "webhook 500s since this morning"
BANNER = "actas-banner"


async def sign_in(page: Page, demo: Running, email: str) -> None:
    """As an operator, through the bare page that strangers see."""
    await page.goto(demo.console_url)
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password").fill("demo")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("navigation", name="Console")).to_be_visible()


async def sign_in_to_workspace(page: Page, demo: Running, slug: str, who: str) -> None:
    """As one of the tenant's own people."""
    await page.goto(f"{demo.workspace(slug)}/sign-in")
    await page.get_by_label("E-mail").fill(f"{who}@{slug}.example")
    await page.get_by_label("Password").fill("demo")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


async def impersonate(page: Page, demo: Running, slug: str, tenant: str, *, minutes: int = 30) -> None:
    """From the list of tenants into the workspace: search, open, say why, enter."""
    await page.goto(f"{demo.console_url}/tenants")
    await page.get_by_label("Search tenants").fill(slug)
    await page.get_by_role("link", name=tenant).first.click()
    await page.get_by_role("button", name="Impersonate…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill(REASON)
    await dialog.get_by_label("Duration in minutes").fill(str(minutes))
    await dialog.get_by_role("button", name=re.compile(f"Enter {re.escape(tenant)}")).click()
    await page.wait_for_url(f"{demo.workspace(slug)}/")


async def the_owner_reads(page: Page, demo: Running, slug: str, how_it_ended: str) -> None:
    """The tenant's own audit page tells who, why, from when to when, and how it ended (S2-35, C-3)."""
    await sign_in_to_workspace(page, demo, slug, "owner")
    await page.goto(f"{demo.workspace(slug)}/audit")
    when = r"(\d{1,2} \w+ \d{4} at )?\d\d:\d\d UTC"
    told = rf"On .* at \d\d:\d\d UTC Jane Doe .*until {when}, read only\. .*{REASON}\. {how_it_ended}"
    await expect(page.get_by_text(re.compile(told)).first).to_be_visible()


async def test_an_operator_enters_a_workspace_leaves_it_and_the_tenant_reads_the_whole_story(
    demo: Running, person: Callable[[str], Awaitable[Person]]
) -> None:
    """S1-22 to S1-31, S2-17 to S2-24, S2-35, S3-14 to S3-18, C-12, C-13, C-19."""
    jane, colleague, owner = [(await person(name)).page for name in ("Jane", "member", "owner")]
    await sign_in_to_workspace(colleague, demo, "acme", "member")
    await sign_in(jane, demo, "support@actas.example")
    await impersonate(jane, demo, "acme", "Acme GmbH")

    for everyone in (jane, colleague):
        banner = everyone.locator(BANNER)
        words = rf"Impersonating\s*Acme GmbH.*Operator:\s*Jane Doe.*Reason:\s*{REASON}.*read only.*(29|30):\d\d"
        await expect(banner).to_contain_text(re.compile(words))
    await expect(jane.get_by_role("button", name="Stop")).to_be_visible()
    await expect(colleague.get_by_role("button", name="Stop")).to_have_count(0)

    await jane.get_by_role("link", name="Analytics").click()
    await expect(jane.get_by_role("img", name="Questions a day")).to_be_visible()
    await jane.get_by_role("button", name="Stop").click()
    await jane.wait_for_url(re.compile("/actas/ended"))
    await expect(jane.locator("main, body").first).to_contain_text("stopped")
    await expect(colleague.locator(BANNER)).to_contain_text("Jane Doe left at")
    await expect(colleague.locator(BANNER)).not_to_contain_text("Impersonating", timeout=10_000)

    await the_owner_reads(owner, demo, "acme", "Left on their own")
    await expect(owner.get_by_role("main")).to_contain_text("browser opened the workspace")
    await owner.get_by_role("link", name="Whole story").first.click()
    await expect(owner.get_by_role("heading", name="Requests")).to_be_visible()
    async with asyncio.timeout(15):  # the guard hands in its records by and by
        while "/analytics" not in await owner.get_by_role("main").inner_text():
            await owner.reload()


async def test_a_session_that_runs_out_is_told_everywhere_without_a_reload(
    own_demo: Running, person: Callable[[str], Awaitable[Person]]
) -> None:
    """S1-28 to S1-30, S3-12: the clock of a demo of its own is moved past the deadline."""
    demo = own_demo
    jane, member, owner = [(await person(name)).page for name in ("Jane", "member", "owner")]
    await sign_in_to_workspace(member, demo, "ember", "member")
    await sign_in(jane, demo, "support@actas.example")
    await impersonate(jane, demo, "ember", "Ember Energy", minutes=1)
    await expect(member.locator(BANNER)).to_contain_text("Jane Doe")
    await demo.advance(timedelta(minutes=1))
    await jane.wait_for_url(re.compile("/actas/ended"))
    await expect(jane.locator("body")).to_contain_text("The session's time was up")
    await expect(member.locator(BANNER)).to_contain_text("Jane Doe left at")
    await the_owner_reads(owner, demo, "ember", "The time was up")


async def test_a_suspension_sends_the_operator_and_everybody_out_at_once(
    demo: Running, person: Callable[[str], Awaitable[Person]]
) -> None:
    """S1-33, S1-35, S1-36, S3-6, C-18: the session ends, the workspace answers 503, lifting brings it back."""
    jane_, member_ = await person("Jane"), await person("member")
    jane, member, billing = jane_.page, member_.page, (await person("Bela")).page
    for one in (jane_, member_):
        one.expects("503", because="a suspended tenant's workspace answers so")
    await sign_in_to_workspace(member, demo, "fjord", "member")
    await sign_in(jane, demo, "support@actas.example")
    await impersonate(jane, demo, "fjord", "Fjord Travel")
    await expect(member.locator(BANNER)).to_contain_text("Jane Doe")
    await sign_in(billing, demo, "billing@actas.example")
    await billing.goto(f"{demo.console_url}/tenants/fjord")
    await billing.get_by_role("button", name="Suspend…").click()
    dialog = billing.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill("three invoices unpaid after the grace period")
    await dialog.get_by_role("button", name="See who is cut off").click()
    await expect(dialog).to_contain_text("1 session")
    await dialog.get_by_role("button", name=re.compile("Suspend Fjord Travel")).click()
    await jane.wait_for_url(re.compile("/actas/ended"))
    await expect(jane.locator("body")).to_contain_text("The tenant was suspended")
    await member.goto(f"{demo.workspace('fjord')}/")
    await expect(member.locator("body")).to_contain_text("suspended")
    await expect(member.get_by_role("link", name=re.compile("support", re.IGNORECASE))).to_be_visible()
    await billing.get_by_role("button", name="Lift suspension…").click()
    dialog = billing.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill("paid in full this morning")
    await dialog.get_by_role("button", name=re.compile("Lift suspension of")).click()
    await expect(billing.get_by_text("ACTIVE").first).to_be_visible()
    await member.goto(f"{demo.workspace('fjord')}/")
    await expect(member.get_by_role("heading", name="Inbox")).to_be_visible()
    await the_owner_reads((await person("owner")).page, demo, "fjord", "Ended because the workspace was suspended")


async def test_entering_another_workspace_ends_the_first_session(
    demo: Running, person: Callable[[str], Awaitable[Person]]
) -> None:
    """S2-30, C-8: one at a time for each browser; the first page is told without a reload."""
    jane_, member = await person("Jane"), (await person("member")).page
    jane = jane_.page
    await sign_in_to_workspace(member, demo, "birch", "member")
    await sign_in(jane, demo, "support@actas.example")
    await impersonate(jane, demo, "birch", "Birch & Sons")
    await expect(member.locator(BANNER)).to_contain_text("Jane Doe")
    second = await jane_.context.new_page()
    await impersonate(second, demo, "cobalt", "Cobalt Robotics")
    await jane.wait_for_url(re.compile("/actas/ended"))
    await expect(jane.locator("body")).to_contain_text("Another session replaced this one")
    await expect(member.locator(BANNER)).to_contain_text("Jane Doe left at")
    await expect(second.locator(BANNER)).to_contain_text(re.compile(r"Impersonating\s*Cobalt Robotics"))
    await the_owner_reads((await person("owner")).page, demo, "birch", "Ended when they began another session")
