"""What surrounds every page: the rules of accessibility, the crumbs, and where the focus goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.async_api import expect

from tests.browser.console import ask, end, sign_in, start
from tests.browser.rules import keeps_the_rules, settled

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, Route, WebSocketRoute

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

VISIT: Final = """{ tenant(slug: "echo") { sessions(first: 1) { nodes { uuid } } } }"""
BEYOND: Final = """() => [document.documentElement, ...document.querySelectorAll('header *, main *')]
  .filter((box) => box.clientWidth > 1 && !box.querySelector('table'))
  .filter((box) => !box.closest('table, .unseen, [aria-hidden=true]'))
  .filter((box) => getComputedStyle(box).textOverflow !== 'ellipsis')
  .filter((box) => box.scrollWidth > box.clientWidth + 1 || (box.innerText && box.clientWidth < 12))
  .map((box) => box.outerHTML.slice(0, 200))"""

# What is chosen stands on another ground than the page; a dialog ends somewhere.
APART: Final = """() => {
  const ground = (box, part) => getComputedStyle(document.querySelector(box), part).backgroundColor
  const canvas = document.body.appendChild(document.createElement('i'))
  canvas.style.backgroundColor = 'Canvas'
  const same = ['rgba(0, 0, 0, 0)', getComputedStyle(canvas).backgroundColor]
  canvas.remove()
  return [
    ...['nav a[aria-current=page]', '[aria-selected=true]'].filter((chosen) => same.includes(ground(chosen))),
    ...(same.includes(ground('[data-status]', '::before')) ? ['the light'] : []),
    ...(getComputedStyle(document.querySelector('[role=dialog]')).borderTopWidth === '0px' ? ['a dialog'] : []),
  ]
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_operators_keys_palette_and_lists_keep_the_rules(demo: Running, person: Bring, scheme: Any) -> None:
    page = (await person("Ada")).page
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await sign_in(page, demo, "admin", "/tenants?status=SUSPENDED")
    await expect(page.get_by_role("table", name="Tenants").get_by_role("link")).to_have_count(2)
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.get_by_role("button", name="Status Suspended").click()
    await keeps_the_rules(page, "tenants, filtered and selected")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    await page.keyboard.type("a")
    await expect(page.get_by_role("option", name="Acme GmbH", exact=False).first).to_be_visible()
    await keeps_the_rules(page, "palette")
    await page.emulate_media(color_scheme=scheme, forced_colors="active")
    assert await page.evaluate(APART) == [], "not told apart in the reader's own colours"
    await page.emulate_media(color_scheme=scheme, forced_colors="none")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await keeps_the_rules(page, "keyboard")
    await page.goto(f"{demo.console_url}/operators?q=support@")
    await settled(page)
    await keeps_the_rules(page, "operators")
    await page.get_by_role("link", name="Jane Doe").click()
    await expect(page.get_by_role("heading", name="Last 30 days")).to_be_visible()
    await keeps_the_rules(page, "operator")
    await page.get_by_role("button", name="Grant a role…").click()
    await page.get_by_role("dialog").locator("button[type=submit]").click()
    await keeps_the_rules(page, "grant")
    await page.goto(f"{demo.console_url}/keys")
    await settled(page)
    await keeps_the_rules(page, "keys")
    await page.get_by_role("button", name="Issue a key…").click()
    await page.get_by_role("dialog").locator("button[type=submit]").click()
    await expect(page.get_by_role("dialog").locator("[aria-invalid=true]")).to_have_count(1)
    await keeps_the_rules(page, "issue")


async def test_pages_reflow_at_twice_the_size(demo: Running, person: Bring) -> None:
    """WCAG 1.4.10: at 200 % of 1280 by 720 nothing must be scrolled sideways but a table; at 100 % no table either."""
    page = (await person("Ada")).page
    await page.set_viewport_size({"width": 640, "height": 360})
    await sign_in(page, demo, "admin", "/tenants")
    for path in ("/tenants", "/operators", "/keys", "/ledger"):
        await page.goto(f"{demo.console_url}{path}")
        await settled(page)
        await keeps_the_rules(page, path)
    address = page.get_by_label("IP address")
    await expect(address).to_be_hidden()
    await page.get_by_role("button", name="Filters").click()
    await expect(address).to_be_visible()
    await page.keyboard.press("Control+k")
    status = page.get_by_role("dialog").get_by_role("status")
    await expect(status).to_contain_text("to choose from")
    assert await bottom(status) <= await bottom(page.get_by_role("dialog")), "the foot of the palette is cut off"

    await start(page, "anvil")
    await page.set_viewport_size({"width": 640, "height": 900})
    await page.goto(f"{demo.console_url}/live?view=rows")
    await expect(page.get_by_role("table", name="Live sessions")).to_contain_text("Anvil Tools")
    await keeps_the_rules(page, "live, as rows")
    own = await page.get_by_role("region", name="Your session").bounding_box()
    assert own is not None
    assert own["y"] - await bottom(page.get_by_role("navigation", name="Console")) < 16, "the way round swells"
    await expect(page.get_by_text("Your clock is UTC")).to_be_visible()
    await end(page)

    await page.set_viewport_size({"width": 1280, "height": 720})
    await page.goto(f"{demo.console_url}/tenants/acme/sessions?from=2026-01-01&to=9999-12-30")
    period = page.get_by_role("combobox", name="Period")
    assert await bottom(page.get_by_role("searchbox", name="Ticket")) == await bottom(period)
    table = page.get_by_role("table", name="Sessions")
    await expect(table.get_by_role("row").nth(20)).to_be_visible()
    assert await table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")
    cut = "cell => cell.scrollWidth > cell.clientWidth"
    for row in (await table.get_by_role("row").all())[1:]:
        reason = row.get_by_role("cell").nth(1)
        if await reason.evaluate(cut):
            narrow = await reason.evaluate("cell => cell.clientWidth")
            await page.set_viewport_size({"width": 1440, "height": 720})
            assert await reason.evaluate("cell => cell.clientWidth") > narrow
            await page.keyboard.press("Tab")
            await row.get_by_role("link").first.focus()
            assert not await reason.evaluate(cut)
            break
    else:
        pytest.fail("no reason is too long for its column")


async def bottom(of: Locator) -> float:
    """Where it ends."""
    await expect(of).to_be_visible()
    box = await of.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("Echo Audio Manufacturing and Distribution Company of Greater Northern Lands", 1280),
        ("Donaudampf" * 9, 640),
    ],
)
async def test_a_long_name_pushes_nothing_out_of_view(demo: Running, person: Bring, name: str, width: int) -> None:
    """WCAG 1.4.10; the words on the buttons that decide are whole. 640 by 360 is 200 % of 1280 by 720."""
    page = (await person("Ada")).page
    await page.set_viewport_size({"width": width, "height": width * 9 // 16})
    await rename(page, "Echo Audio", name)
    await sign_in(page, demo, "admin", "/tenants/echo")
    await settled(page)
    await keeps_the_rules(page, "tenant")
    for opens, decides in (("Impersonate…", f"Enter {name} for"), ("Suspend…", "See who is cut off")):
        await page.get_by_role("button", name=opens, exact=True).click()
        await expect(page.get_by_role("dialog").get_by_role("button", name=decides)).to_be_visible()
        await keeps_the_rules(page, opens)
        await page.keyboard.press("Escape")
    visit = (await ask(page, VISIT))["tenant"]["sessions"]["nodes"][0]["uuid"]
    days = "from=2026-01-01&to=9999-12-30"
    tabs = [f"tenants/echo/{tab}" for tab in (f"ledger?{days}", f"sessions?{days}", "access", "policy", "history")]
    for path in (*tabs, f"sessions/{visit}", "ledger?tenant=echo"):
        await page.goto(f"{demo.console_url}/{path}")
        await expect(page.get_by_text(name).first).to_be_attached()
        await settled(page)
        await fits(page, path)


async def fits(page: Page, where: str) -> None:
    """Nothing goes beyond what holds it, and so over what is beside it; no name is squeezed to a column of letters."""
    out = await page.evaluate(BEYOND)
    assert not out, f"{where}: {out}"


async def rename(page: Page, name: str, other: str) -> None:
    """Let the console believe that a tenant is called otherwise, by what it asks and by what it is told."""

    async def answer(route: Route) -> None:
        given = await route.fetch()
        await route.fulfill(response=given, body=(await given.text()).replace(name, other))

    def follow(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(str(message).replace(name, other)))

    await page.route("**/graphql", answer)
    await page.route_web_socket("**/graphql", follow)


async def test_crumbs_lead_up_and_the_focus_returns_from_what_was_opened(demo: Running, person: Bring) -> None:
    page = (await person("Ada")).page
    await sign_in(page, demo, "admin", "/operators?q=support@")
    await page.get_by_role("link", name="Jane Doe").click()
    crumbs = page.get_by_role("navigation", name="Breadcrumbs")
    await expect(crumbs).to_have_text("OperatorsJane Doe")
    search = page.get_by_role("button", name="Search or jump to")
    await search.click()
    await expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(search).to_be_focused()
    await page.get_by_role("button", name="Ada Nwosu").click()
    await expect(page.get_by_role("menu")).to_contain_text("admin@actas.exampleAdmin")
    await page.keyboard.press("Escape")
    await crumbs.get_by_role("link", name="Operators").click()
    await expect(page).to_have_url(f"{demo.console_url}/operators")


async def test_single_keys_can_be_switched_off_and_stay_off(demo: Running, person: Bring) -> None:
    """WCAG 2.1.4: letters and signs alone; what needs Ctrl, and arrows, go on."""
    page = (await person("Ada")).page
    await sign_in(page, demo, "admin", "/tenants")
    await page.keyboard.press("?")
    await page.get_by_role("dialog", name="Keyboard").get_by_label("Single-key shortcuts").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await settled(page)
    search = page.get_by_role("searchbox")
    await expect(search).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.press("?")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("tr[data-row='0'] :focus")).to_be_visible()
    await expect(search).not_to_be_focused()
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    await page.keyboard.type("keyboard")
    await page.keyboard.press("Enter")
    await page.get_by_label("Single-key shortcuts").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(search).to_be_focused()
