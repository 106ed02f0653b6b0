"""What consoles watch: sessions, tenants and the ledger as they change."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from db import impersonation
from db.pages import impersonation as session_pages
from db.pages import tenants as tenant_pages
from resolvers import ledger
from resolvers.streams import News, Now, Step, Tick, mark, told, with_ticks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.pages.ledger import EntriesWhere
    from db.tenants import Tenant
    from resolvers.streams import Listener

EXPIRING_SECONDS: Final = (300, 60)
SESSION_KINDS: Final = {"IMPERSONATION_STARTED": "STARTED", "IMPERSONATION_ENDED": "ENDED"}
TENANT_KINDS: Final = frozenset(
    {"TENANT_REGISTERED", "TENANT_STATUS_CHANGED", "TENANT_SUSPENDED", "TENANT_SUSPENSION_LIFTED"}
)


async def sessions(database: Database, listener: Listener, after: str | None) -> AsyncGenerator[News]:
    """Sessions: those that are live, then each start and end; and a hint 5 min and 1 min before an end."""
    deadlines = _Deadlines()

    async def live(connection: Any) -> list[Session]:
        found = await session_pages.active(connection, listener.only, listener.operator_id)
        return [session for session in found if listener.hears(session.tenant_id, session.operator_id)]

    await listener.check()
    position = ""
    if after:
        async with database.read() as connection:
            deadlines.watch(await live(connection))
    async with aclosing(with_ticks(told(database, after, live), deadlines.next)) as changes:
        async for each in changes:
            await listener.check()
            if isinstance(each, Tick):
                for session in await _now(database, deadlines.due()):
                    if session.state == "ACTIVE" and listener.hears(session.tenant_id, session.operator_id):
                        yield News(change="EXPIRING", session=session, at=session.now, position=position)
                continue
            position = each.position.encode()
            if isinstance(each, Now):
                deadlines.watch(each.state)
                for session in each.state:
                    yield News(change="SNAPSHOT", session=session, at=each.at, position=position)
            if not isinstance(each, Step):
                yield mark(each)
            elif (entry := each.entry) and entry.kind in SESSION_KINDS and entry.session_id:
                if listener.hears(entry.tenant_id, entry.operator_id):
                    for session in await _now(database, [entry.session_id]):
                        deadlines.watch([session])
                        yield News(change=SESSION_KINDS[entry.kind], session=session, at=entry.at, position=position)


async def tenants(database: Database, listener: Listener, after: str | None) -> AsyncGenerator[News]:
    """Tenants: all of them, then each as it changes; who is inside is a part of what changes."""

    async def everything(connection: Any) -> list[Tenant]:
        return [each for each in await tenant_pages.everything(connection, listener.only) if listener.hears(each.id)]

    await listener.check()
    async with aclosing(with_ticks(told(database, after, everything))) as changes:
        async for each in changes:
            await listener.check()
            if isinstance(each, Tick):
                continue
            position = each.position.encode()
            if isinstance(each, Now):
                for tenant in each.state:
                    yield News(change="SNAPSHOT", tenant=tenant, at=each.at, position=position)
            if not isinstance(each, Step):
                yield mark(each)
            elif (entry := each.entry) and entry.tenant_id and entry.kind in TENANT_KINDS | SESSION_KINDS.keys():
                if listener.hears(entry.tenant_id):
                    async with database.read() as connection:
                        found = await tenant_pages.by_ids(connection, [entry.tenant_id])
                    for tenant in found.values():
                        yield News(change="CHANGED", tenant=tenant, at=entry.at, position=position)


async def entries(
    database: Database, listener: Listener, where: EntriesWhere, after: str | None
) -> AsyncGenerator[News]:
    """The ledger's entries as they are written. No snapshot: SNAPSHOT_END says that it listens from now on."""

    async def nothing(_connection: Any) -> None:
        return None

    await listener.check()
    async with aclosing(with_ticks(told(database, after, nothing))) as changes:
        async for each in changes:
            await listener.check()
            if isinstance(each, Tick):
                continue
            if not isinstance(each, Step):
                yield mark(each)
            elif each.entry and ledger.exists_for(listener.caller, each.entry) and ledger.matches(each.entry, where):
                if listener.hears(each.entry.tenant_id):
                    yield News(change="CHANGED", entry=each.entry, at=each.entry.at, position=each.position.encode())


async def _now(database: Database, session_ids: Sequence[UUID]) -> list[Session]:
    if not session_ids:
        return []
    async with database.read() as connection:
        return await impersonation.now(connection, session_ids)


class _Deadlines:
    """When the sessions of a stream are about to end."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, UUID]] = []

    def watch(self, sessions: Sequence[Session]) -> None:
        """Remember the hints of live sessions; the database's clock says how long they have."""
        now = asyncio.get_running_loop().time()
        for session in sessions:
            left = (session.expires_at - session.now).total_seconds()
            for before in EXPIRING_SECONDS:
                if session.state == "ACTIVE" and left > before:
                    heapq.heappush(self._heap, (now + left - before, session.id))

    def next(self) -> float | None:
        """When the next hint is due."""
        return self._heap[0][0] if self._heap else None

    def due(self) -> list[UUID]:
        """The sessions whose hint is due."""
        now, found = asyncio.get_running_loop().time(), []
        while self._heap and self._heap[0][0] <= now:
            found.append(heapq.heappop(self._heap)[1])
        return found
