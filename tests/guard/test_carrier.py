"""The carrier TAB: half a token in the tab, half in its browser, and neither worth anything alone (C-5, S3-11)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.guard.conftest import INSIDE, TOKEN, until
from tests.guard.test_enter import begin, code_for, started

if TYPE_CHECKING:
    import httpx

    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeSession

TAB = "__Host-actas-tab"


def half_in(page: httpx.Response) -> str:
    found = re.search(r'data-half="([^"]+)"', page.text)
    assert found, page.text
    return f"Bearer {found[1]}"


async def entered(site: Site) -> tuple[FakeSession, Browser, str]:
    """An operator whose tab has its half; gives the header that the tab sends."""
    site.console.carrier = "TAB"
    session, browser = await started(site), site.browser()
    page = await browser.open(await code_for(site, await begin(browser, session)))
    assert page.status_code == 200
    return session, browser, half_in(page)


async def test_a_tab_that_entered_is_named_to_the_product_which_sees_neither_half(site: Site) -> None:
    """S1-13, P6, threat 58."""
    _, browser, bearer = await entered(site)
    told = (await browser.get("/inbox", authorization=bearer)).json()
    assert (told["operator"], told["mode"], told["cookie"]) == ("Jane Doe", "READ_WRITE", None)
    assert told["authorization"] is None


async def test_the_page_hands_over_half_of_the_token_and_runs_nothing_else(site: Site) -> None:
    """S3-11, threat 58: what the page's script can read is no token."""
    site.console.carrier = "TAB"
    session, browser = await started(site), site.browser()
    page = await browser.open(await code_for(site, await begin(browser, session)))
    assert half_in(page).count(".") == 1
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]+'$", policy)
    assert page.headers["cache-control"] == "no-store"
    assert {TOKEN, INSIDE}.isdisjoint(browser.cookies)
    kept = browser.set_cookie[TAB].split("; ")
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(kept)


@pytest.mark.parametrize("missing", ["bearer", "cookie"])
async def test_one_half_alone_lets_nobody_in(site: Site, missing: str) -> None:
    """C-5: a stolen half works in no other browser, and a closed tab leaves nothing behind that works."""
    _, browser, bearer = await entered(site)
    if missing == "cookie":
        answer = await site.browser().get("/inbox", authorization=bearer)
        assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")
        assert site.product.seen == []
    else:
        assert (await browser.get("/inbox")).json()["operator"] is None


async def test_a_cookie_sessions_token_is_no_bearer(site: Site) -> None:
    session, browser = await site.operator()
    whole = f"Bearer {browser.cookies[TOKEN]}"
    for other in (site.browser(), site.browser(**{TAB: f"{session.id}.TENANT.{whole.rpartition('.')[2]}"})):
        answer = await other.get("/inbox", authorization=whole)
        assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")
    assert site.product.seen == []


async def test_a_tabs_half_is_no_cookie(site: Site) -> None:
    _, browser, bearer = await entered(site)
    answer = await site.browser(**{TOKEN: bearer.partition(" ")[2], TAB: browser.cookies[TAB]}).get("/inbox")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


async def test_two_carriers_at_once_are_none(site: Site) -> None:
    """Nobody falls back to another identity."""
    _, browser, bearer = await entered(site)
    _, other = await site.operator()
    browser.cookies[TOKEN] = other.cookies[TOKEN]
    assert (await browser.get("/inbox", authorization=bearer)).status_code == 401
    assert site.product.seen == []


async def test_the_products_own_bearers_are_none_of_the_guards(site: Site) -> None:
    for own in ("Bearer opaque", "Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln", "Basic YTpi", "Bearer"):
        told = (await site.browser().get("/inbox", authorization=own)).json()
        assert (told["operator"], told["authorization"]) == (None, own)


async def test_a_bearer_at_another_tenants_host_is_refused_and_recorded(site: Site) -> None:
    """Threat 12, by the carrier TAB."""
    globex = site.console.tenant("globex", "Globex")
    await until(lambda: site.live.tenant("globex"))
    session, browser, bearer = await entered(site)
    answer = await browser.ask("GET", "/inbox", host=globex.host, authorization=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "WRONG_TENANT")
    assert site.product.seen == []
    recorded = await until(lambda: [r for r in site.console.records if r["sessionUuid"] == str(session.id)])
    assert recorded[0]["status"] == 403


async def test_the_end_of_a_tabs_session_is_the_end_of_both_halves(site: Site) -> None:
    """P7."""
    session, browser, bearer = await entered(site)
    await site.end(session)
    answer = await browser.get("/inbox", authorization=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    assert answer.json()["endedUrl"] == f"/actas/ended?session={session.id}"


async def test_a_tab_reads_its_own_state_and_leaves_by_the_operators_own_stop(site: Site) -> None:
    session, browser, bearer = await entered(site)
    state = (await browser.get("/actas/state", authorization=bearer)).json()
    assert state["session"]["id"] == str(session.id)
    assert (await browser.get("/actas/state")).json()["banners"] == []
    answer = await browser.leave(authorization=bearer)
    assert answer.json()["endedUrl"]
    assert site.console.stopped == [session.id]


async def test_a_read_only_tab_changes_nothing(site: Site) -> None:
    site.console.carrier = "TAB"
    session, browser = site.console.start(site.acme, mode="READ_ONLY"), site.browser()
    await until(lambda: site.live.session(session.id))
    bearer = half_in(await browser.open(await code_for(site, await begin(browser, session))))
    answer = await browser.ask("POST", "/inbox", authorization=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "READ_ONLY_SESSION")


async def test_entering_by_cookie_takes_the_tabs_half_back(site: Site) -> None:
    _, browser, _ = await entered(site)
    site.console.carrier = "COOKIE"
    again = await started(site)
    await browser.open(await code_for(site, await begin(browser, again)))
    assert TAB not in browser.cookies
    assert (await browser.get("/inbox")).json()["operator"] == "Jane Doe"
