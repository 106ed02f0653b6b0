"""The banner where the session lives in one tab (carrier TAB, C-5): the same promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.guard.test_banner import rows, workspace
from tests.guard.test_banner_sight import CHANGE, changes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page

    from tests.browser.pages import Person
    from tests.guard.conftest import Site
    from tests.guard.console import FakeSession

    Bring = Callable[[str], Awaitable[Person]]

HTML = (
    "<!doctype html><html lang=en><title>Inbox</title><script src=/actas/tab.js></script>"
    "<script type=module src=/actas/banner.js></script><main><h1>Inbox</h1></main>"
)


async def inside(site: Site, page: Page) -> FakeSession:
    site.console.carrier = "TAB"
    tenant = workspace(site)
    await page.route("**/page", lambda route: route.fulfill(body=HTML, content_type="text/html"))
    session = site.console.start(tenant)
    await page.goto(f"{tenant.origin}/actas/enter?session={session.id}")
    await expect(rows(page)).to_contain_text("Jane Doe")
    return session


async def test_it_is_seen_and_asked_for_as_with_cookies(
    site: Site, person: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1-26: requests of a single-page product's programs are the session's, and need its banner."""
    monkeypatch.setattr("actas_guard.sightings.Sightings.entered", lambda *_: ())
    monkeypatch.setattr("actas_guard.sightings._WAIT_SECONDS", 0.02)
    operator = await person("operator")
    operator.expects("403", because="changes are refused in this test")
    await inside(site, operator.page)
    await changes(operator.page, 200)
    await operator.page.evaluate("document.body.style.display = 'none'")
    await changes(operator.page, 403)
    await operator.page.evaluate("document.body.style.display = 'block'")
    await changes(operator.page, 200)


@pytest.mark.parametrize("how", ["stopped", "revoked"])
async def test_the_end_is_shown_and_the_tab_is_nobodys_afterwards(site: Site, person: Bring, how: str) -> None:
    """C-19, S1-29."""
    page = (await person("operator")).page
    session = await inside(site, page)
    assert await page.evaluate(CHANGE) == 200
    if how == "stopped":
        await page.get_by_role("button", name="Stop").click()
    else:
        site.console.end(session, "REVOKED")
    await expect(page.locator("main")).to_contain_text(how)
    assert await page.evaluate("sessionStorage.length") == 0
