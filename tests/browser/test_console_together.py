"""Two operators at once: each sees what the other does, and who comes second is told in words what happened."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.console import TENANT, ask, end, sign_in, start

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

    from tests.browser.console import Bring
    from tests.running import Running

WHO = "{ viewer { operator { id } } }"
GRANT = "mutation($input: GrantRoleInput!) { grantRole(input: $input) { __typename } }"
TAKE = "mutation($input: RevokeRoleInput!) { revokeRole(input: $input) { __typename } }"
SUSPEND = "mutation($input: SuspendTenantInput!) { suspendTenant(input: $input) { __typename } }"
LIFT = "mutation($input: LiftSuspensionInput!) { liftSuspension(input: $input) { __typename } }"


@asynccontextmanager
async def admin_for_now(admin: Page, page: Page, email: str) -> AsyncIterator[None]:
    """Whoever is signed in on `page` is an admin meanwhile."""
    operator = (await ask(page, WHO))["viewer"]["operator"]["id"]
    because = {"role": "PLATFORM_ADMIN", "reason": "two at once, this morning"}
    assert (await ask(admin, GRANT, input={"email": email, **because}))["grantRole"]["__typename"] == "OperatorChanged"
    try:
        yield
    finally:
        taken = await ask(admin, TAKE, input={"operatorId": operator, **because})
        assert taken["revokeRole"]["__typename"] == "OperatorChanged"


async def test_two_inside_the_same_tenant_see_each_other_and_each_their_own_bar(demo: Running, person: Bring) -> None:
    """C-8, S1-27: the tenant's page has a card for each; the bar on top is of one's own session alone."""
    jane, ada = (await person("Jane")).page, (await person("Ada")).page
    await sign_in(jane, demo, "support", "/tenants/maple")
    await sign_in(ada, demo, "admin", "/tenants/maple")
    await start(jane, "maple", reason="replies went to the wrong address")
    await start(ada, "maple", reason="looking at the same together")
    for page, own, other in ((jane, "replies went to", "looking at"), (ada, "looking at", "replies went to")):
        for name in ("Jane Doe", "Ada Nwosu"):
            await expect(page.get_by_role("article", name=f"{name} inside Maple Mobility")).to_be_visible()
        bar = page.get_by_role("region", name="Your session")
        await expect(bar).to_contain_text(own)
        await expect(bar).not_to_contain_text(other)
    await end(jane)
    await expect(ada.get_by_role("article", name="Jane Doe inside Maple Mobility")).to_have_count(0)
    await expect(ada.get_by_role("region", name="Your session")).to_contain_text("You are inside Maple Mobility")
    await end(ada)


async def test_a_tenant_that_is_suspended_while_one_says_why_one_enters_is_refused_in_words(
    demo: Running, person: Bring
) -> None:
    """S3-14, P7: the dialog and what was typed stay; the refusal says what happened."""
    jane, ada = (await person("Jane")).page, (await person("Ada")).page
    await sign_in(jane, demo, "support", "/tenants/echo")
    await sign_in(ada, demo, "admin")
    await jane.get_by_role("button", name="Impersonate…").click()
    dialog = jane.get_by_role("dialog", name="Impersonate Echo Audio")
    reason = dialog.get_by_role("textbox", name="Reason")
    await reason.fill("the import of last night")
    tenant = (await ask(ada, TENANT, slug="echo"))["tenant"]["id"]
    suspended = {"tenantId": tenant, "reason": "unpaid since June", "ground": "UNPAID"}
    assert (await ask(ada, SUSPEND, input=suspended))["suspendTenant"]["__typename"] == "TenantChanged"
    try:
        await expect(jane.get_by_role("main").get_by_text("Echo Audio is suspended")).to_be_attached()
        await expect(dialog.get_by_role("alert").filter(has_text="Echo Audio is suspended")).to_be_visible()
        # The dialog has the same words before the answer.
        async with jane.expect_response(lambda told: "startImpersonation" in (told.request.post_data or "")):
            await dialog.get_by_role("button", name=re.compile("Enter Echo Audio")).click()
        await expect(dialog.get_by_role("alert").filter(has_text="Echo Audio is suspended")).to_have_count(1)
        await expect(reason).to_have_value("the import of last night")
        await expect(jane).to_have_url(f"{demo.console_url}/tenants/echo")
    finally:
        await ask(ada, LIFT, input={"tenantId": tenant, "reason": "paid just now"})


async def test_who_revokes_second_is_told_that_the_session_is_over_and_by_whom(demo: Running, person: Bring) -> None:
    """P7: the card goes with its session; the dialog over it stays and says what happened."""
    jane, ada, rui = [(await person(name)).page for name in ("Jane", "Ada", "Rui")]
    await sign_in(jane, demo, "support")
    await sign_in(ada, demo, "admin", "/live")
    await sign_in(rui, demo, "readonly", "/live")
    async with admin_for_now(ada, rui, "readonly@actas.example"):
        await start(jane, "maple", reason="an import that stays at zero")
        for page in (ada, rui):
            card = page.get_by_role("article", name="Jane Doe inside Maple Mobility")
            await card.get_by_role("button", name="Revoke…").click()
            reason = page.get_by_role("dialog").get_by_role("textbox", name="Reason")
            await reason.fill("this is handled by billing")
        await ada.get_by_role("dialog").locator("button[type=submit]").click()
        await expect(ada.get_by_role("dialog")).to_have_count(0)
        told = rui.get_by_role("dialog", name=re.compile("Revoke Jane Doe.s session"))
        await expect(told).to_contain_text("This session is over already")
        await expect(told).to_contain_text("revoked by Ada Nwosu")
        await expect(rui.get_by_role("article", name="Jane Doe inside Maple Mobility")).to_have_count(0)
        await told.get_by_role("button", name="Close").last.click()
        await expect(told).to_have_count(0)


async def test_who_is_cut_off_and_what_is_left_to_do_follow_what_others_do_meanwhile(
    demo: Running, person: Bring
) -> None:
    """S3-14, P7: a confirmation is of what is, not of what was when its dialog was opened."""
    jane, ada, bela = [(await person(name)).page for name in ("Jane", "Ada", "Bela")]
    await ada.set_viewport_size({"width": 1280, "height": 720})
    await sign_in(jane, demo, "support")
    await sign_in(ada, demo, "admin", "/tenants/echo")
    await sign_in(bela, demo, "billing", "/tenants/echo")
    for page in (ada, bela):
        await page.get_by_role("button", name="Suspend…").click()
        await page.get_by_role("dialog").get_by_role("textbox", name="Reason").fill("unpaid since June")
        await page.get_by_role("button", name="See who is cut off").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Nobody is inside Echo Audio now")
        await expect(page.get_by_role("dialog").get_by_role("status")).to_be_focused()
        await expect(page.get_by_role("dialog")).to_contain_text("Unpaid invoices: unpaid since June")
    dialog = ada.get_by_role("dialog", name="Suspend Echo Audio")
    await start(jane, "echo", reason="the import of last night")
    await expect(dialog.get_by_role("status")).to_contain_text("Ends 1 session at once:JDJane Doe")

    await dialog.get_by_role("button", name="Suspend Echo Audio: ends 1 session").click()
    await expect(dialog).to_have_count(0)
    # What came of it is in sight (WCAG 2.4.11), and the focus on the page.
    await expect(ada.get_by_role("heading", name="Echo Audio", exact=True)).to_be_in_viewport(ratio=1)
    await expect(ada.get_by_role("main")).to_be_focused()
    assert await ada.evaluate("scrollY") == 0
    told = bela.get_by_role("dialog", name="Suspend Echo Audio")
    await expect(told).to_contain_text("Echo Audio is suspended now")
    await told.get_by_role("button", name="Close").last.click()

    for page in (ada, bela):
        await page.get_by_role("button", name="Lift suspension…").click()
        await page.get_by_role("dialog").get_by_role("textbox", name="Reason").fill("paid just now")
    await ada.get_by_role("button", name="Lift suspension of Echo Audio").click()
    await expect(bela.get_by_role("dialog")).to_contain_text("Echo Audio is active now")
