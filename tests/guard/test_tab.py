"""The carrier TAB in a real browser (S3-11, C-5): inside in one tab alone, and gone with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

from tests.guard.test_banner import rows, workspace

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.guard.conftest import Site
    from tests.guard.console import FakeSession, FakeTenant
    from tests.guard.test_banner import Bring

WHO = "async () => (await (await fetch('/inbox')).json()).actor"
BY_XHR = """() => new Promise((done) => {
  const request = new XMLHttpRequest();
  request.open("GET", "/inbox");
  request.setRequestHeader("Authorization", "Bearer of-the-product");
  request.onload = () => done(JSON.parse(request.responseText).actor);
  request.send();
})"""
OPERATOR = "Jane Doe (operator)"


async def enter(site: Site, tenant: FakeTenant, page: Page) -> FakeSession:
    site.console.carrier = "TAB"
    session = site.console.start(tenant)
    await page.goto(f"{tenant.origin}/actas/enter?session={session.id}")
    await expect(page).to_have_url(f"{tenant.origin}/page")
    return session


async def kept(page: Page) -> Any:
    return json.loads(await page.evaluate("JSON.stringify([Object.keys(sessionStorage), Object.keys(localStorage)])"))


async def test_one_tab_is_inside_by_fetch_and_by_xhr_and_shows_the_banner(site: Site, person: Bring) -> None:
    tenant, page = workspace(site), (await person("operator")).page
    await enter(site, tenant, page)
    assert await page.evaluate(WHO) == OPERATOR
    assert await page.evaluate(BY_XHR) == OPERATOR
    await expect(rows(page)).to_contain_text("Jane Doe")
    assert await kept(page) == [["actas.session"], []]
    await page.reload()
    assert await page.evaluate(WHO) == OPERATOR


async def test_another_tab_of_the_same_browser_is_not_inside_and_a_closed_one_leaves_nothing(
    site: Site, person: Bring
) -> None:
    """S3-11."""
    tenant, operator = workspace(site), await person("operator")
    await enter(site, tenant, operator.page)
    other = await operator.context.new_page()
    await other.goto(f"{tenant.origin}/page")
    assert await other.evaluate(WHO) is None
    await operator.page.close()
    again = await operator.context.new_page()
    await again.goto(f"{tenant.origin}/page")
    assert await again.evaluate(WHO) is None


async def test_a_stolen_half_opens_nothing_in_another_browser(site: Site, person: Bring) -> None:
    """C-5: what a script of the page can read is worth nothing elsewhere."""
    tenant, page = workspace(site), (await person("operator")).page
    await enter(site, tenant, page)
    half = await page.evaluate("sessionStorage.getItem('actas.session')")
    thief = await person("thief")
    thief.expects("401", because="the stolen half is refused")
    await thief.page.goto(f"{tenant.origin}/page")
    await thief.page.evaluate("(half) => sessionStorage.setItem('actas.session', half)", half)
    assert await thief.page.evaluate("async () => (await fetch('/inbox')).status") == 401


async def test_the_end_is_shown_and_the_tab_is_nobodys_afterwards(site: Site, person: Bring) -> None:
    """C-19: by the stream where a banner listens."""
    tenant, page = workspace(site), (await person("operator")).page
    session = await enter(site, tenant, page)
    await expect(rows(page)).to_contain_text("Jane Doe")
    site.console.end(session, "REVOKED")
    await expect(page).to_have_url(f"{tenant.origin}/actas/ended?session={session.id}")
    await expect(page.locator("main")).to_contain_text("revoked")
    assert await kept(page) == [[], []]


async def test_a_request_after_the_end_leads_to_it_without_a_banner(site: Site, person: Bring) -> None:
    tenant, operator = workspace(site), await person("operator")
    operator.expects("401", because="the request comes after the end")
    page = operator.page
    session = await enter(site, tenant, page)
    await page.goto(f"{tenant.origin}/bare")
    await site.end(session)
    await page.evaluate("void fetch('/inbox')")
    await expect(page).to_have_url(f"{tenant.origin}/actas/ended?session={session.id}")


async def test_stop_leaves_the_tab(site: Site, person: Bring) -> None:
    tenant, page = workspace(site), (await person("operator")).page
    session = await enter(site, tenant, page)
    await page.get_by_role("button", name="Stop").click()
    await expect(page).to_have_url(f"{tenant.origin}/actas/ended?session={session.id}")
    assert site.console.stopped == [session.id]
