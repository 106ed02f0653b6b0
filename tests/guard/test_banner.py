"""The banner in a real browser, on a page with a strict content policy (S1-25 to S1-29, C-13; threat 57)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.guard.conftest import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Locator, Page

    from tests.browser.pages import Person
    from tests.guard.conftest import Site
    from tests.guard.console import FakeSession, FakeTenant

    Bring = Callable[[str], Awaitable[Person]]

WORDS = "Impersonating Acme GmbH — Operator: Jane Doe — Reason: webhook 500s — read only —"


def rows(page: Page) -> Locator:
    return page.locator("actas-banner .row")


def workspace(site: Site) -> FakeTenant:
    """A tenant whose address is where the guard really listens."""
    site.console.landing_path = "/page"
    return site.console.tenant("acme", "Acme GmbH", site.port)


async def enter(site: Site, tenant: FakeTenant, page: Page, *, seconds: float = 1800) -> FakeSession:
    """Enter through the console, as an operator does."""
    session = site.console.start(tenant, mode="READ_ONLY", seconds=seconds)
    await page.goto(f"{tenant.origin}/actas/enter?session={session.id}")
    await expect(page).to_have_url(f"{tenant.origin}/page")
    return session


async def colleague(site: Site, tenant: FakeTenant, person: Bring) -> Page:
    """One of the tenant's people, with the same page open."""
    site.people["member"] = "MEMBER"
    someone = await person("colleague")
    await someone.context.add_cookies([{"name": "person", "value": "member", "url": tenant.origin}])
    await someone.page.goto(f"{tenant.origin}/page")
    return someone.page


async def test_the_operator_sees_who_where_why_and_how_long_and_stops(site: Site, person: Bring) -> None:
    """The whole way: enter, the banner, Stop, the ended page."""
    tenant, page = workspace(site), (await person("operator")).page
    session = await enter(site, tenant, page)
    await expect(rows(page)).to_have_count(1)
    text = " ".join((await rows(page).inner_text()).split())
    assert re.fullmatch(rf"▲ {WORDS} (30:00|29:\d\d) Stop", text), text
    box = await rows(page).bounding_box()
    heading = await page.locator("h1").bounding_box()
    assert box
    assert heading
    assert (box["y"], box["height"]) == (0, 40)
    assert heading["y"] >= 40, "the banner pushes the page down and does not cover it"
    await page.get_by_role("button", name="Stop").click()
    await expect(page).to_have_url(f"{tenant.origin}/actas/ended?session={session.id}")
    await expect(page.locator("main")).to_contain_text("was stopped")
    assert site.console.stopped == [session.id]


async def test_a_colleague_sees_it_come_without_a_reload_and_go_with_the_time(site: Site, person: Bring) -> None:
    """S1-27, S1-29: without Stop, and grey for a moment after the end."""
    tenant = workspace(site)
    page = await colleague(site, tenant, person)
    await until(lambda: site.guard._service.streams.total)
    await expect(rows(page)).to_have_count(0)
    session = site.console.start(tenant)
    await expect(rows(page)).to_contain_text("Operator:")
    await expect(page.get_by_role("button")).to_have_count(0)
    await expect(page.locator("actas-banner [role=status]")).to_contain_text("Operator Jane Doe is inside Acme GmbH")
    site.console.end(session)
    await expect(rows(page)).to_have_class("row over")
    await expect(rows(page)).to_contain_text(
        re.compile(r"Jane Doe left at \d\d:\d\d UTC\. Your administrators can read the record\.")
    )
    await expect(page.locator("actas-banner [role=status]")).to_contain_text("left at")
    await expect(rows(page)).to_have_count(0, timeout=15_000)


async def test_the_operators_page_goes_to_the_ended_page_by_itself(site: Site, person: Bring) -> None:
    """P7: pushed, whatever ended it; and never on under another identity (C-19)."""
    tenant, page = workspace(site), (await person("operator")).page
    session = await enter(site, tenant, page)
    await expect(rows(page)).to_have_count(1)
    site.console.end(session, "REVOKED")
    await expect(page.locator("main")).to_contain_text("An administrator of the platform revoked the session")
    await expect(page.get_by_role("link", name="Back to Acme GmbH in the console")).to_be_visible()


async def test_a_suspension_takes_the_place_of_the_page_that_a_person_has_open(site: Site, person: Bring) -> None:
    """S1-33, S1-35: pushed, without a reload by hand."""
    tenant = workspace(site)
    someone = await person("colleague")
    someone.expects("503", because="a suspended workspace answers so")
    await someone.page.goto(f"{tenant.origin}/page")
    await until(lambda: site.guard._service.streams.total)
    site.console.set_status(tenant, "SUSPENDED")
    await expect(someone.page.locator("main")).to_contain_text("This workspace is suspended")
    await expect(someone.page.get_by_role("link", name="Contact support")).to_be_visible()


async def test_in_the_last_minute_the_time_is_bold_and_spoken(site: Site, person: Bring) -> None:
    tenant, page = workspace(site), (await person("operator")).page
    await enter(site, tenant, page, seconds=55)
    await expect(page.locator("actas-banner .left")).to_have_class("left last")
    await expect(page.locator("actas-banner [role=status]")).to_contain_text("Less than a minute")


async def test_a_page_that_refuses_an_operator_shows_the_banner_with_stop_and_a_way_back(
    site: Site, person: Bring
) -> None:
    """S1-25: the session goes on, so it is said there as everywhere."""
    operator = await person("operator")
    operator.expects("403", because="the session is read only")
    tenant, page = workspace(site), operator.page
    await enter(site, tenant, page)
    await page.evaluate(
        """() => {
            const form = document.createElement('form');
            [form.method, form.action] = ['post', '/inbox'];
            document.body.append(form);
            form.submit();
        }"""
    )
    await expect(page.get_by_text("READ_ONLY_SESSION")).to_be_visible()
    await expect(rows(page)).to_contain_text("Jane Doe")
    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    await page.get_by_role("link", name="Back to where you were").click()
    await expect(page).to_have_url(f"{tenant.origin}/page")


async def test_it_cannot_be_dismissed(site: Site, person: Bring) -> None:
    """S1-26, threat 57: taken away it comes back, and the page's styles do not hide it."""
    tenant, page = workspace(site), (await person("operator")).page
    await enter(site, tenant, page)
    await expect(rows(page)).to_be_visible()
    await page.evaluate("document.querySelector('actas-banner').remove()")
    await expect(rows(page)).to_be_visible()
    await page.evaluate("document.body.replaceChildren()")
    await expect(rows(page)).to_be_visible()
    await page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync("actas-banner { display: none !important; opacity: 0 !important }");
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    await expect(rows(page)).to_be_visible()
    assert await page.locator("actas-banner").evaluate("one => getComputedStyle(one).opacity") == "1"


async def test_a_stop_that_did_not_work_says_so(site: Site, person: Bring) -> None:
    operator = await person("operator")
    operator.expects("502", because="the console is down in this test")
    tenant, page = workspace(site), operator.page
    await enter(site, tenant, page)
    site.console.down = True
    await page.get_by_role("button", name="Stop").click()
    await expect(rows(page)).to_contain_text("Not stopped: try again")
    await expect(page.get_by_role("button", name="Stop")).to_be_enabled()


async def test_two_operators_stand_in_two_rows(site: Site, person: Bring) -> None:
    """S2-39."""
    tenant, page = workspace(site), (await person("operator")).page
    await enter(site, tenant, page)
    site.console.start(tenant)
    await expect(rows(page)).to_have_count(2)
    await expect(page.get_by_role("button", name="Stop")).to_have_count(1)
