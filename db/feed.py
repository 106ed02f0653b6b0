"""The ledger as a bus: committed entries in one dense order, read by position, none lost and none twice.

Numbers are given after the commit (audit.sequence_pending), since no number made inside a transaction is safe to read
past. Each process has one connection that sequences, listens and reads; followers walk over what it read.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import asyncpg
import structlog

from db.ledger import Entry
from db.positions import Fed, Position
from db.rows import build
from permissions.refusals import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from datetime import datetime

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

POLL_SECONDS: Final = 0.25
PAGE: Final = 1000
RING: Final = 10_000
LONGEST_PAUSE_SECONDS: Final = 1.0
ASIDE: Final = "actas feed, aside"
ASIDES: Final = 4

_STATE: Final = """
    select h.pos, audit.clock() as clock, (select min(at) from audit.pending) as oldest_pending from audit.feed_head h
"""
_AFTER: Final = """
    select f.pos, f.link, e.* from audit.feed f join audit.entry e on (e.chain, e.seq, e.at) = (f.chain, f.seq, f.at)
     where f.pos > $1 order by f.pos limit $2
"""


class Gap:
    """What comes next cannot be joined to what was read: take a fresh snapshot."""


class Feed:
    """One process's reader of the feed.

    `before_connect` runs before each attempt to connect (to have an embedded server running again), `on_connect` after
    each connection and before anything is read (to end what a restore brought back to life).
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._ring: deque[Fed] = deque(maxlen=RING)
        self._bell = asyncio.Event()
        self._moved = asyncio.Condition()
        self._asides = asyncio.Semaphore(ASIDES)
        self._epoch = 0
        self._connection: asyncpg.Connection[Any] | None = None
        self.head: Position | None = None
        self.read_at = float("-inf")
        self.read_clock: datetime | None = None
        self.oldest_pending: datetime | None = None
        self.before_connect: Callable[[], Awaitable[object]] | None = None
        self.on_connect: Callable[[], Awaitable[object]] | None = None

    def poke(self) -> None:
        """Something was committed: sequence and read now rather than at the next poll."""
        self._bell.set()

    async def run(self) -> None:
        """Sequence, listen and read for ever; a lost connection is made anew and read on from where it was."""
        pause = 0.05
        while True:
            try:
                await self._session()
                pause = 0.05
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, Unavailable) as error:
                log.warning("feed connection lost", error=type(error).__name__)
            except Exception:
                log.exception("feed failed and goes on")  # everything that is pushed hangs on it
            finally:
                if self._connection:
                    self._connection.terminate()
                    self._connection = None
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def follow(self, after: Position) -> AsyncGenerator[Fed | Gap]:
        """Everything after a position, in order, for as long as the caller goes on; or a Gap, and nothing more."""
        cursor, epoch = after, None
        while True:
            head = self.head
            if head is None:
                await self._wait(None)
                continue
            if epoch != self._epoch:
                epoch = self._epoch
                known = await self._knows(cursor)
                if known is None:
                    epoch = None
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                if not known:
                    yield Gap()
                    return
            if cursor.pos >= head.pos:
                await self._wait(head)
                continue
            for fed in await self._after(cursor):
                if epoch != self._epoch:
                    break
                if not fed.continues(cursor):
                    yield Gap()
                    return
                yield fed
                cursor = fed.position

    async def _session(self) -> None:
        if self.before_connect:
            await self.before_connect()
        self._connection = connection = await asyncpg.connect(
            self._url,
            timeout=5,
            command_timeout=10,
            server_settings={"application_name": "actas feed", "timezone": "UTC"},
        )
        connection.add_termination_listener(lambda _: self._bell.set())
        await connection.add_listener("ledger", lambda *_: self._bell.set())
        if self.on_connect:
            await self.on_connect()
        if self.head is None:
            row = await connection.fetchrow("select pos, link from audit.feed_head")
            assert row
            self.head = Position(row["pos"], row["link"])
        elif not await self._holds(connection, self.head):
            await self._begin_again(connection)
        while not connection.is_closed():
            self._bell.clear()
            await self._sequence(connection)
            await self._read(connection)
            # Not wait_for: before Python 3.12 it can swallow a cancellation that comes with the bell.
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._bell.wait()

    async def _sequence(self, connection: asyncpg.Connection[Any]) -> None:
        try:
            while await connection.fetchval("select audit.sequence_pending()") >= PAGE:
                pass
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
            log.warning("sequencing put off", error=type(error).__name__)

    async def _read(self, connection: asyncpg.Connection[Any]) -> None:
        assert self.head
        while True:
            started = time.monotonic()
            state = await connection.fetchrow(_STATE)
            assert state
            if state["pos"] < self.head.pos:
                await self._begin_again(connection)
                return
            rows = await connection.fetch(_AFTER, self.head.pos, PAGE) if state["pos"] > self.head.pos else []
            head = self.head
            for row in rows:
                fed = _fed(row)
                if not fed.continues(head):
                    await self._begin_again(connection)
                    return
                head = fed.position
                self._ring.append(fed)
            self.head, self.read_at, self.read_clock = head, started, state["clock"]
            self.oldest_pending = state["oldest_pending"]
            if rows:
                await self._announce()
            if len(rows) < PAGE:
                return

    async def _begin_again(self, connection: asyncpg.Connection[Any]) -> None:
        """Another past than the one that was read: every follower has to look whether its own place is still there."""
        row = await connection.fetchrow("select pos, link from audit.feed_head")
        assert row
        log.warning("feed does not continue what was read", read=self.head and self.head.pos, found=row["pos"])
        self._ring.clear()
        self._epoch += 1
        self.head = Position(row["pos"], row["link"])
        await self._announce()

    async def _announce(self) -> None:
        async with self._moved:
            self._moved.notify_all()

    async def _wait(self, head: Position | None) -> None:
        async with self._moved:
            if self.head == head:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LONGEST_PAUSE_SECONDS):
                        await self._moved.wait()

    async def _after(self, cursor: Position) -> list[Fed]:
        if self._ring and cursor.pos >= self._ring[0].position.pos - 1:
            start = cursor.pos - self._ring[0].position.pos + 1
            return list(islice(self._ring, start, start + PAGE))
        rows = await self._aside(lambda connection: connection.fetch(_AFTER, cursor.pos, PAGE))
        if rows is None:
            await asyncio.sleep(POLL_SECONDS)
            return []
        return [_fed(row) for row in rows]

    async def _knows(self, cursor: Position) -> bool | None:
        """Whether the feed holds this place; None where the database cannot be asked now."""
        if cursor == self.head:
            return True
        if self._in_ring(cursor):
            return self._ring[cursor.pos - self._ring[0].position.pos].position == cursor
        return await self._aside(lambda connection: self._holds(connection, cursor))

    def _in_ring(self, cursor: Position) -> bool:
        return bool(self._ring) and self._ring[0].position.pos <= cursor.pos <= self._ring[-1].position.pos

    async def _aside(self, ask: Callable[[asyncpg.Connection[Any]], Awaitable[Answer]]) -> Answer | None:
        """What the database says of a place that the ring does not hold; None where it cannot be asked now.

        After an outage every guard comes back at once: a few are let to the database, the others wait.
        """
        async with self._asides:
            try:
                connection = await asyncpg.connect(
                    self._url, timeout=5, command_timeout=10, server_settings={"application_name": ASIDE}
                )
            except (OSError, asyncpg.PostgresError, TimeoutError):
                return None
            try:
                return await ask(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                return None
            finally:
                connection.terminate()

    @staticmethod
    async def _holds(connection: asyncpg.Connection[Any], at: Position) -> bool:
        if at.pos == 0:
            return at.link == b""
        return bool(await connection.fetchval("select link from audit.feed where pos = $1", at.pos) == at.link)


def _fed(row: Any) -> Fed:
    return Fed(Position(row["pos"], row["link"]), build(Entry, row))
