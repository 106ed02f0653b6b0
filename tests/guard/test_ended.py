"""The end of a session as its operator meets it: named, and never a silent change of identity (C-19, P7)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.guard.conftest import INSIDE, TOKEN, guarded, until

if TYPE_CHECKING:
    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole

CAUSES = {
    "STOPPED": "was stopped",
    "TENANT_STOPPED": "tenant stopped the session",
    "EXPIRED": "time was up",
    "IDLE": "Nothing happened",
    "ABANDONED": "No page",
    "REPLACED": "replaced",
    "REVOKED": "revoked",
    "LOCKED": "lock",
    "TENANT_SUSPENDED": "suspended",
    "TENANT_OFFBOARDING": "being closed",
    "ROLE_LOST": "permission",
    "CONSENT_WITHDRAWN": "consent",
    "SIGNED_OUT": "signed out",
    "RESTORED": "back-up",
    "SOMETHING_NEW": "SOMETHING_NEW",
}


@pytest.mark.parametrize("cause", CAUSES)
async def test_a_person_is_told_why_and_led_back_to_the_console(site: Site, cause: str) -> None:
    """S1-29, C-19."""
    session, browser = await site.operator()
    await site.end(session, cause)
    away = await browser.open("/inbox")
    assert (away.status_code, away.headers["location"]) == (302, f"/actas/ended?session={session.id}")
    assert TOKEN in browser.cookies
    page = await browser.open(away.headers["location"])
    assert page.status_code == 200
    assert CAUSES[cause] in page.text
    assert "UTC" in page.text
    assert f'href="{site.console.url}/tenants/acme"' in page.text
    assert TOKEN not in browser.cookies
    assert INSIDE not in browser.cookies


async def test_a_program_is_told_why_in_a_problem(site: Site) -> None:
    """RFC 9457; the product is not asked."""
    session, browser = await site.operator()
    await site.end(session, "REVOKED")
    answer = await browser.ask("POST", "/inbox")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["code"], told["cause"]) == ("SESSION_ENDED", "REVOKED")
    assert told["endedUrl"] == f"/actas/ended?session={session.id}"
    assert told["endedAt"].endswith("Z")
    assert site.product.seen == []


async def test_the_impersonation_wins_over_a_persons_own_sign_in_until_its_end_was_shown(site: Site) -> None:
    """C-19: never silently somebody else; neither for a page nor for a program."""
    session, browser = await site.operator()
    browser.cookies["person"] = "owner"
    assert (await browser.get("/inbox")).json()["operator"] == "Jane Doe"
    await site.end(session)
    for _ in range(2):
        assert (await browser.get("/inbox")).status_code == 401
        assert (await browser.open("/inbox")).status_code == 302
    await browser.open(f"/actas/ended?session={session.id}")
    told = (await browser.get("/inbox")).json()
    assert (told["operator"], told["cookie"]) == (None, "person=owner")


async def test_also_where_the_browser_has_dropped_the_expired_token_by_itself(site: Site) -> None:
    """The token's cookie dies at the session's end; the mark that is left still leads to the ended page (S2-28)."""
    session, browser = await site.operator()
    await site.end(session, "EXPIRED")
    browser.cookies.pop(TOKEN)
    browser.cookies["person"] = "owner"
    away = await browser.open("/inbox")
    assert away.headers["location"] == f"/actas/ended?session={session.id}"
    assert "time was up" in (await browser.open(away.headers["location"])).text
    assert (await browser.get("/inbox")).status_code == 200


async def test_a_session_that_this_guard_never_heard_of_is_refused_like_one_that_ended(site: Site) -> None:
    """H.6, P5: a good token of an unknown session, as a stolen signing key would make it."""
    site.console.announces = False
    session = site.console.start(site.acme)
    browser = site.browser(**{TOKEN: site.console.token(session)})
    answer = await browser.get("/inbox")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    assert "cause" not in answer.json()
    assert site.product.seen == []


async def test_a_guard_that_was_restarted_still_says_that_it_is_over(console: FakeConsole) -> None:
    async with guarded(console) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        session, old = await site.operator()
        console.end(session)
    async with guarded(console, acme=site.acme) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        browser = site.browser(**old.cookies)
        assert (await browser.open("/inbox")).status_code == 302
        page = await browser.open(f"/actas/ended?session={session.id}")
        assert "record says how" in page.text
        assert TOKEN not in browser.cookies


async def test_the_ended_page_of_another_session_takes_no_live_one_away(site: Site) -> None:
    """Else any link could put an operator out."""
    _, browser = await site.operator()
    await browser.open(f"/actas/ended?session={uuid4()}")
    assert (await browser.get("/inbox")).json()["operator"] == "Jane Doe"


async def test_the_ended_page_of_a_live_session_leads_back_inside(site: Site) -> None:
    session, browser = await site.operator()
    answer = await browser.open(f"/actas/ended?session={session.id}")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert TOKEN in browser.cookies


async def test_the_ended_page_can_be_read_while_the_tenant_is_suspended(site: Site) -> None:
    """The session was ended by it, and its operator must learn so (S3-6)."""
    session, browser = await site.operator()
    await site.end(session, "TENANT_SUSPENDED")
    await site.status("SUSPENDED")
    refused = await browser.open("/inbox")
    assert refused.status_code == 503
    assert f'href="/actas/ended?session={session.id}"' in refused.text
    page = await browser.open(f"/actas/ended?session={session.id}")
    assert page.status_code == 200
    assert "suspended" in page.text


async def test_one_tenants_host_does_not_tell_of_anothers_session(site: Site) -> None:
    globex = site.console.tenant("globex", "Globex")
    session = site.console.start(globex)
    await until(lambda: site.live.session(session.id))
    await site.end(session, "REVOKED")
    page = await site.browser().open(f"/actas/ended?session={session.id}")
    assert "Globex" not in page.text
    assert "revoked" not in page.text


async def test_the_policy_may_lead_back_to_the_list_of_tenants(site: Site) -> None:
    """S3-12, S3-17: returnTo."""
    session, browser = await site.operator()
    browser.cookies[INSIDE] = f"{session.id}.TENANT_LIST"
    await site.end(session)
    away = (await browser.open("/inbox")).headers["location"]
    told = (await browser.get("/actas/state")).json()["session"]["endedUrl"]
    assert away == told
    for _ in range(2):  # Stop and the stream may both open it, and the first takes back what the browser knew
        page = await browser.open(away)
        assert f'href="{site.console.url}/tenants"' in page.text


async def test_stop_and_the_banner_know_the_way_back_ahead(site: Site) -> None:
    """S3-12: another tab may be shown the end first."""
    session, browser = await site.operator()
    browser.cookies[INSIDE] = f"{session.id}.TENANT_LIST"
    told = (await browser.get("/actas/state")).json()["session"]["endedUrl"]
    assert told == f"/actas/ended?session={session.id}&back=tenants"
    assert (await browser.leave()).json()["endedUrl"] == told


async def test_only_who_was_shown_the_end_is_let_go_of(site: Site) -> None:
    """C-19: a HEAD shows nothing."""
    session, browser = await site.operator()
    browser.cookies["person"] = "owner"
    await site.end(session)
    await browser.ask("HEAD", f"/actas/ended?session={session.id}")
    assert (await browser.ask("POST", f"/actas/ended?session={session.id}")).status_code == 405
    assert TOKEN in browser.cookies
    assert (await browser.get("/inbox")).status_code == 401


async def test_a_browser_with_an_invalid_token_is_let_go_of_only_when_asked_to(site: Site) -> None:
    browser = site.browser(**{TOKEN: "a.b.c", "person": "owner"})
    refused = await browser.open("/inbox")
    assert refused.status_code == 401
    assert 'href="/actas/ended"' in refused.text
    assert TOKEN in browser.cookies
    await browser.open("/actas/ended")
    assert (await browser.get("/inbox")).json()["cookie"] == "person=owner"


async def test_stop_ends_the_session_at_the_console_and_here_at_once(site: Site) -> None:
    """S1-28, S2-24: by the operator's own Stop, passed on with the service key."""
    session, browser = await site.operator()
    answer = await browser.leave()
    assert (answer.status_code, answer.json()) == (200, {"endedUrl": f"/actas/ended?session={session.id}"})
    assert site.console.stopped == [session.id]
    assert (await browser.get("/inbox")).json()["code"] == "SESSION_ENDED"
    assert "was stopped" in (await browser.open(answer.json()["endedUrl"])).text


async def test_stop_holds_here_although_the_stream_says_nothing(site: Site) -> None:
    """P7: this process knows, so it refuses."""
    _, browser = await site.operator()
    site.console.sessions = {}  # ALREADY_ENDED, and no event
    await browser.leave()
    assert (await browser.get("/inbox")).status_code == 401


async def test_stop_works_while_the_guard_is_stale(site: Site) -> None:
    session, browser = await site.operator()
    site.pass_time(31)
    assert (await browser.leave()).status_code == 200
    assert site.console.stopped == [session.id]


async def test_stop_works_in_a_read_only_session_and_tenant(site: Site) -> None:
    session, browser = await site.operator(mode="READ_ONLY")
    await site.status("READ_ONLY")
    assert (await browser.leave()).status_code == 200
    assert site.console.stopped == [session.id]


async def test_a_stop_that_the_console_did_not_take_is_not_called_one(site: Site) -> None:
    session, browser = await site.operator()
    site.console.down = True
    answer = await browser.leave()
    assert (answer.status_code, answer.json()["code"]) == (502, "NOT_STOPPED")
    assert site.live.session(session.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://globex.localhost:8001"},
        {"origin": "null"},
        {"x-actas-csrf": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_nobody_stops_a_session_from_another_site(site: Site, wrong: dict[str, str]) -> None:
    """Threat 16."""
    _, browser = await site.operator()
    answer = await browser.leave(**wrong)
    assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_SITE")
    assert site.console.stopped == []


async def test_stop_is_no_link(site: Site) -> None:
    _, browser = await site.operator()
    assert (await browser.open("/actas/leave")).status_code == 405
    assert site.console.stopped == []


async def test_who_is_not_inside_has_nothing_to_stop(site: Site) -> None:
    assert (await site.browser().leave()).status_code == 401
