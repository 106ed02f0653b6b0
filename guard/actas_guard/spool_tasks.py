"""What the spool's thread is asked to do, each in a transaction that it shares with others."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from actas_guard.spool_file import COMPLETE, DELETE, DELETE_BEGUN, EXISTS, INSERT
from actas_guard.written import Written


class Begun:
    """Records that began in the same turn of the event loop: they become durable together, or cannot."""

    needs_room: ClassVar[bool] = True

    def __init__(self) -> None:
        self.rows: list[tuple[int, str]] = []
        self.durable: bool | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def settled(self) -> asyncio.Future[None] | None:
        """What to wait for until they are durable, or cannot be; None where that is known."""
        if self.durable is not None:
            return None
        # One for each who waits: whoever is cancelled cancels nobody else.
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        return waiter

    def settle(self, *, durable: bool) -> None:
        """Tell those who wait; the first answer holds."""
        if self.durable is None:
            self.durable = durable
            for waiter in self._waiting:
                if not waiter.done():
                    waiter.set_result(None)

    def run(self, connection: sqlite3.Connection) -> bool:
        """Write them."""
        connection.executemany(INSERT, self.rows)
        return True


@dataclass(slots=True)
class Ended:
    """Records to complete."""

    needs_room: ClassVar[bool] = False  # it goes along with what does, and must not fail with it
    keys: list[int] = field(default_factory=list)
    records: list[Written] = field(default_factory=list)

    def run(self, connection: sqlite3.Connection) -> list[Written]:
        """Complete them; those that are not on disk."""
        rows = [(record.ended, key) for record, key in zip(self.records, self.keys, strict=True)]
        if connection.executemany(COMPLETE, rows).rowcount == len(rows):
            return []
        there = (connection.execute(EXISTS, (key,)).fetchone() for key in self.keys)
        return [record for record, found in zip(self.records, there, strict=True) if not found]


@dataclass(slots=True)
class Gone:
    """Records that the disk need not keep: the console has them, or memory took them as they began."""

    needs_room: ClassVar[bool] = False
    delivered: Sequence[int]
    in_memory: Sequence[int]

    def run(self, connection: sqlite3.Connection) -> int:
        """Delete them; how many were there. What was completed on disk after all stays, and is sent from there."""
        delivered = connection.executemany(DELETE, [(key,) for key in self.delivered]).rowcount
        return delivered + connection.executemany(DELETE_BEGUN, [(key,) for key in self.in_memory]).rowcount


@dataclass(slots=True)
class Call:
    """Anything whose result somebody waits for; None where it failed."""

    needs_room: ClassVar[bool] = False
    work: Callable[[sqlite3.Connection], Any]
    answer: asyncio.Future[Any]

    def run(self, connection: sqlite3.Connection) -> Any:
        """Do it."""
        return self.work(connection)


Task = Begun | Ended | Gone | Call
