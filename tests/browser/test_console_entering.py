"""Impersonate: who sees the control, what its dialog says, where a refusal stands (S1-20 to S1-25, P8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

from permissions.text import visible_length
from tests.browser.console import end, held_back, sign_in, start

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.console import Bring
    from tests.running import Running

SHUT = {
    "juniper": "Juniper Labs is offboarding",
    "indigo": "Indigo Prints is suspended",
    "kestrel": "provisioned",
}
ODDLY_LONG = ("  padded  ", "zero\u200bwidth", "tag \U000e0041 s", "é \U0001f469\u200d\U0001f4bb", "\u2800 x")
REFUSED = "select count(*) from audit.entry where kind in ('IMPERSONATION_REFUSED', 'IMPERSONATION_FORBIDDEN')"


async def test_who_never_may_enter_sees_no_control(demo: Running, person: Bring) -> None:
    """S3-14: HIDDEN."""
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants/acme")
    await expect(page.get_by_role("heading", name="Acme GmbH")).to_be_visible()
    await expect(page.get_by_role("button", name="Impersonate")).to_have_count(0)
    await expect(page.get_by_role("button", name="Suspend")).to_have_count(0)


async def test_a_tenant_that_may_not_be_entered_now_says_why_beside_the_control(demo: Running, person: Bring) -> None:
    """S3-14: DISABLED, the reason as text and not only as a tooltip."""
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/live")
    for slug, why in SHUT.items():
        await page.goto(f"{demo.console_url}/tenants/{slug}")
        control = page.get_by_role("button", name="Impersonate")
        await expect(control).to_be_disabled()
        await expect(control).to_have_accessible_description(re.compile(why))
        await expect(page.get_by_text(why)).to_be_visible()


async def test_a_slip_of_the_keyboard_stands_at_its_field_and_not_in_the_tenants_ledger(
    demo: Running, person: Bring
) -> None:
    """S1-21, C-2: the same count and words as the server's, without an entry for each slip."""
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/tenants/acme")
    before = await demo.ask(REFUSED)
    await page.get_by_role("button", name="Impersonate").click()
    dialog = page.get_by_role("dialog", name="Impersonate Acme GmbH")
    reason = dialog.get_by_role("textbox", name="Reason")
    enter = dialog.get_by_role("button", name="Enter Acme GmbH for 30 min")
    await expect(reason).to_be_focused()
    await enter.click()
    await expect(reason).to_have_accessible_description(re.compile("Say why: the customer reads it."))
    await expect(reason).to_be_focused()
    await reason.fill("too short")
    await enter.click()
    await expect(dialog.get_by_text("The reason has 9 characters, at least 10 are needed.")).to_be_visible()
    await dialog.get_by_label("Ticket").fill("T" * 101)
    await expect(dialog.get_by_text("A ticket is at most 100 plain characters.")).to_be_visible()
    await dialog.get_by_label("Duration in minutes").fill("0")
    await expect(dialog.get_by_text("A session lasts at least 1 second: name more than 0 minutes.")).to_be_visible()
    await dialog.get_by_label("Duration in minutes").fill("10000")
    await dialog.get_by_role("button", name="Enter Acme GmbH").click()
    await expect(dialog.get_by_text("A session lasts at most 4 h here.")).to_be_visible()
    assert await demo.ask(REFUSED) == before


async def test_a_reason_is_counted_as_the_server_counts_it(demo: Running, person: Bring) -> None:
    """DESIGN 5: code points after trimming; invisible characters are not counted."""
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/tenants/acme")
    await page.get_by_role("button", name="Impersonate").click()
    dialog = page.get_by_role("dialog")
    for reason in ODDLY_LONG:
        await dialog.get_by_role("textbox", name="Reason").fill(reason)
        length = visible_length(reason)
        await expect(dialog.get_by_text(f"{length} character{'' if length == 1 else 's'}", exact=True)).to_be_visible()


async def test_what_only_the_server_refuses_stands_at_its_field_too(demo: Running, person: Bring) -> None:
    """P8: what changes the direction of writing, in the reason and in the ticket, each at its own field, together."""
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/tenants/acme")
    await page.get_by_role("button", name="Impersonate").click()
    dialog = page.get_by_role("dialog")
    reason, ticket = dialog.get_by_role("textbox", name="Reason"), dialog.get_by_role("textbox", name="Ticket")
    await reason.fill("webhook 500s \u202e since this morning")
    await ticket.fill("SUP-\u202e1")
    await dialog.get_by_role("button", name="Enter Acme GmbH").click()
    await expect(reason).to_have_accessible_description(re.compile("changes the direction of writing"))
    await expect(reason).to_be_focused()
    await expect(ticket).to_have_accessible_description(re.compile("plain characters"))
    await expect(page).to_have_url(f"{demo.console_url}/tenants/acme")


# Each code that startImpersonation answers with, and the input that it names; those without one stand above the form.
AT_A_FIELD = {
    "REASON_REQUIRED": "reason",
    "REASON_TOO_SHORT": "reason",
    "REASON_TOO_LONG": "reason",
    "REASON_INVALID": "reason",
    "TICKET_REQUIRED": "ticket",
    "TICKET_INVALID": "ticket",
    "DURATION_TOO_SHORT": "durationSeconds",
    "DURATION_TOO_LONG": "durationSeconds",
    "MODE_NOT_ALLOWED": "mode",
}
ABOVE = {
    "NOT_FOUND": "tenantId",
    "TENANT_SUSPENDED": "tenantId",
    "TENANT_OFFBOARDING": "tenantId",
    "TENANT_NOT_READY": "tenantId",
    "TENANT_GONE": "tenantId",
    "INPUT_INVALID": "breakGlass",
    "CONFLICT": "idempotencyKey",
    "ALREADY_IMPERSONATING": None,
    "EXCLUSIVE": None,
    "APPROVAL_REQUIRED": None,
    "GRANT_REQUIRED": None,
    "LOCKED": None,
}


async def test_every_refusal_of_the_server_stands_at_its_field_or_in_sight_above_the_form(
    demo: Running, person: Bring
) -> None:
    """P8: nothing lands in a toast or nowhere, on the smallest screen that is promised."""
    page = (await person("Jane")).page
    await page.set_viewport_size({"width": 1280, "height": 720})
    await sign_in(page, demo, "support", "/tenants/acme")
    await page.get_by_role("button", name="Impersonate").click()
    dialog = page.get_by_role("dialog", name="Impersonate Acme GmbH")
    await dialog.get_by_role("textbox", name="Reason").fill("webhook 500s since this morning")
    answer: dict[str, Any] = {}

    async def refuse(route: Route) -> None:
        if "startImpersonation" in (route.request.post_data or ""):
            await route.fulfill(json={"data": {"startImpersonation": answer}})
        else:
            await route.continue_()

    await page.route("**/graphql", refuse)
    for code, field in {**AT_A_FIELD, **ABOVE}.items():
        message = f"What {code} says."
        problem = {"__typename": "Problem", "code": code, "message": message, "field": field}
        answer.update({"__typename": "Refused", "code": code, "message": message, "problems": [problem]})
        await dialog.locator("button[type=submit]").click()
        if code in ABOVE:
            await expect(dialog.get_by_role("alert").filter(has_text=message)).to_be_in_viewport()
        elif field == "durationSeconds":
            await expect(dialog.get_by_role("group", name="Duration")).to_contain_text(message)
        else:
            at = dialog.get_by_role("radiogroup" if field == "mode" else "textbox", name=field)
            await expect(at).to_have_accessible_description(re.compile(message))


async def test_the_dialog_shows_what_the_tenant_will_see(demo: Running, person: Bring) -> None:
    """S1-26, C-12: the banner with one's own name and reason, before anything happens."""
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/tenants/acme")
    await start(page, "delta-foods")
    await page.get_by_role("button", name="Impersonate").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill("a chart that stays empty")
    await dialog.get_by_text("1 h", exact=True).click()
    await dialog.get_by_role("radio", name="READ WRITE").click()
    await expect(dialog.get_by_role("figure", name="What the tenant will see")).to_contain_text(
        "Impersonating Acme GmbH — Operator: Jane Doe — Reason: a chart that stays empty — read write — 1:00:00"
    )
    await expect(dialog).to_contain_text("Entering ends your session inside Delta Foods.")
    await expect(dialog.get_by_role("button", name="Enter Acme GmbH for 1 h")).to_be_visible()
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Impersonate")).to_be_focused()


async def test_a_recent_reason_brings_its_own_ticket_and_only_a_typed_one_stays(demo: Running, person: Bring) -> None:
    page = (await person("Jane")).page
    await sign_in(page, demo, "support")
    for why, ticket in (("a map without clouds", None), ("the rain of last week", "SUP-3858")):
        await start(page, "nimbus", reason=why, ticket=ticket)
        await end(page)
    await page.goto(f"{demo.console_url}/tenants/nimbus")
    await page.get_by_role("button", name="Impersonate…").click()
    dialog = page.get_by_role("dialog", name="Impersonate Nimbus Weather")
    asked = dialog.get_by_role("textbox", name="Ticket")
    for pick, brings in (("the rain of last week · SUP-3858", "SUP-3858"), ("a map without clouds", "")):
        await dialog.get_by_role("button", name=pick).click()
        await expect(asked).to_have_value(brings)
    await asked.fill("SUP-2")
    await dialog.get_by_role("button", name="a map without clouds").click()
    await expect(asked).to_have_value("SUP-2")


async def test_what_was_typed_is_not_thrown_away_by_a_slip(demo: Running, person: Bring) -> None:
    """A click beside does nothing then, and Escape asks; what one did not type into closes at once.

    What a button gave counts as typed; while it is being sent there is nothing to discard, and the answer is read.
    Once the session has begun the dialog can be left, whether or not the workspace answers.
    """
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/tenants/flint")
    dialog = page.get_by_role("dialog", name="Impersonate Flint Construction")
    opener = page.get_by_role("button", name="Impersonate…")
    await opener.click()
    reason = dialog.get_by_role("textbox", name="Reason")
    await expect(reason).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)

    await opener.click()
    await reason.fill("the import of last night")
    await page.mouse.click(5, 5)
    await page.keyboard.press("Escape")
    await expect(dialog.get_by_role("alert")).to_have_text("Discard what you typed? Nothing of it was sent.")
    await expect(dialog.get_by_role("button", name="Keep typing")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(reason).to_be_focused()
    await expect(reason).to_have_value("the import of last night")

    await page.keyboard.press("Escape")
    await dialog.get_by_role("button", name="Discard").click()
    await expect(dialog).to_have_count(0)
    await expect(opener).to_be_focused()

    await opener.click()
    await expect(reason).to_be_focused()
    await page.mouse.click(5, 5)
    await expect(dialog).to_have_count(0)

    await opener.click()
    await dialog.get_by_role("group", name="Recent reasons").get_by_role("button").first.click()
    await page.keyboard.press("Escape")
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_role("button", name="Keep typing").click()
    await dialog.get_by_role("textbox", name="Ticket").fill("SUP-\u202e1")
    async with held_back(page, "startImpersonation") as under_way:
        await dialog.get_by_role("button", name="Enter Flint Construction").click()
        await under_way()
        await page.keyboard.press("Escape")
        await expect(dialog.get_by_role("alert")).to_have_count(0)
        await expect(dialog.get_by_role("button", name="Cancel")).to_be_disabled()
    await expect(dialog.get_by_role("textbox", name="Ticket")).to_have_accessible_description(re.compile("plain"))
    await page.keyboard.press("Escape")
    await expect(dialog.get_by_role("alert")).to_have_text("Discard what you typed?")

    await page.keyboard.press("Escape")
    await dialog.get_by_role("textbox", name="Ticket").fill("SUP-1")
    await page.route(re.compile("//flint.localhost"), lambda route: route.fulfill(status=204))
    await dialog.get_by_role("button", name="Enter Flint Construction").click()
    await expect(page.get_by_role("region", name="Your session")).to_contain_text("You are inside Flint Construction")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await end(page)
