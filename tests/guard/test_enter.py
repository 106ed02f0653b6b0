"""Entering binds the token to the operator's own browser (DESIGN section 7; S2-7, threat 58)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from actas_guard.enter import landing
from tests.guard.conftest import ENTER, INSIDE, TOKEN, until

if TYPE_CHECKING:
    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeSession


async def begin(browser: Browser, session: FakeSession) -> str:
    """The first leg; gives the address at the console."""
    answer = await browser.open(f"/actas/enter?session={session.id}")
    assert answer.status_code == 302
    return answer.headers["location"]


async def code_for(site: Site, address: str) -> str:
    """The console's leg; gives the path at the guard."""
    async with httpx.AsyncClient(base_url=site.console.url) as client:
        parts = urlsplit(address)
        answer = await client.get(f"{parts.path}?{parts.query}")
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


async def started(site: Site) -> FakeSession:
    session = site.console.start(site.acme)
    await until(lambda: site.live.session(session.id))
    return session


async def test_an_operator_enters_and_is_named_to_the_product(site: Site) -> None:
    """S1-13, P6."""
    session, browser = await started(site), site.browser()
    back = await code_for(site, await begin(browser, session))
    answer = await browser.open(back)
    assert (answer.status_code, answer.headers["location"]) == (302, "/inbox")
    told = (await browser.get("/inbox")).json()
    assert (told["operator"], told["actor"], told["mode"]) == ("Jane Doe", "Jane Doe (operator)", "READ_WRITE")


async def test_the_way_to_the_console_holds_no_secret(site: Site) -> None:
    """Threat 58: only the hash of the verifier leaves the browser."""
    session, browser = await started(site), site.browser()
    address = await begin(browser, session)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    _, state, verifier = browser.cookies[ENTER].split(".")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert asked == {
        "session": str(session.id),
        "challenge": digest,
        "state": state,
        "redirect_uri": "http://acme.localhost:8001/actas/enter",
    }
    assert address.startswith(f"{site.console.url}/enter?")
    assert verifier not in address


async def test_the_cookies_are_for_this_host_only_and_out_of_reach_of_scripts(site: Site) -> None:
    """Threat 55; the token's lasts until the session's end and no longer."""
    session, browser = await started(site), site.browser()
    address = await begin(browser, session)
    short = browser.set_cookie[ENTER]
    await browser.open(await code_for(site, address))
    for line in (short, browser.set_cookie[TOKEN], browser.set_cookie[INSIDE]):
        parts = line.split("; ")
        assert parts[0].startswith("__Host-")
        assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(parts)
        assert "Domain" not in line
    age = int(browser.set_cookie[TOKEN].partition("Max-Age=")[2].partition(";")[0])
    assert 1790 <= age <= 1800
    assert "Max-Age=120" in short
    assert ENTER not in browser.cookies


async def test_a_forwarded_link_is_worthless(site: Site) -> None:
    """S2-7: the code works only in the browser that began."""
    session, browser, other = await started(site), site.browser(), site.browser()
    back = await code_for(site, await begin(browser, session))
    answer = await other.open(back)
    assert answer.status_code == 403
    assert "another browser" in answer.text
    assert TOKEN not in other.cookies


async def test_a_link_of_another_hand_off_of_the_same_browser_is_refused(site: Site) -> None:
    """Login CSRF: somebody else's code does not get in under this browser's state."""
    session, browser, attacker = await started(site), site.browser(), site.browser()
    foreign = await code_for(site, await begin(attacker, session))
    await begin(browser, session)
    answer = await browser.open(foreign)
    assert answer.status_code == 403
    assert TOKEN not in browser.cookies


async def test_a_code_with_another_state_never_reaches_the_console(site: Site) -> None:
    session, browser = await started(site), site.browser()
    back = await code_for(site, await begin(browser, session))
    code = parse_qs(urlsplit(back).query)["code"][0]
    await browser.open(f"/actas/enter?code={code}&state={'x' * 43}")
    assert code in site.console._codes


async def test_a_code_works_once(site: Site) -> None:
    """DESIGN section 7, step 4."""
    session, browser = await started(site), site.browser()
    back = await code_for(site, await begin(browser, session))
    kept = browser.cookies[ENTER]
    await browser.open(back)
    again = site.browser(**{ENTER: kept})
    answer = await again.open(back)
    assert answer.status_code == 403
    assert "used already" in answer.text
    assert "CODE_SPENT" in answer.text
    assert TOKEN not in again.cookies


async def test_a_stolen_code_is_worthless_without_the_verifier(site: Site) -> None:
    """PKCE (RFC 7636): the thief has a hand-off of their own, and the code of another."""
    session, browser, thief = await started(site), site.browser(), site.browser()
    back = await code_for(site, await begin(browser, session))
    await begin(thief, session)
    state = thief.cookies[ENTER].split(".")[1]
    code = parse_qs(urlsplit(back).query)["code"][0]
    answer = await thief.open(f"/actas/enter?code={code}&state={state}")
    assert answer.status_code == 403
    assert TOKEN not in thief.cookies


async def test_a_token_for_another_session_than_was_begun_is_refused(site: Site) -> None:
    session, other, browser = await started(site), await started(site), site.browser()
    address = await begin(browser, session)
    back = await code_for(site, address.replace(str(session.id), str(other.id)))
    answer = await browser.open(back)
    assert answer.status_code == 502
    assert TOKEN not in browser.cookies


async def test_a_token_for_another_tenant_is_refused(site: Site) -> None:
    """Threat 12."""
    globex = site.console.tenant("globex", "Globex")
    session, browser = await started(site), site.browser()
    foreign = site.console.start(globex)
    back = await code_for(site, (await begin(browser, session)).replace(str(session.id), str(foreign.id)))
    answer = await browser.open(back)
    assert answer.status_code == 502
    assert TOKEN not in browser.cookies


async def test_a_session_that_the_guard_has_not_heard_of_yet_is_waited_for(site: Site) -> None:
    site.console.announces = False
    session, browser = site.console.start(site.acme), site.browser()
    back = await code_for(site, await begin(browser, session))
    site.console.tell("SESSION_STARTED", **session.event())
    assert (await browser.open(back)).status_code == 302


async def test_a_session_that_is_never_announced_is_not_entered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: what the stream does not know, the guard does not let in."""
    monkeypatch.setattr("actas_guard.enter._ANNOUNCED_WITHIN_SECONDS", 0.05)
    site.console.announces = False
    session, browser = site.console.start(site.acme), site.browser()
    answer = await browser.open(await code_for(site, await begin(browser, session)))
    assert answer.status_code == 503
    assert TOKEN not in browser.cookies


async def test_a_carrier_that_is_newer_than_the_guard_is_refused_in_words(site: Site) -> None:
    site.console.carrier = "PIGEON"
    session, browser = await started(site), site.browser()
    answer = await browser.open(await code_for(site, await begin(browser, session)))
    assert answer.status_code == 501
    assert "COOKIE" in answer.text
    assert TOKEN not in browser.cookies


async def test_a_console_that_does_not_answer_is_named_and_nobody_is_let_in(site: Site) -> None:
    session, browser = await started(site), site.browser()
    back = await code_for(site, await begin(browser, session))
    site.console.down = True
    answer = await browser.open(back)
    assert answer.status_code == 502
    assert "console does not answer" in answer.text
    assert TOKEN not in browser.cookies


async def test_a_suspended_tenant_is_not_entered(site: Site) -> None:
    """DESIGN section 5's table."""
    await site.status("SUSPENDED")
    answer = await site.browser().open(f"/actas/enter?session={uuid4()}")
    assert answer.status_code == 503


@pytest.mark.parametrize(
    "query",
    ["", "session=", "session=1", "session=a&session=b", "code=abc", "code=a&state=b&session=c", "error=denied"],
)
async def test_an_incomplete_link_says_what_to_do(site: Site, query: str) -> None:
    answer = await site.browser().open(f"/actas/enter?{query}")
    assert answer.status_code == 400
    assert "console" in answer.text


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("/inbox", "/inbox"),
        ("/inbox?show=open#top", "/inbox?show=open#top"),
        ("/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tevil", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("/ä", "/"),
        ("", "/"),
    ],
)
def test_a_landing_path_never_leads_to_another_host(given: str, safe: str) -> None:
    """C-22."""
    assert landing(given) == safe
