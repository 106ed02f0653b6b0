"""What waits for the console, on disk: a record survives the process, and leaves only when the console has it.

Each process writes a file of its own in the spool's folder, and holds SQLite's exclusive lock on it for as long as it
lives. The kernel drops the lock with the process, however that dies: a file that can be locked was left behind, and
whoever finds it takes its records over. All of SQLite happens in one thread, so that the event loop never waits for a
disk; what arrives during a commit is the next commit's group, and shares its fsync.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final

from actas_guard.spool_file import COLUMNS, COMPLETE, DELETE, INSERT, LOOK_SECONDS, MOVE, READ, Done, SpoolFile

log = logging.getLogger("actas_guard")

_LARGEST_GROUP: Final = 1000
_RETRY_SECONDS: Final = 1
# A disk that hangs: past once to twice this, what waits for it is treated as refused by it.
_PATIENCE_SECONDS: Final = 2

Values = tuple[Any, ...]


@dataclass(slots=True)
class _Begin:
    needs_room: ClassVar[bool] = True
    values: Values
    kept: asyncio.Future[bool]

    def run(self, connection: sqlite3.Connection) -> bool:
        connection.execute(INSERT, self.values)
        return True


@dataclass(slots=True)
class _End:
    needs_room: ClassVar[bool] = True
    values: Values
    lost: Callable[[], None]

    def run(self, connection: sqlite3.Connection) -> bool:
        return connection.execute(COMPLETE, self.values).rowcount == 1


@dataclass(slots=True)
class _Call:
    needs_room: ClassVar[bool] = False
    work: Callable[[sqlite3.Connection], Any]
    answer: asyncio.Future[Any]

    def run(self, connection: sqlite3.Connection) -> Any:
        return self.work(connection)


_Task = _Begin | _End | _Call


class Spool:
    """Records on disk, in the order of their keys; every method belongs to the event loop that called `open`."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self.on_ready: Callable[[], None] = lambda: None
        """Called when there is something to send."""
        self._keys = count(1)
        self._file = SpoolFile(folder, max_bytes, self._keys)
        self._todo: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._retry_at = 0.0
        self._young: list[asyncio.Future[bool]] = []
        self._old: list[asyncio.Future[bool]] = []
        self._watch: asyncio.TimerHandle | None = None
        # Sent, and not deleted yet: on a full disk even that may have to wait.
        self._delivered: set[int] = set()
        self.problem: str | None = None
        self.waiting = 0
        """How many records are on disk, also of requests that are under way."""

    def open(self) -> None:
        """Begin to work; what dead processes left behind is taken over."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="actas_guard spool", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Write what was given, and leave the file to the next process; an empty one is removed."""
        if self._thread is not None:
            self._todo.put(None)
            await asyncio.to_thread(self._thread.join, _PATIENCE_SECONDS)
        if self._watch:
            self._watch.cancel()

    @property
    def usable(self) -> bool:
        """Whether it is worth trying: after a failure only once a second."""
        return self.problem is None or time.monotonic() >= self._retry_at

    def begin(self, values: Values) -> tuple[int, asyncio.Future[bool]]:
        """Keep a record (its COLUMNS) of what begins: its key, and in time whether it is durable or cannot be.

        As given here the console reads it if the process dies before `end`.
        """
        assert self._loop
        key, kept = next(self._keys), self._loop.create_future()
        self._young.append(kept)
        if self._watch is None:
            self._watch = self._loop.call_later(_PATIENCE_SECONDS, self._give_up)
        if self.problem:
            self._retry_at = time.monotonic() + _RETRY_SECONDS
        self._todo.put(_Begin((key, 0, *values), kept))
        return key, kept

    def end(self, key: int, values: Values, lost: Callable[[], None]) -> None:
        """Complete a record by its route, status, duration, wrote and surface; `lost` is called where that fails."""
        self._todo.put(_End((*values, key), lost))

    async def batch(self, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """The oldest complete records with their keys; none where the disk cannot be read."""
        delivered = frozenset(self._delivered)

        def read(connection: sqlite3.Connection) -> list[tuple[int, dict[str, Any]]]:
            rows = connection.execute(READ, [limit + len(delivered)]).fetchall()
            return [(row[0], _document(row[1:])) for row in rows if row[0] not in delivered][:limit]

        return await self._call(read) or []

    async def forget(self, keys: Iterable[int]) -> None:
        """Let go of records that the console has."""
        self._delivered.update(keys)
        gone = [(key,) for key in sorted(self._delivered)]

        def delete(connection: sqlite3.Connection) -> int:
            return connection.executemany(DELETE, gone).rowcount

        deleted = await self._call(delete)
        if deleted is not None:
            self._delivered.difference_update(key for (key,) in gone)
            self.waiting -= deleted

    async def put_last(self, key: int) -> None:
        """Move a record behind all others."""
        moved = (next(self._keys), key)
        await self._call(lambda connection: connection.execute(MOVE, moved).rowcount)

    async def _call(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        assert self._loop
        call = _Call(work, self._loop.create_future())
        self._todo.put(call)
        return await call.answer

    def _give_up(self) -> None:
        assert self._loop
        for kept in self._old:
            if not kept.done():
                kept.set_result(False)
                self._fail("the disk does not answer")
        self._old, self._young = [kept for kept in self._young if not kept.done()], []
        self._watch = self._loop.call_later(_PATIENCE_SECONDS, self._give_up) if self._old else None

    def _fail(self, problem: str) -> None:
        if self.problem is None:
            log.error("actas: access records cannot be written to %s: %s", self._folder, problem)
        self.problem = problem
        self._retry_at = time.monotonic() + _RETRY_SECONDS

    def _work(self) -> None:
        """What the thread does: one group after the other, until it is told to stop."""
        wait, stopped = 0.0, False
        while not stopped:
            group: list[_Task] = []
            with suppress(queue.Empty):
                task = self._todo.get(timeout=wait)
                while task is not None:
                    group.append(task)
                    if len(group) == _LARGEST_GROUP:
                        break
                    task = self._todo.get_nowait()
                else:
                    stopped = True
            wait = LOOK_SECONDS
            done = self._file.run(group)
            assert self._loop
            with suppress(RuntimeError):  # a loop that is closed waits for nothing
                self._loop.call_soon_threadsafe(self._settle, group, done)
        self._file.leave()

    def _settle(self, group: list[_Task], done: Done) -> None:
        """Back in the event loop: tell everybody what came of theirs."""
        self.waiting += done.adopted
        ready = done.adopted > 0
        if done.problem:
            self._fail(done.problem)
        for task, result in zip(group, done.results, strict=True):
            match task:
                case _Begin(kept=kept):
                    self.waiting += bool(result)
                    if result and self.problem:
                        log.warning("actas: access records can be written to %s again", self._folder)
                        self.problem = None
                    if not kept.done():
                        kept.set_result(bool(result))
                case _End(lost=lost):
                    if result:
                        ready = True
                    else:
                        lost()
                case _Call(answer=answer) if not answer.done():
                    answer.set_result(result)
        if ready:
            self.on_ready()


def _document(row: Values) -> dict[str, Any]:
    """A record as the console takes it; a console that knows no surfaces takes one without."""
    found = dict(zip(COLUMNS, row, strict=True))
    found["wrote"] = bool(found["wrote"])
    if found["surface"] is None:
        del found["surface"]
    return found
