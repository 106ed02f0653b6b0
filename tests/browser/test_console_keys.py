"""Keys of services: shown once, and worthless once revoked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.console import ask, held_back, sign_in

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

ISSUE = (
    "mutation($input: IssueServiceKeyInput!) { issueServiceKey(input: $input) { ... on ServiceKeyIssued { secret } } }"
)
LIST = "{ serviceKeys { id name } }"
REVOKE = "mutation($input: RevokeServiceKeyInput!) { revokeServiceKey(input: $input) { __typename } }"
WHO = {"query": "{ viewer { serviceKey { name } permissions } }"}


async def test_a_key_is_shown_once_works_and_works_no_longer_when_it_is_revoked(demo: Running, person: Bring) -> None:
    """S2-1: no slip loses the secret on its way; it stays until one says that one has it, and is nowhere after that."""
    page = (await person("Ada")).page
    await sign_in(page, demo, "admin", "/tenants")
    await page.get_by_role("link", name="Keys").click()
    await page.get_by_role("button", name="Issue a key…").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox", name="What it is for").fill("the night's import")
    await page.evaluate("history.back()")
    await form.get_by_role("button", name="Keep typing").click()
    await form.get_by_role("button", name="Reading the ledger").click()
    async with held_back(page, "issueServiceKey") as asked:
        await form.get_by_role("button", name="Issue the key").click()
        await asked()
        await page.keyboard.press("Escape")
        await page.mouse.click(5, 5)
        await page.evaluate("history.back()")
        await page.keyboard.press("Control+k")
        await expect(page.get_by_role("combobox", name="Search or jump to")).to_have_count(0)
        await expect(form.get_by_role("alert")).to_have_count(0)
        await expect(form.get_by_role("button", name="Cancel")).to_be_disabled()
    shown = page.get_by_role("dialog", name="The key of the night's import")
    secret = await shown.locator("code").inner_text()
    assert re.fullmatch(r"actas_[\w-]{43}", secret)
    await page.keyboard.press("Escape")
    await page.evaluate("history.back()")
    await expect(shown).to_be_visible()
    await expect(page).to_have_url(f"{demo.console_url}/keys")
    await shown.get_by_label("I have stored it").check()
    await shown.get_by_role("button", name="Done").click()
    row = page.get_by_role("row").filter(has_text="the night's import")
    await expect(row).to_contain_text("AUDIT_READ")
    await expect(row).to_contain_text("Every tenant")
    assert secret not in await page.content()

    async with httpx.AsyncClient(base_url=demo.console_url, verify=False) as service:
        headers = {"authorization": f"Bearer {secret}"}
        told = (await service.post("/graphql", json=WHO, headers=headers)).json()
        assert told["data"]["viewer"]["serviceKey"] == {"name": "the night's import"}
        await row.get_by_role("button", name="Revoke the night's import").click()
        await page.get_by_role("dialog").get_by_role("textbox", name="Reason").fill("the import is over")
        await page.get_by_role("dialog").locator("button[type=submit]").click()
        await expect(row).to_have_count(0)
        assert (await service.post("/graphql", json=WHO, headers=headers)).status_code == httpx.codes.UNAUTHORIZED
    await page.get_by_role("button", name="Also revoked ones").click()
    await expect(row).to_contain_text("Revoked")


async def test_a_key_that_came_or_went_elsewhere_does_so_on_the_page_without_a_reload(
    demo: Running, person: Bring
) -> None:
    """P7: in another tab, or by a request whose answer was lost; then one revokes that key and issues another."""
    ada = await person("Ada")
    ada.expects("504", because="a gateway loses the answer")
    page = ada.page
    await sign_in(page, demo, "admin", "/keys")
    keys = page.get_by_role("table", name="Keys").get_by_role("row")
    await ask(page, ISSUE, input={"name": "the report of the month", "permissions": ["AUDIT_READ"]})
    await expect(keys.filter(has_text="the report of the month")).to_have_count(1)
    listed = (await ask(page, LIST))["serviceKeys"]
    (key,) = (each for each in listed if each["name"] == "the report of the month")
    await ask(page, REVOKE, input={"id": key["id"], "reason": "the month is over"})
    await expect(keys.filter(has_text="the report of the month")).to_have_count(0)

    lost: list[Route] = []

    async def lose(route: Route) -> None:
        if "issueServiceKey" not in (route.request.post_data or "") or lost:
            await route.continue_()
            return
        lost.append(route)
        await route.fetch()
        await route.fulfill(status=504, body="")

    await page.route("**/graphql", lose)
    await page.get_by_role("button", name="Issue a key…").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox", name="What it is for").fill("the fetching of mail")
    await form.get_by_role("button", name="Reading the ledger").click()
    await form.get_by_role("button", name="Issue the key").click()
    await expect(form.get_by_role("alert")).to_contain_text("Try again: nothing is done twice.")
    await form.get_by_role("button", name="Issue the key").click()
    await expect(form.get_by_role("alert")).to_contain_text("was issued by this request before")
    told = re.search(r"actas_[\w-]+…", await form.get_by_role("alert").inner_text())
    assert told
    row = page.locator("tr", has_text="the fetching of mail")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text(told[0])
    await form.get_by_role("button", name="Issue the key").click()
    await expect(page.get_by_role("dialog", name="The key of the fetching of mail")).to_be_visible()
    await expect(row).to_have_count(2)


async def test_who_may_not_manage_keys_finds_no_way_there_and_by_the_address_what_is_missing(
    demo: Running, person: Bring
) -> None:
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/keys")
    await expect(page.get_by_role("link", name="Keys")).to_have_count(0)
    await expect(page.get_by_text("This page needs SERVICE_KEY_MANAGE, which the role Admin has.")).to_be_visible()
