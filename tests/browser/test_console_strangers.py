"""What people see who may not see the console: a bare sign-in page, or that they have no access (S1-7, P8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.async_api import expect

from tests.browser.console import sign_in

if TYPE_CHECKING:
    from tests.browser.console import Bring
    from tests.running import Running

ELSEWHERE = ("//elsewhere.invalid/", "/\\elsewhere.invalid/", "https://elsewhere.invalid/", "/%09/elsewhere.invalid")


async def test_a_stranger_sees_a_bare_page_and_loads_nothing_of_the_console(demo: Running, person: Bring) -> None:
    stranger = await person("stranger")
    asked: list[str] = []
    stranger.context.on("request", lambda request: asked.append(urlsplit(request.url).path))
    await stranger.page.goto(demo.console_url)
    await expect(stranger.page).to_have_title("Sign in")
    await expect(stranger.page.get_by_label("Email")).to_be_focused()
    shown = await stranger.page.content()
    assert not re.search("actas|tenant|operator|console", shown, re.IGNORECASE)
    assert {path for path in asked if not path.startswith("/sign-in/")} == {"/"}


async def test_a_wrong_password_is_explained_and_the_right_one_leads_on(demo: Running, person: Bring) -> None:
    someone = await person("someone")
    someone.expects("401", because="the password is wrong at first")
    await someone.page.goto(f"{demo.console_url}/sign-in?next=/live")
    await someone.page.get_by_label("Email").fill("readonly@actas.example")
    await someone.page.get_by_label("Password").fill("not this")
    await someone.page.get_by_role("button", name="Sign in").click()
    await expect(someone.page.get_by_role("alert")).to_have_text("Email or password is wrong.")
    await someone.page.get_by_label("Password").fill("demo")
    await someone.page.get_by_role("button", name="Sign in").click()
    await someone.page.wait_for_url(f"{demo.console_url}/live")


async def test_signing_in_leads_to_no_other_host(demo: Running, person: Bring) -> None:
    page = (await person("someone")).page
    for elsewhere in ELSEWHERE:
        await page.goto(f"{demo.console_url}/sign-in?next={elsewhere}")
        await page.get_by_label("Email").fill("readonly@actas.example")
        await page.get_by_label("Password").fill("demo")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("navigation", name="Console")).to_be_visible()
        assert page.url.startswith(f"{demo.console_url}/"), elsewhere
        # Signed in by another tab, one comes to the same page again.
        await page.goto(f"{demo.console_url}/sign-in?next={elsewhere}")
        await expect(page).to_have_url(f"{demo.console_url}/tenants")
        # An open console would notice that its sign-in is over, and leave for the same page.
        await page.goto("about:blank")
        await page.context.clear_cookies()
    await sign_in(page, demo, "readonly")
    await page.goto(f"{demo.console_url}/sign-in?next=/ledger%3Fkind%3DSIGNED_IN")
    await expect(page).to_have_url(f"{demo.console_url}/ledger?kind=SIGNED_IN")


async def test_an_operator_without_a_role_is_told_so_and_can_sign_out(demo: Running, person: Bring) -> None:
    nobody = await person("nobody")
    nobody.expects("403", because="no access is what this is about")
    await nobody.page.goto(f"{demo.console_url}/sign-in")
    await nobody.page.get_by_label("Email").fill("nobody@actas.example")
    await nobody.page.get_by_label("Password").fill("demo")
    await nobody.page.get_by_role("button", name="Sign in").click()
    await expect(nobody.page.get_by_role("heading", name=re.compile("You don.t have access"))).to_be_visible()
    await expect(nobody.page.get_by_text("nobody has given this account access")).to_be_visible()
    await nobody.page.get_by_role("button", name="Sign out").click()
    await expect(nobody.page).to_have_title("Sign in")


async def test_signing_out_in_one_tab_sends_the_others_to_the_sign_in_page_and_back(
    demo: Running, person: Bring
) -> None:
    """P7: a sign-in that is over is over in every page of it."""
    rui = await person("Rui")
    rui.expects("401|404", because="the sign-in is over, and its page asks once more")
    await sign_in(rui.page, demo, "readonly", "/ledger?kind=SIGNED_IN")
    other = await rui.context.new_page()
    await other.goto(f"{demo.console_url}/tenants")
    await other.get_by_role("button", name="Rui Prado").click()
    await other.get_by_role("menuitem", name="Sign out").click()
    await expect(other).to_have_title("Sign in")
    await expect(rui.page).to_have_title("Sign in")
    await rui.page.get_by_label("Email").fill("readonly@actas.example")
    await rui.page.get_by_label("Password").fill("demo")
    await rui.page.get_by_role("button", name="Sign in").click()
    await rui.page.wait_for_url(f"{demo.console_url}/ledger?kind=SIGNED_IN")
