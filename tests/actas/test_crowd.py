"""Many services connect at once, as after a restart, and the console has few connections to its database (P7)."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from actas.graphql import schema
from permissions.operators import Permission
from resolvers import guards, impersonation
from resolvers.impersonation import Started, StartRequest
from tests.actas.serving import Site, serving
from tests.world import REASON, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest
    from websockets.asyncio.client import ClientConnection

    from tests.databases import Databases

CROWD = 60
FOLLOW = "subscription { guardEvents { change sessionUuid } }"


@pytest_asyncio.fixture(loop_scope="session")
async def small(databases: Databases, tmp_path: Path) -> AsyncIterator[Site]:
    """A console with two connections to its database."""
    async with (
        databases.fresh() as urls,
        world_on(urls, following=True, pool_size=2) as world,
        serving(world, tmp_path, graphql=schema) as site,
    ):
        yield site


async def follow(site: Site, stack: AsyncExitStack, key: str) -> ClientConnection:
    """A guard's socket, when it was told all that is true now."""
    socket = await stack.enter_async_context(site.socket())
    await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}))
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}}))
    await until(socket, "SNAPSHOT_END")
    return socket


async def until(socket: ClientConnection, change: str) -> Any:
    async with asyncio.timeout(20):
        while True:
            message = json.loads(await socket.recv())
            assert message["type"] in {"connection_ack", "next", "ping"}, message
            told = message.get("payload", {}).get("data", {}).get("guardEvents", {}) if "payload" in message else {}
            if told.get("change") == change:
                return told


async def test_a_crowd_of_guards_is_let_in_and_told_by_two_connections(
    small: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is called a stranger, and what all of them hear is read once for many, not once for each."""
    read = []
    about = guards._about

    async def counted(connection: Any, entry: Any) -> Any:
        read.append(entry.kind)
        return await about(connection, entry)

    monkeypatch.setattr(guards, "_about", counted)
    key, acme = await small.key(Permission.GUARD_EVENTS), await small.world.tenant("acme")
    async with AsyncExitStack() as stack:
        sockets = await asyncio.gather(*(follow(small, stack, key) for _ in range(CROWD)))
        read.clear()
        asked = StartRequest(tenant_id=acme.id, reason=REASON)
        started = await impersonation.start(small.world.database, small.world.admin, asked)
        assert isinstance(started, Started)
        told = await asyncio.gather(*(until(socket, "SESSION_STARTED") for socket in sockets))
        assert {each["sessionUuid"] for each in told} == {str(started.session.id)}
        assert 1 <= len(read) < CROWD / 4


async def test_a_good_key_is_no_strangers_because_the_database_is_slow(
    small: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guard that is told so distrusts all that it knows: every operator would be thrown out."""
    asked, quick = asyncio.Event(), asyncio.Event()
    by_key = small.services.callers.by_key

    async def slowly(*given: Any) -> Any:
        asked.set()
        await quick.wait()
        return await by_key(*given)

    monkeypatch.setattr(small.services.callers, "by_key", slowly)
    monkeypatch.setattr("actas.sockets.INIT_SECONDS", 0.1)
    key = await small.key(Permission.GUARD_EVENTS)
    async with AsyncExitStack() as stack:
        following = asyncio.create_task(follow(small, stack, key))
        await asyncio.wait_for(asked.wait(), 5)
        assert await asyncio.wait({following}, timeout=0.5) == (set(), {following})
        quick.set()
        await following
