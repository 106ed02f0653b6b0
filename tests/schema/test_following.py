"""The rules of streams that no client sees: nothing twice around a snapshot, no beat without a read, no idle hold."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from db.positions import Position
from permissions.operators import Permission, Role
from permissions.refusals import Forbidden, Unauthenticated, Unavailable
from resolvers import guards, impersonation, watch
from resolvers.impersonation import Started, StartRequest
from resolvers.streams import Listener
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import DatabaseUrls

PATIENCE = 10.0
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def listening(caller: Caller, permission: Permission = Permission.TENANT_READ) -> Listener:
    async def live() -> Caller:
        return caller

    return Listener(live, permission)


async def start(world: World, caller: Caller, tenant: Tenant) -> Started:
    outcome = await impersonation.start(world.database, caller, StartRequest(tenant_id=tenant.id, reason=REASON))
    assert isinstance(outcome, Started), outcome
    return outcome


async def another(stream: AsyncGenerator[Any]) -> Any:
    return await asyncio.wait_for(anext(stream), PATIENCE)


async def until(stream: AsyncGenerator[Any], change: str) -> list[Any]:
    found = [await another(stream)]
    while found[-1].change != change:
        found.append(await another(stream))
    return found


async def test_what_a_snapshot_holds_already_is_not_told_again_once_it_is_numbered(database_urls: DatabaseUrls) -> None:
    """Mechanisms A: a committed entry without a position yet is in the state that is read beside it."""
    async with world_on(database_urls) as world:  # nobody numbers entries until the feed is read
        acme = await world.tenant("acme")
        first = await start(world, world.admin, acme)
        stream = watch.sessions(world.database, listening(world.admin), None)
        async with aclosing(stream):
            snapshot = await until(stream, "SNAPSHOT_END")
            assert [each.session.id for each in snapshot[:-1]] == [first.session.id]
            await world.database.start()
            second = await start(world, await world.newcomer("support@actas.example", Role.PLATFORM_SUPPORT), acme)
            following = await another(stream)
            assert (following.change, following.session.id) == ("STARTED", second.session.id)


@asynccontextmanager
async def guard_stream(world: World, caller: Caller, beat_seconds: float) -> AsyncIterator[AsyncGenerator[Any]]:
    stream = guards.events(world.database, listening(caller, Permission.GUARD_EVENTS), None, beat_seconds=beat_seconds)
    async with aclosing(stream):
        yield stream


async def test_a_heartbeat_is_sent_again_and_again_while_the_feed_is_read(database_urls: DatabaseUrls) -> None:
    async with world_on(database_urls, following=True) as world:
        caller = service(world.admin)
        async with guard_stream(world, caller, 0.05) as stream:
            await until(stream, "SNAPSHOT_END")
            beats = [await another(stream) for _ in range(3)]
            assert [beat.change for beat in beats] == ["HEARTBEAT"] * 3
            assert beats[0].at < beats[1].at < beats[2].at
            await world.tenant("acme")
            told = await until(stream, "TENANT_STATUS")
            beat = (await until(stream, "HEARTBEAT"))[-1]
            assert beat.at >= told[-1].at


def beats(**feed: Any) -> Any:
    """Heartbeats over a feed in this state, as far as the stream has told all of it."""
    state = {"head": Position(7, b"x"), "read_at": 1.0, "read_clock": NOON, "oldest_pending": None, **feed}
    made = guards._Beats(SimpleNamespace(feed=SimpleNamespace(**state)), 0.0)  # type: ignore[arg-type]
    made.position = Position(7, b"x")
    return made


async def test_a_feed_that_is_not_read_gives_no_second_heartbeat_though_the_socket_is_fine() -> None:
    """Mechanisms H.5: a beat is the proof of a read."""
    made = beats()
    assert made.due() == NOON
    assert made.due() is None
    made._feed.read_at = 2.0
    assert made.due() == NOON


async def test_no_heartbeat_overtakes_an_event_that_was_read_and_not_told() -> None:
    made = beats(head=Position(8, b"y"))
    assert made.due() is None
    made.position = Position(8, b"y")
    assert made.due() == NOON


async def test_a_beat_claims_nothing_beyond_what_is_committed_and_still_without_a_number() -> None:
    waiting = NOON - timedelta(seconds=30)
    assert beats(oldest_pending=waiting).due() == waiting


async def test_a_stream_holds_no_connection_between_events(database_urls: DatabaseUrls) -> None:
    async with world_on(database_urls, following=True, pool_size=1) as world:
        acme = await world.tenant("acme")
        streams = [watch.sessions(world.database, listening(world.admin), None) for _ in range(5)]
        for stream in streams:
            await until(stream, "SNAPSHOT_END")
        await start(world, world.admin, acme)
        for stream in streams:
            assert (await another(stream)).change == "STARTED"
            await stream.aclose()


@pytest.mark.parametrize("refusal", [Unauthenticated("over"), Forbidden("lost")])
async def test_an_idle_stream_ends_soon_after_its_viewer_does(database_urls: DatabaseUrls, refusal: Exception) -> None:
    async with world_on(database_urls, following=True) as world:
        over = False

        async def live() -> Caller:
            if over:
                raise refusal
            return world.admin

        stream = watch.tenants(world.database, Listener(live, Permission.TENANT_READ), None)
        await until(stream, "SNAPSHOT_END")
        over = True
        with pytest.raises(type(refusal)):
            await another(stream)


async def test_a_stream_outlives_a_moment_without_the_database(database_urls: DatabaseUrls) -> None:
    async with world_on(database_urls, following=True) as world:
        acme = await world.tenant("acme")
        away = 0

        async def live() -> Caller:
            nonlocal away
            if away:
                away -= 1
                raise Unavailable("away")
            return world.admin

        stream = watch.sessions(world.database, Listener(live, Permission.TENANT_READ), None)
        async with aclosing(stream):
            await until(stream, "SNAPSHOT_END")
            away = 3
            started = await start(world, world.admin, acme)
            told = await another(stream)
            assert (told.change, told.session.id, away) == ("STARTED", started.session.id, 0)


async def test_a_stream_survives_a_lost_feed_connection_and_tells_what_happened_meanwhile(
    database_urls: DatabaseUrls,
) -> None:
    async with world_on(database_urls, following=True) as world:
        acme = await world.tenant("acme")
        stream = watch.sessions(world.database, listening(world.admin), None)
        async with aclosing(stream):
            await until(stream, "SNAPSHOT_END")
            await world.admin_sql(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'actas feed'"
            )
            started = await start(world, world.admin, acme)
            told = await another(stream)
            assert (told.change, told.session.id) == ("STARTED", started.session.id)


def service(admin: Caller) -> Caller:
    return replace(admin, permissions=frozenset({Permission.GUARD_EVENTS}))
