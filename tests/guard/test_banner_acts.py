"""What people do with the banner, and how it reads: in their language, by keyboard, on a narrow page, aloud."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from actas_guard import BannerColours, BannerSettings, BannerTexts, Named
from tests.guard.conftest import guarded, until
from tests.guard.test_banner import enter, rows, workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Locator, Page

    from tests.browser.pages import Person
    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole, FakeTenant

    Bring = Callable[[str], Awaitable[Person]]

AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
GERMAN = BannerTexts(
    region="Zugriff der Plattform",
    impersonating="Handelt für {tenant}",
    operator="Wer: {operator}",
    reason="Grund: {reason}",
    read_only="nur lesen",
    read_write="lesen und ändern",
    began="{operator} ist in {tenant}. Grund: {reason}.",
    minutes_left={"one": "Noch {count} Minute.", "other": "Noch {count} Minuten."},
    end="Sitzung beenden",
    left="{operator} ging um {time} UTC. Ihre Verwaltung kann es nachlesen.",
)


async def of_the_tenant(site: Site, tenant: FakeTenant, someone: Person, who: Any) -> Page:
    """One of the tenant's people, with the page open, and its stream too."""
    site.people["someone"] = who
    await someone.context.add_cookies([{"name": "person", "value": "someone", "url": tenant.origin}])
    before = site.guard._service.streams.total
    await someone.page.goto(f"{tenant.origin}/page")
    await until(lambda: site.guard._service.streams.total > before)
    return someone.page


def spoken(page: Page) -> Locator:
    return page.locator("actas-banner [role=status]")


async def test_an_admin_sends_an_operator_out_with_the_keyboard_alone(site: Site, person: Bring) -> None:
    """DESIGN section 7: asked once more, named in the record, told to the operator by their own page."""
    tenant, operator = workspace(site), (await person("operator")).page
    admin = await of_the_tenant(site, tenant, await person("someone"), Named("ADMIN", "Olga Owner"))
    session = await enter(site, tenant, operator)
    end = admin.get_by_role("button", name="End this session")
    await end.focus()
    await admin.keyboard.press("Enter")
    await expect(admin.get_by_role("group", name="Send Jane Doe out now?")).to_be_visible()
    await expect(admin.get_by_role("button", name="Keep it")).to_be_focused()
    await admin.keyboard.press("Escape")
    await expect(end).to_be_focused()
    assert site.console.stopped_for == []
    await admin.keyboard.press("Enter")
    await admin.keyboard.press("Shift+Tab")
    await expect(admin.get_by_role("button", name="End it now")).to_be_focused()
    await admin.keyboard.press("Enter")
    await expect(operator.locator("main")).to_contain_text("The tenant stopped the session")
    await expect(rows(admin)).to_contain_text("The record is in your audit log.")
    assert site.console.stopped_for == [(session.id, "Olga Owner")]


async def test_an_end_that_did_not_work_says_so(site: Site, person: Bring) -> None:
    tenant, admin = workspace(site), await person("admin")
    admin.expects("502", because="the console is down in this test")
    page = await of_the_tenant(site, tenant, admin, "ADMIN")
    site.console.start(tenant)
    await page.get_by_role("button", name="End this session").click()
    site.console.down = True
    await page.get_by_role("button", name="End it now").click()
    await expect(rows(page)).to_contain_text("Not ended: try again")
    await expect(spoken(page)).to_contain_text("Not ended")
    await expect(page.get_by_role("button", name="End this session")).to_be_focused()


async def test_a_member_has_no_button_and_reads_whom_to_ask(site: Site, person: Bring) -> None:
    tenant = workspace(site)
    page = await of_the_tenant(site, tenant, await person("someone"), "MEMBER")
    session = site.console.start(tenant)
    await expect(rows(page)).to_contain_text("Jane Doe")
    await expect(page.get_by_role("button")).to_have_count(0)
    site.console.end(session)
    await expect(rows(page)).to_contain_text("Your administrators can read the record.")
    await expect(rows(page).get_by_role("link")).to_have_count(0)


async def test_every_page_of_the_operators_browser_is_shown_the_end(site: Site, person: Bring) -> None:
    """C-19: the first page that shows it lets go of the cookies; the others must not go on as somebody else."""
    operator = await person("operator")
    tenant, page = workspace(site), operator.page
    session = await enter(site, tenant, page)
    second = await operator.context.new_page()
    await second.goto(f"{tenant.origin}/page")
    await expect(rows(second)).to_be_visible()
    hide = "document.dispatchEvent(new Event('visibilitychange'))"
    await second.evaluate(
        f"Object.defineProperty(document, 'visibilityState', {{value: 'hidden', configurable: true}}); {hide}"
    )
    site.console.end(session, "REVOKED")
    await expect(page).to_have_url(f"{tenant.origin}/actas/ended?session={session.id}")
    assert not [cookie for cookie in await operator.context.cookies() if cookie["name"] == "__Host-actas-session"]
    await second.evaluate(f"delete document.visibilityState; {hide}")
    await expect(second).to_have_url(f"{tenant.origin}/actas/ended?session={session.id}")
    await expect(second.locator("main")).to_contain_text("revoked the session")


@pytest.mark.parametrize(
    ("lang", "words", "says"),
    [
        ("de-AT", "Handelt für Acme GmbH", "Jane Doe ist in Acme GmbH. Grund: webhook 500s. Noch 2 Minuten."),
        ("de", "Wer: Jane Doe", "Noch 2 Minuten."),
        ("fr", "Impersonating Acme GmbH", "2 minutes are left."),
    ],
)
async def test_it_speaks_the_pages_language(
    console: FakeConsole, person: Bring, lang: str, words: str, says: str
) -> None:
    banner = BannerSettings(texts={"en": BannerTexts(), "de": GERMAN})
    async with guarded(console, banner=banner) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        tenant, page = workspace(site), (await person("operator")).page
        html = f"<!doctype html><html lang={lang}><title>x</title><script type=module src=/actas/banner.js></script>"
        await enter(site, tenant, page, seconds=120)
        await page.route("**/page", lambda route: route.fulfill(body=html, content_type="text/html"))
        await page.reload()
        await expect(rows(page)).to_contain_text(words)
        await expect(spoken(page)).to_contain_text(says)
        language = await page.locator("actas-banner [role=region]").get_attribute("lang")
        assert language == ("de" if lang.startswith("de") else "en")
        await page.goto("about:blank")  # before its guard goes


async def test_it_wears_the_products_colours(console: FakeConsole, person: Bring) -> None:
    colours = BannerColours(live="#5b21b6", live_text="#ffffff", button="#ffffff", button_text="#5b21b6")
    async with guarded(console, banner=BannerSettings(colours=colours)) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        tenant, page = workspace(site), (await person("operator")).page
        await enter(site, tenant, page)
        shown = "(one) => { const style = getComputedStyle(one); return [style.backgroundColor, style.color] }"
        assert await rows(page).evaluate(shown) == ["rgb(91, 33, 182)", "rgb(255, 255, 255)"]
        await page.goto("about:blank")


@pytest.mark.parametrize("width", [320, 640, 1280])
async def test_it_fits_on_narrow_and_on_enlarged_pages(site: Site, person: Bring, width: int) -> None:
    """WCAG 1.4.10: nothing beside the page, down to 320 px; 640 px is a page of 1280 px at 200 %."""
    tenant, page = workspace(site), (await person("operator")).page
    await page.set_viewport_size({"width": width, "height": 640})
    await enter(site, tenant, page)
    admin = await of_the_tenant(site, tenant, await person("someone"), "ADMIN")
    await admin.set_viewport_size({"width": width, "height": 640})
    for one in (page, admin):
        await fits(one, width)
    await admin.get_by_role("button", name="End this session").click()
    await fits(admin, width)


async def fits(one: Page, width: int) -> None:
    assert await one.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in await rows(one).locator("button:visible, .who, .left").all():
        box = await part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    left = await rows(one).locator(".left").bounding_box()
    button = await rows(one).locator("button:visible").first.bounding_box()
    assert left
    assert button
    assert button["x"] >= left["x"] + left["width"] or button["y"] >= left["y"] + left["height"]
    heading = await one.locator("h1").bounding_box()
    banner = await rows(one).bounding_box()
    assert heading
    assert banner
    assert heading["y"] >= banner["y"] + banner["height"]


async def test_a_reason_that_is_cut_off_opens_on_focus(site: Site, person: Bring) -> None:
    tenant, page = workspace(site), (await person("operator")).page
    await page.set_viewport_size({"width": 320, "height": 640})
    await enter(site, tenant, page)
    reason = rows(page).locator(".reason")
    await page.keyboard.press("Tab")
    await expect(reason).to_be_focused()
    assert await reason.evaluate("(one) => getComputedStyle(one).whiteSpaceCollapse + getComputedStyle(one).overflow")
    assert await reason.evaluate("(one) => getComputedStyle(one).overflow") == "visible"
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Stop")).to_be_focused()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with the console's own tools: make console")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_of_its_states(site: Site, person: Bring, scheme: Any) -> None:
    """WCAG 2.2 A and AA: live, in the last minute, with the question asked, and over."""
    tenant, page = workspace(site), (await person("operator")).page
    await page.emulate_media(color_scheme=scheme)
    await enter(site, tenant, page, seconds=50)
    admin = await of_the_tenant(site, tenant, await person("someone"), "ADMIN")
    session = site.console.start(tenant)
    await expect(rows(admin)).to_have_count(2)
    await admin.get_by_role("button", name="End this session").first.click()
    assert [await complaints(one) for one in (page, admin)] == [[], []]
    site.console.end(session)
    await expect(admin.locator("actas-banner .over")).to_be_visible()
    assert await complaints(admin) == []


async def complaints(page: Page) -> list[str]:
    await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(
        """async () => {
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            const told = await axe.run({include: [['actas-banner']]}, {runOnly: tags});
            return told.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
        }"""
    )
    return found


async def test_it_stays_readable_where_the_browser_forces_its_colours_and_moves_nothing(
    site: Site, person: Bring
) -> None:
    tenant, page = workspace(site), (await person("operator")).page
    await page.emulate_media(forced_colors="active", reduced_motion="reduce")
    await enter(site, tenant, page)
    assert await rows(page).evaluate("(one) => getComputedStyle(one).borderBottomWidth") == "2px"
    moving = (
        "document.querySelector('actas-banner').shadowRoot.getAnimations?.().length ?? document.getAnimations().length"
    )
    assert await page.evaluate(moving) == 0
