"""Several tenants suspended or freed at once: who is cut off stands there first, what came of each at its own line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.console import ASK, held_back, sign_in, start

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, Route

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

REFUSED = {
    "__typename": "Refused",
    "code": "LOCKED",
    "message": "It is locked.",
    "problems": [{"__typename": "Problem", "code": "LOCKED", "message": "It is locked.", "field": None}],
}
BROKEN = {"message": "Something went wrong.", "extensions": {"code": "INTERNAL", "errorId": "e-4711"}}
REGISTER = """async (count) => {
  const ask = ASK
  const query = 'mutation ($input: RegisterTenantInput!) { registerTenant(input: $input) { __typename } }'
  for (let number = 0; number < count; number += 1) {
    const slug = `yy-${number}`
    const input = { slug, name: `Yy ${number}`, plan: 'Crowd', workspaceUrl: `http://${slug}.localhost:1` }
    await ask([query, { input }])
  }
}"""


async def picked(page: Page, *names: str) -> Locator:
    """The bar, once these are picked."""
    for name in names:
        await page.get_by_role("checkbox", name=f"Select {name}").check()
    bar = page.get_by_role("region", name="Selection")
    await expect(bar).to_contain_text(f"{len(names)} tenants selected")
    return bar


def line(dialog: Locator, name: str) -> Locator:
    """What stands at one of the tenants."""
    return dialog.get_by_role("listitem").filter(has_text=name)


async def test_several_are_suspended_and_freed_with_one_reason_and_each_says_what_came_of_it(
    demo: Running, person: Bring
) -> None:
    """Who is cut off is known first, what is so already is passed over, and what did not go well is tried again.

    Escape and the browser's Back stop it after the one that is under way, as the button beside does; once it is done
    there is nothing to ask.
    """
    support = await person("Jane")
    support.expects("503|504", because="a gateway lost what the server was asked, or its answer")
    jane, ada = support.page, (await person("Ada")).page
    await sign_in(ada, demo, "admin")
    await sign_in(jane, demo, "support", "/live")
    await jane.get_by_role("link", name="Tenants").click()
    await jane.get_by_role("button", name="Region").click()
    await jane.get_by_role("menuitemcheckbox", name="ap-south").click()
    await jane.keyboard.press("Escape")
    names = ["Coral Swimwear", "Garnet Jewellers", "Heron Shipping", "Jade Interiors", "Opal Skincare"]
    bar = await picked(jane, *names)
    await bar.get_by_role("button", name="Suspend…").click()
    dialog = jane.get_by_role("dialog", name="Suspend the selected tenants")
    await expect(line(dialog, "Coral")).to_contain_text("Cannot be suspended while it is offboarded")
    await expect(line(dialog, "Heron")).to_contain_text("Nobody inside")
    await start(ada, "heron")
    await expect(line(dialog, "Heron")).to_contain_text("Ends 1 session: Ada Nwosu")
    await expect(dialog.get_by_role("status")).to_contain_text("Ends 1 session of 1 operator at once")
    await dialog.get_by_role("button", name="Leave out Opal").click()

    submit = dialog.locator("button[type=submit]")
    await expect(submit).to_have_text("Suspend 3 tenants: ends 1 session")
    await submit.click()
    reason = dialog.get_by_role("textbox", name="Reason")
    await expect(reason).to_have_attribute("aria-invalid", "true")
    await expect(line(dialog, "Garnet")).to_contain_text("Nobody inside")
    await reason.fill("a chain of unpaid invoices")
    asked = await answered_first(jane, [{"data": {"outcome": REFUSED}}, {"data": None, "errors": [BROKEN]}])
    await submit.click()
    await expect(line(dialog, "Garnet")).to_contain_text("Refused: It is locked.")
    await expect(line(dialog, "Heron")).to_contain_text("Failed: Something went wrong. Error e-4711")
    await expect(line(dialog, "Jade")).to_contain_text("Suspended")
    await expect(dialog.get_by_role("status")).to_contain_text("1 tenant suspended, 0 sessions ended, 2 tenants not")
    await expect(submit).to_have_text("Try 2 tenants again: ends 1 session")
    await submit.click()
    await expect(line(dialog, "Heron")).to_contain_text("1 session ended")
    await expect(dialog.get_by_role("status")).to_contain_text("3 tenants suspended, 1 session ended.")
    garnet, heron, jade, *again = asked
    assert len({key for _, key in asked}) == 4  # a refusal is over, and asked anew; a failure is asked once more
    assert again == [(garnet[0], again[0][1]), heron], jade
    await submit.click()
    await expect(dialog).to_have_count(0)
    await written_as_they_are_now(jane, bar)
    await freed(jane, bar)


async def freed(page: Page, bar: Locator) -> None:
    """The three that were suspended; what was done is no failure though its answer was lost."""
    await bar.get_by_role("button", name="Lift suspension…").click()
    dialog = page.get_by_role("dialog", name="Lift the suspension of the selected tenants")
    await expect(line(dialog, "Opal")).to_contain_text("Is not suspended but active: passed over")
    await dialog.get_by_role("textbox", name="Reason").fill("paid")
    await stopped_after_the_first(page, dialog)
    await lose_the_second_answer(page, "liftSuspension")
    await dialog.get_by_role("button", name="Lift suspension of 2 tenants").click()
    await expect(line(dialog, "Jade")).to_contain_text("Is not suspended but active, though trying it failed.")
    told = "2 tenants no longer suspended. Nothing is left to do to 1 tenant, though trying it failed."
    await expect(dialog.get_by_role("status")).to_have_text(told)
    await expect(dialog.get_by_role("button", name="Done")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def written_as_they_are_now(page: Page, bar: Locator) -> None:
    """The file has what was done since they were picked, also of those that the list does not show any more."""
    await page.get_by_label("Search tenants").fill("opal")
    await expect(page.get_by_role("checkbox", name="Select Jade")).to_have_count(0)
    export = bar.get_by_role("button", name="Export as CSV")
    await page.route("**/graphql", lambda route: route.fulfill(status=503))
    await export.click()
    await expect(bar.get_by_role("alert")).to_contain_text("No file was written. Actas cannot work just now.")
    await page.unroute("**/graphql")
    async with page.expect_download() as waiting:
        await export.click()
    await expect(bar.get_by_role("alert")).to_have_count(0)
    written = (await (await waiting.value).path()).read_text(encoding="utf-8")
    rows = {row["slug"]: row for row in csv.DictReader(io.StringIO(written))}
    suspended = ["garnet", "heron", "jade"]
    assert [slug for slug, row in rows.items() if row["status"] == "Suspended"] == suspended
    assert {rows[slug]["status_reason"] for slug in suspended} == {"a chain of unpaid invoices"}
    assert [*rows] == ["coral", *suspended, "opal"]


async def lose_the_second_answer(page: Page, mutation: str) -> None:
    """The server does what it is asked the second time too, and a gateway gives up on it."""
    asked = 0

    async def lose(route: Route) -> None:
        nonlocal asked
        asked += mutation in (route.request.post_data or "")
        if asked != 2:
            await route.continue_()
            return
        await route.fetch()
        await route.fulfill(status=504)
        await page.unroute("**/graphql", lose)

    await page.route("**/graphql", lose)


async def stopped_after_the_first(page: Page, dialog: Locator) -> None:
    """Starts to lift three suspensions, and goes Back while the first is under way."""
    async with held_back(page, "liftSuspension") as under_way:
        await dialog.get_by_role("button", name="Lift suspension of 3 tenants").click()
        await under_way()
        await page.evaluate("history.back()")
        await expect(dialog.get_by_role("status")).to_have_text("Stops after this one.")
        await expect(dialog.get_by_role("button", name="Stop after this one")).to_be_disabled()
    told = "1 tenant no longer suspended. 2 tenants were not tried."
    await expect(dialog.get_by_role("status")).to_have_text(told)


async def answered_first(page: Page, answers: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Gives these answers to the next suspensions that the page asks for; which tenants and keys it asked with."""
    asked: list[tuple[str, str]] = []

    async def answer(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        if "suspendTenant" not in body["query"]:
            await route.continue_()
            return
        given = body["variables"]["input"]
        asked.append((given["tenantId"], given["idempotencyKey"]))
        await (route.fulfill(json=answers.pop(0)) if answers else route.continue_())

    await page.route("**/graphql", answer)
    return asked


async def test_who_may_not_sees_no_such_thing_and_more_than_fifty_are_too_many(demo: Running, person: Bring) -> None:
    ada, rui = (await person("Ada")).page, (await person("Rui")).page
    await sign_in(ada, demo, "admin")
    await ada.evaluate(REGISTER.replace("ASK", ASK), 51)
    await sign_in(rui, demo, "readonly", "/tenants?plan=Crowd")
    await ada.goto(f"{demo.console_url}/tenants?plan=Crowd")
    for page in (rui, ada):
        await page.get_by_role("checkbox", name="Select all that are shown").check()
        await expect(page.get_by_role("region", name="Selection")).to_contain_text("51 tenants selected")
    await expect(rui.get_by_role("button", name="Suspend…")).to_have_count(0)
    await expect(rui.get_by_role("button", name="Lift suspension…")).to_have_count(0)
    await expect(ada.get_by_role("button", name="Suspend…")).to_be_disabled()
    await expect(ada.get_by_text("At most 50 are suspended or lifted at once: take 1 tenant out.")).to_be_visible()
    await ada.get_by_role("checkbox", name="Select Yy 0").uncheck()
    await expect(ada.get_by_role("button", name="Suspend…")).to_be_enabled()
