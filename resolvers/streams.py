"""Streams: what is true now, then every change in commit order, none lost and none twice (DESIGN section 8).

The ledger's feed is the only source of changes. Who listens is decided anew for each event, and once a second between
them: a stream raises as soon as its viewer's sign-in, key or permission is gone. Nothing holds a database connection
between events.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from db.feed import Gap
from db.ledger import clock
from db.positions import Position, snapshot_position
from permissions.reach import confined_to
from permissions.refusals import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.ledger import Entry
    from db.tenants import Tenant
    from permissions.caller import Caller
    from permissions.operators import Permission

T = TypeVar("T")

RECHECK_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class News:
    """One event of a stream. `change` is the contract's word; a SNAPSHOT tells one thing that is true now."""

    change: str
    at: datetime
    position: str
    session: Session | None = None
    tenant: Tenant | None = None
    entry: Entry | None = None


@dataclass(frozen=True)
class Now(Generic[T]):
    """What is true at a position."""

    state: T
    position: Position
    at: datetime


@dataclass(frozen=True)
class Lost:
    """What follows cannot be joined to what was told."""

    position: Position
    at: datetime


@dataclass(frozen=True)
class Step:
    """The stream has come to a position; `entry` is None where the snapshot had told it already."""

    position: Position
    entry: Entry | None


class Tick:
    """A moment that was waited for has come."""


@dataclass
class Listener:
    """Who listens. `live` loads the caller anew and raises where the sign-in or key is over.

    `expect` is told which rows the next events are about, so that what is asked of each is read for many at once.
    `again` raises where the caller may no longer ask what was asked.
    """

    live: Callable[[], Awaitable[Caller]]
    permission: Permission
    tenant_id: UUID | None = None
    operator_id: UUID | None = None
    expect: Callable[..., None] = lambda *_: None
    again: Callable[[Caller], object] = lambda _: None
    caller: Caller = field(init=False)
    _only: UUID | None = field(init=False, default=None)

    async def check(self) -> None:
        """Decide again whether this caller may listen; raises Unauthenticated or Forbidden."""
        self.caller = await patiently(self.live)
        self.again(self.caller)
        self._only = confined_to(self.caller, self.permission, named=self.tenant_id is not None)

    def hears(self, tenant_id: UUID | None, operator_id: UUID | None = None) -> bool:
        """Whether something about this tenant and operator is for this caller and was asked for."""
        return (
            self._only in {None, tenant_id}
            and self.tenant_id in {None, tenant_id}
            and (self.operator_id is None or self.operator_id == operator_id)
        )

    @property
    def only(self) -> UUID | None:
        """The one tenant that a snapshot keeps to; two that differ give nothing (`hears` sees to it)."""
        return self.tenant_id or self._only


async def told(
    database: Database, after: str | None, read: Callable[[Any], Awaitable[T]], alike: Hashable = None
) -> AsyncGenerator[Now[T] | Lost | Step]:
    """A snapshot unless there is a position to go on from; then every entry; after a gap a snapshot again.

    Streams that are `alike` read the same, and take one snapshot together where they begin at the same moment.
    """
    position = Position.decode(after) if after else None
    at = None
    while True:
        told_already: frozenset[tuple[UUID, int]] = frozenset()
        if position is None:
            take = partial(_snapshot, database, read)
            now, told_already = await patiently(
                partial(database.shared.ask, alike, take) if alike is not None else take
            )
            position, at = now.position, now.at
            yield now
        async with aclosing(database.feed.follow(position)) as feed:
            async for fed in feed:
                if isinstance(fed, Gap):
                    break
                position, at = fed.position, fed.entry.at
                repeated = (fed.entry.chain, fed.entry.seq) in told_already
                yield Step(position, None if repeated else fed.entry)
        if at is None:
            at = await patiently(partial(reading, database, clock))
        yield Lost(position, at)
        position = None


async def _snapshot(
    database: Database, read: Callable[[Any], Awaitable[T]]
) -> tuple[Now[T], frozenset[tuple[UUID, int]]]:
    async with database.snapshot() as connection:
        position, told_already = await snapshot_position(connection)
        at = await clock(connection)
        return Now(await read(connection), position, at), told_already


async def reading(database: Database, query: Callable[..., Awaitable[T]], *arguments: object) -> T:
    """One read of its own."""
    async with database.read() as connection:
        return await query(connection, *arguments)


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again while the database is away for a moment: nothing happens meanwhile, so nothing is missed.

    Raises Unavailable where it stays away.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE_SECONDS
    while True:
        try:
            return await attempt()
        except Unavailable:
            if loop.time() >= until:
                raise
        await asyncio.sleep(RETRY_SECONDS)


async def with_ticks(
    source: AsyncGenerator[T], due: Callable[[], float | None] = lambda: None
) -> AsyncGenerator[T | Tick]:
    """The items of a source; a tick when `due` (loop time) has come, and once a second while nothing else does."""
    loop = asyncio.get_running_loop()
    upcoming: asyncio.Future[T] | None = None
    try:
        while True:
            wanted = due()
            if wanted is not None and wanted <= loop.time():
                yield Tick()
            upcoming = upcoming or asyncio.ensure_future(anext(source))
            wait = RECHECK_SECONDS if wanted is None else min(RECHECK_SECONDS, max(0.0, wanted - loop.time()))
            if not (await asyncio.wait({upcoming}, timeout=wait))[0]:
                yield Tick()
                continue
            arrived, upcoming = upcoming, None
            try:
                item = arrived.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        if upcoming:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
        await source.aclose()


def mark(each: Now[Any] | Lost) -> News:
    change = "SNAPSHOT_END" if isinstance(each, Now) else "GAP"
    return News(change=change, at=each.at, position=each.position.encode())
