"""What guards must know to refuse in time: tenants' statuses, live sessions, and the proof that the feed is read."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from db import impersonation, operators
from db.pages import impersonation as session_pages
from db.pages import tenants as tenant_pages
from db.positions import Position
from resolvers import policies
from resolvers.streams import News, Now, Step, Tick, mark, patiently, reading, told, with_ticks
from resolvers.watch import SESSION_CHANGES, STATUS_CHANGES, TENANT_CHANGES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.ledger import Entry
    from db.operators import Operator
    from db.tenants import Tenant
    from permissions.policy import Presence
    from resolvers.streams import Listener

BEAT_SECONDS: Final = 5.0
LOOK_AGAIN_SECONDS: Final = 0.1
_CHANGES: Final = {"STARTED": "SESSION_STARTED", "MODE_CHANGED": "SESSION_MODE", "ENDED": "SESSION_ENDED"}


@dataclass(frozen=True, kw_only=True)
class GuardNews(News):
    """One event for a guard, with what its banner needs."""

    operator: Operator | None = None
    presence: Presence | None = None


async def events(
    database: Database, listener: Listener, after: str | None, *, beat_seconds: float = BEAT_SECONDS
) -> AsyncGenerator[GuardNews]:
    """What a guard must know: every tenant and live session, then each change; and heartbeats that prove a read."""

    async def everything(connection: Any) -> list[GuardNews]:
        found = await tenant_pages.everything(connection, only)
        inside = await session_pages.active(connection, only, None)
        return [*map(_of_tenant, found), *await _of_sessions(connection, inside, {each.id: each for each in found})]

    await listener.check()
    only, beats = listener.only, _Beats(database, beat_seconds)
    async with aclosing(with_ticks(told(database, after, everything, ("guards", only)), beats.next)) as changes:
        async for each in changes:
            await listener.check()
            if isinstance(each, Tick):
                if at := beats.due():
                    yield GuardNews(change="HEARTBEAT", at=at, position=beats.position.encode())
                continue
            beats.position, position = each.position, each.position.encode()
            if isinstance(each, Now):
                # The reach may be another by now than when the stream began.
                for news in (news for news in each.state if listener.hears(_whose(news))):
                    yield replace(news, at=each.at, position=position)
            if not isinstance(each, Step):
                yield GuardNews(change=mark(each).change, at=each.at, position=position)
            elif (entry := each.entry) and entry.kind in TENANT_CHANGES and listener.hears(entry.tenant_id):
                about = partial(reading, database, _about, entry)
                # The same for all guards: what a hundred of them hear is read once.
                for news in await patiently(partial(database.shared.ask, (_about, each.position), about)):
                    yield replace(news, at=entry.at, position=position)


def _whose(news: GuardNews) -> UUID | None:
    about = news.session.tenant_id if news.session else None
    return about or (news.tenant.id if news.tenant else None)


async def _about(connection: Any, entry: Entry) -> list[GuardNews]:
    """What an entry means for a guard; told as things are now, so that a session that is over never seems live."""
    if entry.kind in STATUS_CHANGES and entry.tenant_id:
        found = await tenant_pages.by_ids(connection, [entry.tenant_id])
        return [replace(_of_tenant(each), change="TENANT_STATUS") for each in found.values()]
    if entry.kind in SESSION_CHANGES and entry.session_id:
        inside = await impersonation.now(connection, [entry.session_id])
        found = await tenant_pages.by_ids(connection, [each.tenant_id for each in inside])
        news = await _of_sessions(connection, inside, found)
        return [replace(each, change=_CHANGES[SESSION_CHANGES[entry.kind]]) for each in news]
    return []


async def _of_sessions(connection: Any, inside: Sequence[Session], of: Mapping[UUID, Tenant]) -> list[GuardNews]:
    """Sessions with what their banners need, all loaded at once."""
    people = await operators.by_ids(connection, [each.operator_id for each in inside])
    rules = await policies.as_of(connection, [(each.tenant_id, each.policy_version) for each in inside])
    return [
        GuardNews(
            change="SNAPSHOT",
            at=session.now,
            position="",
            tenant=of.get(session.tenant_id),
            session=session,
            operator=people[session.operator_id],
            presence=rules[session.tenant_id, session.policy_version].tenant_presence,
        )
        for session in inside
    ]


def _of_tenant(tenant: Tenant) -> GuardNews:
    return GuardNews(change="SNAPSHOT", at=tenant.updated_at, position="", tenant=tenant)


class _Beats:
    """When a heartbeat may be sent: only when the feed was really read since the last, and all of it was told.

    A process whose connection or sequencer is stuck still reaches its guards; it must not reassure them
    (mechanisms H.5).
    """

    def __init__(self, database: Database, seconds: float) -> None:
        self._feed = database.feed
        self._seconds = seconds
        self._read_at = float("-inf")
        self._next = asyncio.get_running_loop().time()
        self.position = Position(0, b"")

    def next(self) -> float:
        """When to look."""
        return self._next

    def due(self) -> datetime | None:
        """The instant before which everything committed has been told, if it can be said now."""
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return None
        feed = self._feed
        told = feed.head is not None and self.position.pos >= feed.head.pos
        if not told or feed.read_at <= self._read_at or feed.read_clock is None:
            self._next = now + min(LOOK_AGAIN_SECONDS, self._seconds)
            return None
        self._read_at, self._next = feed.read_at, now + self._seconds
        return min(feed.read_clock, feed.oldest_pending) if feed.oldest_pending else feed.read_clock
