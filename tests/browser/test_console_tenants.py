"""The list of tenants: found as one types, filtered by its address, worked by keyboard, and as quick with thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console import sign_in

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

SHUT_OR_READ_ONLY = ["Harbor Health", "Indigo Prints", "Raven Records", "Slate Architects"]
# Together, since one by one a hundred answers would be waited for.
REGISTER = """async (count) => {
  const headers = { 'content-type': 'application/json', 'x-actas-csrf': '1' }
  const query = `mutation ($input: RegisterTenantInput!) { registerTenant(input: $input) { __typename } }`
  const register = async (number) => {
    const slug = `zz-${String(number).padStart(4, '0')}`
    const input = { slug, name: `Zz ${slug.slice(3)}`, plan: 'Bulk', workspaceUrl: `http://${slug}.localhost:1` }
    const body = JSON.stringify({ query, variables: { input } })
    return (await (await fetch('/graphql', { method: 'POST', headers, body })).json()).data.registerTenant.__typename
  }
  const told = []
  for (let at = 0; at < count; at += 10) {
    told.push(...await Promise.all(Array.from({ length: 10 }, (_, next) => register(at + next))))
  }
  return told
}"""
MANY = 250
UNCOVERED = """() => {
  const { left, top, bottom } = document.activeElement.getBoundingClientRect()
  return [top, bottom].every((edge) => document.elementFromPoint(left + 4, edge)?.closest('tr:focus-within'))
}"""


def named(page: Page) -> Locator:
    """The names in the list, as far as they are drawn."""
    return page.get_by_role("table", name="Tenants").get_by_role("link")


async def test_typing_finds_and_the_address_keeps_what_was_looked_for(demo: Running, person: Bring) -> None:
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants")
    names = named(page)
    await expect(names.first).to_have_text("Acme GmbH")
    await page.keyboard.press("/")
    await page.keyboard.type("gran")
    await expect(names).to_have_text(["Granite Legal"])
    await expect(page).to_have_url(f"{demo.console_url}/tenants?q=gran")

    await page.goto(f"{demo.console_url}/tenants?status=SUSPENDED,READ_ONLY")
    await expect(names).to_have_text(SHUT_OR_READ_ONLY)
    await page.get_by_role("button", name="Status Read only, Suspended").click()
    await expect(page.get_by_role("menuitemcheckbox", name="Suspended")).to_be_checked()
    await page.get_by_role("menuitemcheckbox", name="Read only").click()
    await expect(page).to_have_url(f"{demo.console_url}/tenants?status=SUSPENDED")
    await page.keyboard.press("Escape")
    await page.get_by_role("row").filter(has_text="Indigo Prints").get_by_text("Suspended").click()
    await expect(page.get_by_role("heading", name="Indigo Prints")).to_be_visible()
    await page.go_back()
    await expect(page).to_have_url(f"{demo.console_url}/tenants?status=SUSPENDED")

    await page.get_by_label("Search tenants").fill("nobody by this name")
    await expect(page.get_by_role("heading", name="No tenant matches")).to_be_visible()
    await page.get_by_role("button", name="Show all tenants").click()
    await expect(names.first).to_have_text("Acme GmbH")
    await expect(page).to_have_url(f"{demo.console_url}/tenants")


async def test_a_long_list_draws_what_is_in_view_and_goes_on_to_its_end(demo: Running, person: Bring) -> None:
    """Keyset pages and virtual rows: the last of hundreds is there after scrolling, and few are drawn at any time."""
    page = (await person("Ada")).page
    await sign_in(page, demo, "admin", "/tenants")
    assert set(await page.evaluate(REGISTER, MANY)) == {"TenantChanged"}
    await page.goto(f"{demo.console_url}/tenants?plan=Bulk")
    table = page.get_by_role("table", name="Tenants")
    await expect(table).to_have_attribute("aria-rowcount", str(MANY + 1))
    await expect(named(page).first).to_have_text("Zz 0000")
    for _ in range(MANY // 25):
        await page.mouse.wheel(0, 25 * 40)
        assert await table.locator("tr[data-row]").count() < 80
    await expect(named(page).last).to_have_text(f"Zz {MANY - 1:04}")
    await expect(page.get_by_text(f"{MANY} tenants")).to_be_visible()


async def test_rows_are_gone_through_selected_and_exported_by_keyboard(demo: Running, person: Bring) -> None:
    """Many can be written to a file, never entered; where work on many belongs stands beside it."""
    page = (await person("Jane")).page
    await sign_in(page, demo, "support", "/tenants?status=SUSPENDED,READ_ONLY")
    await expect(named(page)).to_have_text(SHUT_OR_READ_ONLY)
    await page.keyboard.press("j")
    await expect(named(page).nth(0)).to_be_focused()
    await page.keyboard.press("x")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("x")
    bar = page.get_by_role("region", name="Selection")
    await expect(bar).to_contain_text("2 tenants selected")
    await expect(bar).to_contain_text("one at a time, each with its own reason")
    await expect(bar.get_by_role("button")).to_have_text(["Export as CSV", "Suspend…", "Lift suspension…", "Clear"])
    async with page.expect_download() as waiting:
        await bar.get_by_role("button", name="Export as CSV").click()
    written = (await (await waiting.value).path()).read_text(encoding="utf-8").splitlines()
    assert written[0].startswith("name,slug,status,")
    assert [line.split(",")[:2] for line in written[1:]] == [["Harbor Health", "harbor"], ["Indigo Prints", "indigo"]]
    await page.keyboard.press("Escape")
    await expect(bar).to_be_hidden()

    # WCAG 2.4.11, at 200 % of 1280 by 720.
    await page.set_viewport_size({"width": 640, "height": 360})
    await page.goto(f"{demo.console_url}/tenants")
    await expect(named(page).nth(10)).to_be_attached()
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(bar).to_be_visible()
    for key in ("j",) * 20 + ("k",) * 20:
        await page.keyboard.press(key)
        assert await page.evaluate(UNCOVERED), f"after {key} a bar lies over the row that has the focus"


async def test_i_on_a_row_asks_why_one_enters_and_does_nothing_for_who_never_may(demo: Running, person: Bring) -> None:
    jane, rui = (await person("Jane")).page, (await person("Rui")).page
    await sign_in(jane, demo, "support", "/tenants?q=granite")
    await named(jane).first.focus()
    await jane.keyboard.press("i")
    await expect(jane.get_by_role("dialog", name="Impersonate Granite Legal")).to_be_visible()
    await jane.keyboard.press("Escape")
    await expect(named(jane).first).to_be_focused()

    await jane.goto(f"{demo.console_url}/tenants?q=indigo")
    await named(jane).first.focus()
    await jane.keyboard.press("i")
    await expect(jane.get_by_role("dialog")).to_contain_text("Indigo Prints may not be entered now")

    await sign_in(rui, demo, "readonly", "/tenants?q=granite")
    await named(rui).first.focus()
    await rui.keyboard.press("i")
    await expect(rui.get_by_role("dialog")).to_have_count(0)
