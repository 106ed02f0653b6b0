"""What changes by itself: badges, boards, countdowns, the ledger's tail."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console import ask, end, sign_in, start

if TYPE_CHECKING:
    from tests.browser.console import Bring
    from tests.running import Running

INSIDE = "{ impersonationSessions(first: 200, filter: { states: [ACTIVE] }) { nodes { id } } }"
REVOKE = """mutation ($input: RevokeImpersonationInput!) { revokeImpersonation(input: $input) { __typename } }"""


async def test_a_start_and_its_revocation_reach_every_console_without_a_reload(demo: Running, person: Bring) -> None:
    """P7, S1-27: the list, the board and the operator's own bar; the bar then says by whom it was ended.

    The empty board tells of who left last, not of who came last.
    """
    jane, ada = (await person("Jane")).page, (await person("Ada")).page
    await sign_in(jane, demo, "support")
    await sign_in(ada, demo, "admin", "/tenants")
    for session in (await ask(ada, INSIDE))["impersonationSessions"]["nodes"]:
        await ask(ada, REVOKE, input={"sessionId": session["id"], "reason": "the board is to be empty"})
    row = ada.get_by_role("row").filter(has_text="Granite Legal")
    await expect(row).to_be_visible()

    await start(jane, "granite", reason=f"replies went to the wrong address{', and then to the next' * 12}")
    await expect(row).to_contain_text("Jane Doe is inside")
    await expect(row.get_by_label(re.compile("^just now, .* UTC$"))).to_have_text("just now")
    own = jane.get_by_role("region", name="Your session")
    await expect(own).to_contain_text(re.compile(r"You are inside Granite Legal · READ ONLY · (30:00|29:\d\d) left"))
    bar = await own.bounding_box()
    assert bar is not None
    assert bar["height"] < 50, "a long reason gives way, and takes no second line"

    await start(ada, "anvil", reason="came later and left before")
    await end(ada)
    await ada.get_by_role("link", name="Operators").click()
    who = ada.get_by_role("row").filter(has_text="support@")
    await expect(who).to_contain_text(re.compile(r"Granite Legal(30:00|29:\d\d)"))
    await who.get_by_role("link").click()
    await expect(ada.get_by_role("article").get_by_role("link", name="Granite Legal", exact=True)).to_be_visible()

    await ada.get_by_role("link", name="Live").click()
    card = ada.get_by_role("article", name="Jane Doe inside Granite Legal")
    await expect(card).to_contain_text("replies went to the wrong address")
    apart = "card => card.children[1].getBoundingClientRect().top - card.children[0].getBoundingClientRect().bottom"
    close = await card.evaluate(apart)
    await card.evaluate("card => { card.style.minHeight = '600px' }")
    assert await card.evaluate(apart) == close, "its lines stay together beside a card that is longer"
    await card.get_by_role("button", name="Revoke…").click()
    dialog = ada.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill("this is handled by billing")
    await dialog.get_by_role("button", name=re.compile("Revoke Jane Doe.s session")).click()

    await expect(card).to_have_count(0)
    await expect(ada.get_by_role("main")).to_contain_text("The last one left Granite Legal on")
    await expect(own).to_contain_text("Your session in Granite Legal is over")
    await expect(own).to_contain_text("revoked by Ada Nwosu")
    await own.get_by_role("button", name="Dismiss").click()
    await expect(own).to_have_text("")


async def test_stop_ends_ones_own_session_from_any_page(demo: Running, person: Bring) -> None:
    """S1-30, S3-17."""
    page = (await person("Jane")).page
    await sign_in(page, demo, "support")
    await start(page, "granite")
    await page.goto(f"{demo.console_url}/ledger")
    await page.get_by_role("button", name="Stop").click()
    own = page.get_by_role("region", name="Your session")
    await expect(own).to_contain_text("you stopped it")
    await page.goto(f"{demo.console_url}/tenants/granite/sessions")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Stopped")


@pytest.mark.parametrize("wrong", [timedelta(hours=3), timedelta(hours=-3)], ids=["fast", "slow"])
async def test_countdowns_run_by_the_servers_clock(demo: Running, person: Bring, wrong: timedelta) -> None:
    """P7: a browser whose own clock is wrong neither hides what is live nor shows what is over."""
    page = (await person("Jane")).page
    await page.clock.install(time=datetime.now(UTC) + wrong)
    await sign_in(page, demo, "support")
    await start(page, "harbor", seconds=600)
    await expect(page.get_by_role("region", name="Your session")).to_contain_text(re.compile(r"(10:00|09:\d\d) left"))
    await end(page)


async def test_new_entries_wait_behind_a_pill_while_one_reads_further_down(demo: Running, person: Bring) -> None:
    """C-21: the ledger follows by itself, and nothing under the reader's eyes moves."""
    jane, rui = (await person("Jane")).page, (await person("Rui")).page
    await sign_in(jane, demo, "support")
    await sign_in(rui, demo, "readonly", "/ledger")
    entries = rui.get_by_role("list", name="Entries").get_by_role("listitem")
    await expect(entries).to_have_count(50)
    await rui.get_by_role("button", name="Load more").click()
    await expect(entries).not_to_have_count(50)
    read = entries.nth(30)
    await read.scroll_into_view_if_needed()
    await rui.mouse.wheel(0, 100)
    before, words = await read.bounding_box(), await read.inner_text()

    await start(jane, "ember", reason="an import that stays at zero")
    await expect(rui.get_by_role("button", name="1 new")).to_be_visible()
    assert await read.inner_text() == words
    assert await read.bounding_box() == before

    await rui.get_by_role("button", name="1 new").click()
    await expect(entries.first).to_contain_text("an import that stays at zero")
    began = entries.filter(has_text="an import that stays at zero").first.locator("[data-tone]")
    await expect(began).to_have_attribute("data-tone", "amber")
    await end(jane)
    await expect(entries.first).to_contain_text("left, after")
    await expect(began).to_have_attribute("data-tone", "grey")


async def test_an_entry_opens_by_its_address_and_names_the_entry_before_it(demo: Running, person: Bring) -> None:
    """P4: the hash of one is the predecessor of the next, for everyone to see."""
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants/acme/ledger")
    entries = page.get_by_role("list", name="Entries").get_by_role("button")
    await entries.nth(1).click()
    drawer = page.get_by_role("dialog", name="Entry")
    hash_of = drawer.locator("dt:text-is('Hash') + dd")
    previous = drawer.locator("dt:text-is('Previous') + dd")
    older = await hash_of.inner_text()
    assert re.fullmatch("[0-9a-f]{64}", older)
    await page.reload()
    await expect(hash_of).to_have_text(older)
    await drawer.get_by_role("button", name="Close").click()
    await expect(page).to_have_url(f"{demo.console_url}/tenants/acme/ledger")
    await entries.nth(0).click()
    await expect(previous).to_have_text(older)


async def test_back_closes_an_entry_and_closing_leaves_no_step_behind(demo: Running, person: Bring) -> None:
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/live")
    drawer = page.get_by_role("dialog", name="Entry")
    for path in ("/ledger", "/tenants/acme/ledger"):
        await page.goto(f"{demo.console_url}{path}")
        entry = page.get_by_role("list", name="Entries").get_by_role("button").nth(30)
        steps = await page.evaluate("history.length")
        await entry.scroll_into_view_if_needed()
        before = await entry.bounding_box()
        for close in (page.go_back, lambda: page.keyboard.press("Escape"), lambda: page.keyboard.press("Escape")):
            await entry.click()
            await expect(drawer).to_be_visible()
            await close()
            await expect(drawer).to_have_count(0)
            await expect(page).to_have_url(f"{demo.console_url}{path}")
            await expect(entry).to_be_focused()
            assert await entry.bounding_box() == before
        # One step forward, to the entry that was closed, however often one was.
        assert await page.evaluate("history.length") == steps + 1
        await page.go_forward()
        linked = page.url
        await expect(drawer).to_be_visible()
        await page.goto(linked)
        await drawer.get_by_role("button", name="Close").click()
        await expect(page).to_have_url(f"{demo.console_url}{path}")
        await expect(drawer).to_have_count(0)
