"""Who may what and until when: given and taken with a reason, and true at once on every page that is open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console import ask, sign_in, start

if TYPE_CHECKING:
    from playwright.async_api import Request

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

GRANT = """mutation($input: GrantRoleInput!) {
  grantRole(input: $input) { __typename ... on OperatorChanged { operator { id } } }
}"""
TAKE = "mutation($input: RevokeRoleInput!) { revokeRole(input: $input) { __typename } }"


async def test_a_role_that_comes_and_goes_is_true_at_once_on_the_page_of_who_has_it(
    demo: Running, person: Bring
) -> None:
    """S3-7: what a page offers follows the role, without a reload."""
    rui = await person("Rui")
    rui.expects("403", because="the page of keys is asked for once more, and refused")
    ada = (await person("Ada")).page
    await sign_in(rui.page, demo, "readonly", "/tenants")
    await sign_in(ada, demo, "admin", "/operators")
    places = rui.page.get_by_role("navigation", name="Console")
    await expect(places.get_by_role("link", name="Operators")).to_be_visible()
    await expect(places.get_by_role("link", name="Keys")).to_have_count(0)

    await (
        ada.get_by_role("table", name="Operators").get_by_role("row").filter(has_text="readonly@").locator("a").click()
    )
    await ada.get_by_role("button", name="Grant a role…").click()
    dialog = ada.get_by_role("dialog")
    choice = dialog.get_by_role("combobox", name="Role")
    await choice.select_option("PLATFORM_BILLING")
    because = {"role": "PLATFORM_BILLING", "reason": "counts the invoices"}
    told = await ask(ada, GRANT, input={"email": "readonly@actas.example", **because})
    await expect(choice).to_have_accessible_description(re.compile("is Billing already"))
    await expect(choice, "what is shown is what is sent").to_have_value("PLATFORM_BILLING")
    await ask(ada, TAKE, input={"operatorId": told["grantRole"]["operator"]["id"], **because})
    await choice.select_option("PLATFORM_ADMIN")
    await dialog.get_by_text("1 day", exact=True).click()
    await dialog.locator("button[type=submit]").click()
    await expect(dialog.get_by_role("textbox", name="Reason")).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_role("textbox", name="Reason").fill("stands in for Ada this week")
    await dialog.locator("button[type=submit]").click()
    roles = ada.get_by_role("region", name="Roles")
    await expect(roles).to_contain_text("Admin until")
    await expect(roles).to_contain_text("stands in for Ada this week")

    await places.get_by_role("link", name="Keys").click()
    await expect(rui.page.get_by_role("table", name="Keys")).to_be_visible()
    await start(rui.page, "lantern")
    await ada.get_by_role("button", name="Revoke Read only").click()
    await expect(dialog).to_contain_text("No live session ends with it.")
    await dialog.get_by_role("button", name="Cancel").click()
    await ada.get_by_role("button", name="Revoke Admin").click()
    await expect(dialog).to_contain_text("1 live session ends with it.")
    await expect(dialog).not_to_contain_text("last role")
    await dialog.get_by_role("textbox", name="Reason").fill("Ada is back")
    await dialog.locator("button[type=submit]").click()
    await expect(roles).not_to_contain_text("Admin until")
    await ada.get_by_role("button", name="Revoke Read only").click()
    await expect(dialog).to_contain_text("It is the last role")
    await expect(rui.page.get_by_role("heading", name="You may not see this")).to_be_visible()
    await expect(rui.page.get_by_text("SERVICE_KEY_MANAGE")).to_be_visible()
    await expect(places.get_by_role("link", name="Keys")).to_have_count(0)


async def test_a_role_for_a_time_arrives_counts_down_and_is_over_without_anybody_asking_for_the_list(
    demo: Running, person: Bring
) -> None:
    """S3-7: what the ledger tells of one operator is one question, about this operator."""
    rui, ada = (await person("Rui")).page, (await person("Ada")).page
    await sign_in(ada, demo, "admin")
    await sign_in(rui, demo, "readonly", "/operators")
    row = rui.get_by_role("table", name="Operators").get_by_role("row").filter(has_text="nobody@")
    await expect(row).to_contain_text("No role")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.extend(re.findall(r"query (Operator\w*)", request.post_data or ""))

    rui.on("request", note)
    role = {"email": "nobody@actas.example", "role": "PLATFORM_READONLY", "reason": "for once", "expiresInSeconds": 5}
    assert (await ask(ada, GRANT, input=role))["grantRole"]["__typename"] == "OperatorChanged"
    await expect(row).to_contain_text(re.compile(r"Read only.*until \d\d:\d\d:\d\d UTC, 00:0\d left"))
    assert asked == ["OperatorNow"]
    await expect(row).to_contain_text("No role", timeout=30_000)
    assert set(asked) == {"OperatorNow"}


async def test_nobody_changes_their_own_roles_and_who_may_not_sees_no_button(demo: Running, person: Bring) -> None:
    ada, jane = (await person("Ada")).page, (await person("Jane")).page
    await sign_in(ada, demo, "admin", "/operators?q=admin@")
    await ada.get_by_role("link", name="Ada Nwosu").click()
    await expect(ada.get_by_role("button", name="Grant a role…")).to_be_disabled()
    await expect(ada.get_by_text("Nobody changes their own roles")).to_be_visible()
    await sign_in(jane, demo, "support", "/operators?q=admin@")
    await jane.get_by_role("link", name="Ada Nwosu").click()
    await expect(jane.get_by_role("region", name="Roles")).to_contain_text("Admin for good")
    await expect(jane.get_by_role("button", name="Grant a role…")).to_have_count(0)
    await expect(jane.get_by_role("button", name="Revoke Admin")).to_have_count(0)


async def test_somebody_is_shut_out_and_let_in_again(demo: Running, person: Bring) -> None:
    page = (await person("Ada")).page
    await sign_in(page, demo, "admin", "/operators?q=billing@")
    await page.get_by_role("table", name="Operators").locator("tbody a").click()
    for act, state in (("Disable…", 1), ("Enable…", 0)):
        await page.get_by_role("button", name=act).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("textbox", name="Reason").fill("left the laptop on a train")
        await dialog.locator("button[type=submit]").click()
        await expect(dialog).to_have_count(0)
        await expect(page.get_by_role("main").get_by_text("Disabled", exact=True)).to_have_count(state)
