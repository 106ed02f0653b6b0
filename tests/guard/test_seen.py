"""An operator changes nothing where the banner is not seen (S1-26, threat 57): the guard's half of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from actas_guard import GuardSettings
from actas_guard.sightings import Sightings
from tests.guard.conftest import PAGE, guarded, until
from tests.guard.test_service import GOOD

if TYPE_CHECKING:
    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeConsole, FakeSession


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a beat that does not come."""
    monkeypatch.setattr("actas_guard.sightings._WAIT_SECONDS", 0.02)


async def inside(site: Site) -> tuple[FakeSession, Browser]:
    """An operator whose banner nobody has seen yet."""
    session, browser = await site.operator()
    site.guard._service.sightings._until.clear()
    return session, browser


async def beat(browser: Browser, seen: str = "yes", **headers: str) -> int:
    sent = {"origin": browser.tenant.origin, "x-actas-csrf": "1", "x-actas-seen": seen, **headers}
    return (await browser.ask("POST", "/actas/seen", **sent)).status_code


async def test_a_change_is_refused_and_recorded_until_the_banner_was_seen(site: Site) -> None:
    session, browser = await inside(site)
    refused = await browser.ask("POST", "/inbox")
    assert (refused.status_code, refused.json()["code"]) == (403, "BANNER_NOT_SEEN")
    assert site.product.seen == []
    assert (await browser.get("/inbox")).status_code == 200, "whoever only reads is not asked"
    assert await beat(browser) == 204
    assert (await browser.ask("POST", "/inbox")).status_code == 200
    records = await until(lambda: site.console.records if len(site.console.records) == 3 else None)
    told = [(one["method"], one["status"], one["wrote"]) for one in records]
    assert told == [("POST", 403, False), ("GET", 200, False), ("POST", 200, True)]
    assert {one["sessionUuid"] for one in records} == {str(session.id)}


async def test_a_person_reads_why_on_a_page(site: Site) -> None:
    _, browser = await inside(site)
    answer = await browser.ask("POST", "/inbox", **PAGE)
    assert answer.status_code == 403
    assert "<h1>The banner cannot be seen</h1>" in answer.text


async def test_a_sighting_holds_for_a_while_and_no_longer(site: Site) -> None:
    _, browser = await inside(site)
    await beat(browser)
    site.pass_time(14)
    site.console.heartbeat()
    assert (await browser.ask("POST", "/inbox")).status_code == 200
    site.pass_time(2)
    assert (await browser.ask("POST", "/inbox")).json()["code"] == "BANNER_NOT_SEEN"


async def test_a_hidden_banner_takes_the_proof_back_at_once(site: Site) -> None:
    _, browser = await inside(site)
    await beat(browser)
    await beat(browser, "no")
    assert not [name for name in browser.cookies if "seen" in name]
    assert (await browser.ask("POST", "/inbox")).json()["code"] == "BANNER_NOT_SEEN"
    await beat(browser)
    assert (await browser.ask("POST", "/inbox")).status_code == 200


async def test_a_change_that_overtakes_the_first_beat_waits_for_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that was just opened is not punished for a slow network."""
    monkeypatch.setattr("actas_guard.sightings._WAIT_SECONDS", 10)
    session, browser = await inside(site)
    change = asyncio.ensure_future(browser.ask("POST", "/inbox"))
    await until(lambda: session.id in site.guard._service.sightings._waiting)
    await beat(another_connection(browser))
    assert (await change).status_code == 200
    assert not site.guard._service.sightings._waiting


def another_connection(browser: Browser) -> Browser:
    return type(browser)(browser.port, browser.tenant, **browser.cookies)


async def test_every_process_of_the_product_takes_the_proof(site: Site, console: FakeConsole) -> None:
    """The beat and the change may come to different ones."""
    session, browser = await inside(site)
    await beat(browser)
    async with guarded(console) as other:
        await until(lambda: other.live.session(session.id) and other.guard._service.keys.known)
        browser.port = other.port
        assert (await browser.ask("POST", "/inbox")).status_code == 200


@pytest.mark.parametrize("forged", ["9999999999.00", "9999999999", "x.y", ".", "-1.a", "99999999999999.a"])
async def test_a_forged_proof_is_none(site: Site, forged: str) -> None:
    session, browser = await inside(site)
    sightings = Sightings("actas_another_key", 15, site.live.now)
    for proof in (forged, sightings._proof(session.id, int(site.live.now()) + 10)):
        browser.cookies[f"__Host-actas-seen-{session.id.hex}"] = proof.encode().decode("latin-1")
        assert (await browser.ask("POST", "/inbox")).json()["code"] == "BANNER_NOT_SEEN"


async def test_one_sessions_proof_is_not_anothers(site: Site) -> None:
    one, browser = await inside(site)
    await beat(browser)
    proof = browser.cookies[f"__Host-actas-seen-{one.id.hex}"]
    other, second = await inside(site)
    second.cookies[f"__Host-actas-seen-{other.id.hex}"] = proof
    assert (await second.ask("POST", "/inbox")).json()["code"] == "BANNER_NOT_SEEN"


async def test_the_product_is_not_shown_the_proof(site: Site) -> None:
    _, browser = await inside(site)
    await beat(browser)
    assert (await browser.get("/inbox")).json()["cookie"] is None


async def test_a_foreign_page_cannot_send_the_beat(site: Site) -> None:
    _, browser = await inside(site)
    foreign: list[dict[str, Any]] = [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "same-site"},
        {"x-actas-csrf": "0"},
    ]
    for headers in foreign:
        assert await beat(browser, **headers) == 403
    assert (await browser.get("/actas/seen")).status_code == 405
    assert (await browser.ask("POST", "/inbox")).json()["code"] == "BANNER_NOT_SEEN"


async def test_the_last_beat_after_the_end_is_no_error_and_proves_nothing(site: Site) -> None:
    """A browser would log an error in the product's page."""
    session, browser = await inside(site)
    await site.end(session)
    for one in (browser, site.browser()):
        assert await beat(one) == 204
        assert not [name for name in one.cookies if "seen" in name]


async def test_the_tenants_own_people_need_no_banner(site: Site) -> None:
    assert (await site.browser().ask("POST", "/inbox")).status_code == 200


async def test_a_host_without_pages_can_do_without(console: FakeConsole) -> None:
    async with guarded(console, banner_seen_seconds=None) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, browser = await inside(site)
        assert (await browser.ask("POST", "/inbox")).status_code == 200


@pytest.mark.parametrize("seconds", [0, 5, 301, -1])
def test_a_time_that_locks_everybody_out_or_asks_for_nothing_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="banner_seen_seconds must be"):
        GuardSettings(**GOOD, banner_seen_seconds=seconds)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from uuid import uuid4

    monkeypatch.setattr("actas_guard.sightings._REMEMBERED", 3)
    sightings = Sightings("actas_key", 15, lambda: 0)
    for _ in range(9):
        sightings.seen(uuid4())
    assert len(sightings._until) == 3
