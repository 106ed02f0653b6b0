"""An operator changes nothing where the banner cannot be seen (S1-26, threat 57), in a real browser."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.guard.test_banner import enter, rows, workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser, Page

    from tests.browser.pages import Person
    from tests.guard.conftest import Site
    from tests.guard.console import FakeTenant

    Bring = Callable[[str], Awaitable[Person]]

CHANGE = "fetch('/inbox', {method: 'POST'}).then((answer) => answer.status)"
# What a page does to the banner, and what puts that right again.
TAMPERING = {
    "taken away as often as it comes back": (
        """() => {
            const take = () => document.querySelector('actas-banner')?.remove();
            window.taking = new MutationObserver(take);
            window.taking.observe(document, {childList: true, subtree: true});
            take();
        }""",
        "() => window.taking.disconnect()",
    ),
    "emptied": (
        "() => { window.row = document.querySelector('actas-banner').shadowRoot.querySelector('.row'); row.remove() }",
        "() => document.querySelector('actas-banner').shadowRoot.firstElementChild.append(window.row)",
    ),
    "hidden with all that it stands in": (
        "() => { document.body.style.display = 'none' }",
        "() => { document.body.style.display = 'block' }",
    ),
    "faded from within": (
        """() => {
            window.faded = new CSSStyleSheet();
            faded.replaceSync('.row { opacity: .1 }');
            document.querySelector('actas-banner').shadowRoot.adoptedStyleSheets.push(faded);
        }""",
        "() => document.querySelector('actas-banner').shadowRoot.adoptedStyleSheets.pop()",
    ),
    "its words hidden alone": (
        """() => {
            const words = document.querySelector('actas-banner').shadowRoot.querySelector('.words');
            words.style.visibility = 'hidden';
        }""",
        "() => document.querySelector('actas-banner').shadowRoot.querySelector('.words').removeAttribute('style')",
    ),
    "its words hidden by a stylesheet": (
        """() => {
            const hiding = new CSSStyleSheet();
            hiding.replaceSync('.words { text-indent: -9999px !important }');
            document.querySelector('actas-banner').shadowRoot.adoptedStyleSheets.push(hiding);
        }""",
        "() => document.querySelector('actas-banner').shadowRoot.adoptedStyleSheets.pop()",
    ),
    "its words hidden by a rule among the banner's own": (
        """() => {
            const [own] = document.querySelector('actas-banner').shadowRoot.adoptedStyleSheets;
            own.insertRule('.words { text-indent: -9999px }', own.cssRules.length);
        }""",
        """() => {
            const [own] = document.querySelector('actas-banner').shadowRoot.adoptedStyleSheets;
            own.deleteRule(own.cssRules.length - 1);
        }""",
    ),
    "its words painted in the colour of the row": (
        """() => {
            const words = document.querySelector('actas-banner').shadowRoot.querySelector('.who b:last-child');
            window.painting = words.animate({ color: ['#f2b233', '#f2b233'] }, 1e6);
        }""",
        "() => painting.cancel()",
    ),
    "its words faded by an animation": (
        """() => {
            const words = document.querySelector('actas-banner').shadowRoot.querySelector('.words');
            window.fading = words.animate({ opacity: [0.05, 0.05] }, 1e6);
        }""",
        "() => fading.cancel()",
    ),
    "covered by what always comes on top of it": (
        """() => {
            window.cover = document.createElement('div');
            cover.popover = 'manual';
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('div[popover] { position: fixed; inset: 0; width: 100%; height: 100%; border: 0 }');
            document.adoptedStyleSheets = [sheet];
            document.body.append(cover);
            const onTop = () => {
                if (cover.matches(':popover-open')) cover.hidePopover();
                if (cover.isConnected) { cover.showPopover(); requestAnimationFrame(onTop) }
            };
            onTop();
        }""",
        "() => cover.remove()",
    ),
    "said to be somebody else's": (
        """() => {
            window.who = document.querySelector('actas-banner').shadowRoot.querySelectorAll('.who b')[1];
            who.textContent = 'Nobody';
        }""",
        "() => { who.textContent = 'Jane Doe' }",
    ),
}


@pytest.fixture(autouse=True)
def nothing_but_what_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entering gives no time here, and nobody waits long for a beat."""
    monkeypatch.setattr("actas_guard.sightings.Sightings.entered", lambda *_: ())
    monkeypatch.setattr("actas_guard.sightings._WAIT_SECONDS", 0.02)


async def changes(page: Page, status: int) -> None:
    """Try to change something until it goes, or is refused, as it should; bounded."""
    async with asyncio.timeout(10):
        while await page.evaluate(CHANGE) != status:
            await asyncio.sleep(0.1)


async def inside(site: Site, person: Bring) -> Page:
    return await go_inside(site, await person("operator"), workspace(site))


async def go_inside(site: Site, operator: Person, tenant: FakeTenant) -> Page:
    operator.expects("403", because="changes are refused in this test")
    session = site.console.start(tenant)
    await operator.page.goto(f"{tenant.origin}/actas/enter?session={session.id}")
    await expect(rows(operator.page)).to_be_visible()
    return operator.page


async def forget_what_was_seen(site: Site, page: Page) -> None:
    """From here on a change needs that the banner is seen anew."""
    proof = next(cookie["name"] for cookie in await page.context.cookies() if "seen" in cookie["name"])
    site.guard._service.sightings._until.clear()
    await page.context.clear_cookies(name=proof)


@pytest.mark.parametrize("how", TAMPERING)
async def test_a_page_that_hides_the_banner_changes_nothing_until_it_is_back(
    site: Site, person: Bring, how: str
) -> None:
    tamper, undo = TAMPERING[how]
    page = await inside(site, person)
    await changes(page, 200)
    await page.evaluate(tamper)
    await changes(page, 403)
    assert await page.evaluate(CHANGE) == 403, "it stays refused"
    await page.evaluate(undo)
    await changes(page, 200)
    await expect(rows(page)).to_be_visible()


async def test_no_stylesheet_or_script_of_the_page_reaches_into_it(site: Site, browser: Browser) -> None:
    tenant = workspace(site)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{tenant.origin}/actas/enter?session={site.console.start(tenant).id}")
    await page.wait_for_function("!!customElements.get('actas-banner')")
    assert await page.evaluate("document.querySelector('actas-banner').shadowRoot") is None
    await context.close()


async def test_a_page_without_the_banner_changes_nothing(site: Site, person: Bring) -> None:
    page = await inside(site, person)
    await changes(page, 200)
    await page.goto(f"{page.url.removesuffix('/page')}/inbox")
    await forget_what_was_seen(site, page)
    assert await page.evaluate(CHANGE) == 403


async def test_a_page_in_a_frame_proves_nothing(site: Site, person: Bring) -> None:
    """Whoever frames it can lay something over it."""
    page = await inside(site, person)
    await changes(page, 200)
    await page.goto(f"{page.url.removesuffix('/page')}/inbox")
    await forget_what_was_seen(site, page)
    await page.evaluate(
        """() => {
            const frame = document.createElement('iframe');
            frame.src = '/page';
            document.documentElement.append(frame);
        }"""
    )
    await expect(page.frame_locator("iframe").locator("actas-banner .row")).to_be_visible()
    assert await page.evaluate(CHANGE) == 403


async def test_it_lies_above_dialogs_and_changes_go_on(site: Site, person: Bring) -> None:
    """Above what a page opens after it, in the browser's top layer; nothing stays refused for a dialog."""
    page = await inside(site, person)
    await changes(page, 200)
    await page.evaluate(
        """() => {
            const dialog = document.createElement('dialog');
            dialog.textContent = 'Are you sure?';
            document.body.append(dialog);
            dialog.showModal();
        }"""
    )
    await forget_what_was_seen(site, page)
    await changes(page, 200)  # seen anew, under the dialog's backdrop it would not be


async def test_the_page_of_a_hidden_tab_is_not_asked_and_proves_itself_when_it_is_back(
    site: Site, person: Bring
) -> None:
    """A tab in the background is not locked out for its silence."""
    page = await inside(site, person)
    await changes(page, 200)
    await page.evaluate(
        """() => {
            Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});
            document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    site.pass_time(16)
    site.console.heartbeat()
    await changes(page, 403)
    await page.evaluate(
        """() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')) }"""
    )
    await changes(page, 200)


async def test_a_page_whose_own_script_fails_and_that_forgot_the_element_shows_it_all_the_same(
    site: Site, person: Bring
) -> None:
    operator = await person("operator")
    operator.expects("the product's own mistake", because="its script fails here")
    tenant, page = workspace(site), operator.page
    html = (
        '<!doctype html><title>Inbox</title><script>throw new Error("the product\'s own mistake")</script>'
        "<script type=module src=/actas/banner.js></script><main><h1>Inbox</h1></main>"
    )
    await enter(site, tenant, page)
    await page.route("**/page", lambda route: route.fulfill(body=html, content_type="text/html"))
    await page.reload()
    await expect(rows(page)).to_contain_text("Jane Doe")
    assert len(operator.complaints) == 1
