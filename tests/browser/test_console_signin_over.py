"""A sign-in whose hours are over: said plainly, nothing of before is shown, and nothing that was typed is lost (P7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.console import sign_in

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.console import Bring
    from tests.running import Running

OVER = """
update identity.sign_in set expires_at = audit.clock()
 where ended_at is null and operator_id = (select id from identity.operator where email = $1)
"""
SAID = "Your sign-in is over. Sign in again to go on where you were."
TYPED = "the import of last night stopped half-way"


async def again(page: Page, who: str) -> None:
    """Sign in on the page that one was led to."""
    await page.get_by_label("Email").fill(f"{who}@actas.example")
    await page.get_by_label("Password").fill("demo")
    await page.get_by_role("button", name="Sign in").click()


async def typing(page: Page, demo: Running, who: str, slug: str) -> None:
    """Somebody about to confirm what they gave a reason for when their hours are over."""
    await sign_in(page, demo, who, f"/tenants/{slug}")
    await page.get_by_role("button", name="Suspend…").click()
    await page.get_by_role("dialog").get_by_role("textbox", name="Reason").fill(TYPED)
    await page.get_by_role("button", name="See who is cut off").click()
    await expect(page.get_by_role("button", name="Back")).to_be_visible()
    await demo.ask(OVER, f"{who}@actas.example")


async def test_a_sign_in_that_runs_out_leads_to_the_sign_in_page_and_back_with_what_was_typed(
    demo: Running, person: Bring
) -> None:
    bela = await person("Bela")
    bela.expects("401|404", because="the sign-in is over, and its page asks once more")
    page = bela.page
    await typing(page, demo, "billing", "flint")

    await expect(page).to_have_title("Sign in")
    said = page.get_by_role("status")
    await expect(said).to_have_text(f"{SAID} What you typed is kept.")
    assert not re.search("Flint|last night", await page.content())

    await again(page, "billing")
    await page.wait_for_url(f"{demo.console_url}/tenants/flint")
    kept = page.get_by_role("region", name="What you had typed")
    await expect(kept).to_contain_text("Suspend Flint Construction")
    await expect(kept).to_contain_text(f"Reason: {TYPED}")
    await kept.get_by_role("button", name="Dismiss").click()
    await expect(kept).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="Flint Construction")).to_be_visible()
    await expect(kept).to_have_count(0)


async def test_every_field_that_holds_words_is_kept(demo: Running, person: Bring) -> None:
    jane = await person("Jane")
    jane.expects("401|404", because="the sign-in is over, and its page asks once more")
    page = jane.page
    await sign_in(page, demo, "support", "/tenants/flint")
    await page.get_by_role("button", name="Impersonate…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill(TYPED)
    await dialog.get_by_role("textbox", name="Ticket").fill("SUP-4711")
    await demo.ask(OVER, "support@actas.example")
    await expect(page).to_have_title("Sign in")
    await again(page, "support")
    kept = page.get_by_role("region", name="What you had typed")
    await expect(kept).to_contain_text(f"Reason: {TYPED}")
    await expect(kept).to_contain_text("SUP-4711")


async def test_what_one_typed_is_shown_to_nobody_else_who_signs_in_there(demo: Running, person: Bring) -> None:
    """Two people at one machine: the next one learns nothing of the last one's work."""
    someone = await person("someone")
    someone.expects("401|404", because="the sign-in is over, and its page asks once more")
    page = someone.page
    await typing(page, demo, "billing", "flint")
    await expect(page).to_have_title("Sign in")
    await again(page, "readonly")
    await expect(page.get_by_role("heading", name="Flint Construction")).to_be_visible()
    await expect(page.get_by_text(TYPED)).to_have_count(0)
    assert TYPED not in await page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")


async def test_a_click_after_the_sign_in_ran_out_leads_to_the_sign_in_page_too(demo: Running, person: Bring) -> None:
    """Without a socket nobody says that it is over: the page's next question does, also if it is for a file."""
    rui = await person("Rui")
    rui.expects("401|404|preload|apply style", because="the sign-in is over, and files of the next page are asked for")
    page = rui.page
    await page.route_web_socket("**/graphql", lambda _: None)
    await page.goto(f"{demo.console_url}/sign-in")
    await again(page, "readonly")
    places = page.get_by_role("navigation", name="Console")
    await expect(places).to_be_visible()
    await expect(page.get_by_role("table", name="Tenants")).to_be_visible()
    await demo.ask(OVER, "readonly@actas.example")
    await places.get_by_role("link", name="Operators").click()
    await expect(page).to_have_title("Sign in")
    await expect(page.get_by_role("status")).to_have_text(SAID)
    await again(page, "readonly")
    await page.wait_for_url(f"{demo.console_url}/operators")
