"""The stream over a network that breaks, and a console that goes and comes back (P7)."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from actas_guard import feed
from actas_guard.claims import LEEWAY_SECONDS
from tests.guard.conftest import INSIDE, TOKEN, guarded, until
from tests.guard.network import Network, http, network

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeConsole


@asynccontextmanager
async def behind(wire: Network, console: FakeConsole) -> AsyncIterator[Site]:
    """A guard that has its console behind this network, and has heard it."""
    async with guarded(console, console_url=wire.url) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        yield site


async def code(browser: Browser) -> Any:
    """The code of the guard's refusal; none where the product answered."""
    return (await browser.get("/inbox")).json().get("code")


async def test_a_network_that_swallows_everything_without_a_word_is_left_for_another_connection(
    console: FakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A black hole: nothing is closed, nothing arrives, and the farewell is not answered either."""
    monkeypatch.setattr("actas_guard.feed._SILENCE_SECONDS", 0.3)
    async with network(console.port) as wire, behind(wire, console) as site:
        session, operator = await site.operator()
        asked = len(console.resumed_after)
        wire.swallow()
        console.end(session, "REVOKED")
        await until(lambda: site.live.ended(session.id), seconds=8)  # a farewell of ten seconds would not do
        assert console.resumed_after[asked] is not None
        assert await code(operator) == "SESSION_ENDED"


async def test_while_the_console_restarts_operators_go_on_and_what_happened_meanwhile_is_heard(
    console: FakeConsole,
) -> None:
    async with network(console.port) as wire, behind(wire, console) as site:
        session, operator = await site.operator()
        ended, _ = await site.operator()
        await wire.close()
        await until(lambda: not site.guard.metrics().connected)
        assert await code(operator) is None
        console.end(ended)
        started = console.start(site.acme)
        await wire.open()
        await until(lambda: site.live.ended(ended.id) and site.live.session(started.id))
        assert site.live.session(session.id)
        assert console.resumed_after[-1] is not None


@pytest.mark.parametrize(
    "answer",
    [
        http("500 Internal Server Error", b"no"),
        http("404 Not Found", b"<title>nginx</title>", "content-type: text/html"),
        http("200 OK", b"<!doctype html>"),
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\x00\xff\r\n\r\n",
    ],
)
async def test_a_console_that_answers_something_else_is_waited_for(console: FakeConsole, answer: bytes) -> None:
    """Operators go on as long as the view is fresh, then they are refused; the tenant's own people go on."""
    async with network(console.port) as wire, behind(wire, console) as site:
        _, operator = await site.operator()
        await wire.close()
        wire.answer = answer
        await wire.open()
        connections = wire.connections
        await until(lambda: wire.connections >= connections + 2)
        assert await code(operator) is None
        site.pass_time(31)
        assert await code(operator) == "GUARD_STALE"
        assert await code(site.browser()) is None
        wire.answer = None
        await until(lambda: site.guard.metrics().connected)
        console.heartbeat()
        await until(lambda: not site.live.stale)
        assert await code(operator) is None


async def test_a_console_that_takes_too_long_to_answer_is_asked_again(
    console: FakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actas_guard.feed._OPEN_SECONDS", 0.2)
    async with network(console.port) as wire, behind(wire, console) as site:
        await wire.close()
        wire.answer = b"HTTP/1.1 101 Switching"  # and no more
        await wire.open()
        connections = wire.connections
        await until(lambda: wire.connections >= connections + 2)
        wire.answer = None
        await until(lambda: site.guard.metrics().connected)


async def test_the_service_key_is_told_to_nobody_whom_a_redirect_names(console: FakeConsole) -> None:
    """Threat 58: the key is the stream's first message, so a redirect would be shown it."""
    async with network(0) as elsewhere, network(console.port) as wire, behind(wire, console):
        elsewhere.answer = http("500 Internal Server Error")
        await wire.close()
        wire.answer = http("307 Temporary Redirect", b"", f"location: ws://127.0.0.1:{elsewhere.port}/graphql")
        await wire.open()
        connections = wire.connections
        await until(lambda: wire.connections >= connections + 2)
        assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "message",
    [
        {"type": "next", "payload": {"data": {"guardEvents": None}}},
        {"type": "next", "payload": {"data": None, "errors": [{"message": "no"}]}},
        {"type": "next"},
        {"type": "error", "payload": [{"message": "no"}]},
        {"type": "complete"},
        {"type": "next", "payload": {"data": {"guardEvents": {"change": "SESSION_ENDED"}}}},
    ],
    ids=json.dumps,
)
async def test_a_message_that_is_no_event_takes_the_trust_away_until_the_whole_was_read_again(
    site: Site, message: dict[str, Any]
) -> None:
    """What was believed so far may be wrong; and the task that reads goes on."""
    _, operator = await site.operator()
    asked = len(site.console.resumed_after)
    site.console.send_raw(message)
    await until(lambda: len(site.console.resumed_after) > asked)
    assert site.console.resumed_after[-1] is None
    await until(lambda: not site.live.stale)
    assert await code(operator) is None


async def test_a_message_too_deep_to_read_does_not_end_the_listening(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = len(site.console.resumed_after)
    written = json.dumps

    def deep(value: Any, **options: Any) -> str:
        return "[" * 50_000 if isinstance(value, dict) and value.get("type") == "deep" else written(value, **options)

    monkeypatch.setattr("tests.guard.console.json.dumps", deep)
    site.console.send_raw({"type": "deep"})
    await until(lambda: len(site.console.resumed_after) > asked)
    await until(lambda: not site.live.stale)


@pytest.mark.parametrize(
    ("ahead", "refusal"),
    [(0, None), (-LEEWAY_SECONDS + 1, None), (-LEEWAY_SECONDS - 1, "TOKEN_INVALID"), (29, None), (31, None)],
)
async def test_clocks_may_be_29_seconds_apart_and_not_31(
    console: FakeConsole, ahead: float, refusal: str | None
) -> None:
    """Threat 10. A guard that is ahead meets no token too early; and sessions end by the console's clock alone."""
    async with guarded(console) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        site.clock.wall_ahead = ahead
        _, operator = await site.operator()
        assert await code(operator) == refusal


@pytest.mark.parametrize(("ahead", "refusal"), [(29, None), (31, "SESSION_ENDED")])
async def test_a_token_outlives_its_end_by_the_29_seconds_that_a_clock_may_be_ahead(
    console: FakeConsole, ahead: float, refusal: str | None
) -> None:
    """Threat 10, at the session's end: the token's own leeway, for a session that the console holds for alive."""
    async with guarded(console) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        session = console.start(site.acme, seconds=1800)
        await until(lambda: site.live.session(session.id))
        almost = int(console.now().timestamp())
        token = console.token(session, iat=almost - 60, nbf=almost - 60, exp=almost)
        operator = site.browser(**{TOKEN: token, INSIDE: f"{session.id}.TENANT"})
        site.clock.wall_ahead = almost - console.now().timestamp() + ahead
        assert await code(operator) == refusal


def test_a_broken_connection_is_replaced_well_within_the_staleness_that_is_borne() -> None:
    assert feed._SILENCE_SECONDS + feed._CLOSE_SECONDS + feed._LONGEST_PAUSE_SECONDS + feed._OPEN_SECONDS < 30


@pytest.mark.parametrize(
    "message",
    [
        {"type": "error", "payload": [{"message": "away", "extensions": {"code": "UNAVAILABLE"}}]},
        {"type": "next", "payload": {"data": None, "errors": [{"extensions": {"code": "UNAVAILABLE"}}]}},
        {
            "type": "next",
            "payload": {"data": {"guardEvents": None}, "errors": [{"extensions": {"code": "UNAVAILABLE"}}]},
        },
    ],
    ids=json.dumps,
)
async def test_a_console_that_cannot_reach_its_database_is_asked_again_and_nobody_is_thrown_out(
    site: Site, message: dict[str, Any]
) -> None:
    """What it told before is as true as it was; how old that may become is `max_staleness_seconds`."""
    _, operator = await site.operator()
    asked = len(site.console.resumed_after)
    site.console.send_raw({"id": "guard", **message})
    await until(lambda: len(site.console.resumed_after) > asked)
    assert site.console.resumed_after[-1] is not None
    assert await code(operator) is None


async def test_half_a_snapshot_from_before_a_broken_connection_brings_nobody_in(console: FakeConsole) -> None:
    """P7: whoever was in it may have been sent out while nobody listened."""
    async with network(console.port) as wire, behind(wire, console) as site:
        session, operator = await site.operator()
        console.send_snapshot(gap=True, end=False)
        await until(lambda: site.live.stale)
        await until(lambda: site.live._incoming and session.id in site.live._incoming.sessions)
        await wire.close()
        console.end(session, "REVOKED")
        await wire.open()
        await until(lambda: not site.live.stale)
        assert await code(operator) == "SESSION_ENDED"
