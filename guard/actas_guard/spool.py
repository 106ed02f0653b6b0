"""What waits for the console, on disk: a record survives the process, and leaves only when the console has it.

Each process writes a file of its own in the spool's folder, and holds SQLite's exclusive lock on it for as long as it
lives. The kernel drops the lock with the process, however that dies: a file that can be locked was left behind, and
whoever finds it takes its records over. All of SQLite happens in one thread, so that the event loop never waits for a
disk. What begins in one turn of the event loop is handed over together, and what arrives during a commit is the next
commit's group and shares its fsync: the thread and the loop hold one interpreter lock, which costs more than SQLite.
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
from itertools import count
from pathlib import Path
from typing import Any, Final

from actas_guard.spool_file import LOOK_SECONDS, MOVE, READ, Done, SpoolFile
from actas_guard.spool_tasks import Begun, Call, Ended, Gone, Task
from actas_guard.written import Written

log = logging.getLogger("actas_guard")

_LARGEST_GROUP: Final = 1000
_RETRY_SECONDS: Final = 1
# A disk that hangs: past once to twice this, what waits for it is treated as refused by it.
_PATIENCE_SECONDS: Final = 2
# How long the end of a request waits for the next beginning, to go along. What was told to somebody is durable before.
_GATHER_SECONDS: Final = 0.05


class Spool:
    """Records on disk, in the order of their keys; every method belongs to the event loop that called `open`."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self.on_ready: Callable[[], None] = lambda: None
        """Called when there is something to send."""
        self.on_lost: Callable[[Written], None] = lambda _: None
        """Called with a record that ended, and could not be kept on disk to its end."""
        self._keys = count(1)
        self._file = SpoolFile(folder, max_bytes, self._keys)
        self._todo: queue.SimpleQueue[list[Task] | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._retry_at = 0.0
        self._begun: Begun | None = None
        self._ended = Ended()
        self._gathering: asyncio.TimerHandle | None = None
        self._young: list[Begun] = []
        self._old: list[Begun] = []
        self._watch: asyncio.TimerHandle | None = None
        # Sent, and not deleted yet: on a full disk even that may have to wait.
        self._delivered: set[int] = set()
        # Begun on a disk that hung or filled up, and completed in memory: nobody will complete them on disk.
        self._in_memory: set[int] = set()
        self._unreadable: set[int] = set()
        self.problem: str | None = None
        self.waiting = 0
        """How many records are on disk to be sent, also of requests that are under way."""

    def open(self) -> None:
        """Begin to work; what dead processes left behind is taken over."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="actas_guard spool", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Write what was given, and leave the file to the next process; an empty one is removed."""
        if self._thread is not None:
            self._hand_over()
            self._todo.put(None)
            await asyncio.to_thread(self._thread.join, _PATIENCE_SECONDS)
        if self._watch:
            self._watch.cancel()

    @property
    def usable(self) -> bool:
        """Whether it is worth trying: after a failure only once a second."""
        return self.problem is None or time.monotonic() >= self._retry_at

    @property
    def unreadable(self) -> int:
        """How many rows on disk are no records: they are kept there for people to look at, and not sent."""
        return len(self._unreadable)

    def begin(self, text: str) -> tuple[int, Begun]:
        """Keep a record of what begins: its key, and with whom it becomes durable or cannot."""
        key, begun = next(self._keys), self._begun
        if begun is None:
            begun = self._begun = self._turn()
        begun.rows.append((key, text))
        return key, begun

    def end(self, key: int, record: Written) -> None:
        """Complete a record; `on_lost` gets it on failure."""
        assert self._loop
        self._ended.keys.append(key)
        self._ended.records.append(record)
        if self._gathering is None:
            self._gathering = self._loop.call_later(_GATHER_SECONDS, self._hand_over)

    def _turn(self) -> Begun:
        assert self._loop
        begun = Begun()
        self._young.append(begun)
        if self._watch is None:
            self._watch = self._loop.call_later(_PATIENCE_SECONDS, self._give_up)
        if self.problem:
            self._retry_at = time.monotonic() + _RETRY_SECONDS
        self._loop.call_soon(self._hand_over)
        return begun

    def _hand_over(self, *others: Gone | Call) -> None:
        """Give the thread what there is; an end never before its beginning."""
        if self._gathering:
            self._gathering.cancel()
        tasks: list[Task] = [*others]
        if self._ended.keys:
            tasks.insert(0, self._ended)
        if self._begun:
            tasks.insert(0, self._begun)
        self._begun, self._ended, self._gathering = None, Ended(), None
        if tasks:
            self._todo.put(tasks)

    async def batch(self, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """The oldest complete records with their keys, as the console takes them; none where the disk cannot be read.

        A row that is no record is passed over and stays where it is: whoever reads the file can still tell from it.
        """
        passed_over = frozenset(self._delivered | self._unreadable)

        def read(connection: sqlite3.Connection) -> list[tuple[int, dict[str, Any] | None]]:
            rows = connection.execute(READ, [limit + len(passed_over)]).fetchall()
            return [(key, _document(*texts)) for key, *texts in rows if key not in passed_over][:limit]

        found: list[tuple[int, dict[str, Any] | None]] = await self._call(read) or []
        if unreadable := [key for key, document in found if document is None]:
            self._unreadable.update(unreadable)
            self.waiting -= len(unreadable)
            log.critical(
                "actas: %d rows of the spool in %s are no access records; they are kept there and not sent",
                len(unreadable),
                self._folder,
            )
            self.on_ready()  # there may be records behind them
        return [(key, document) for key, document in found if document is not None]

    def forget(self, keys: Iterable[int]) -> None:
        """Let go of records that the console has."""
        self._delivered.update(keys)
        self._let_go()

    def _let_go(self) -> None:
        self._hand_over(Gone(sorted(self._delivered), sorted(self._in_memory)))

    async def put_last(self, key: int) -> None:
        """Move a record behind all others."""
        moved = (next(self._keys), key)
        await self._call(lambda connection: connection.execute(MOVE, moved).rowcount)

    async def _call(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        assert self._loop
        call = Call(work, self._loop.create_future())
        self._hand_over(call)
        return await call.answer

    def _give_up(self) -> None:
        assert self._loop
        for begun in self._old:
            if begun.durable is None:
                begun.settle(durable=False)
                self._fail("the disk does not answer")
        self._old, self._young = [begun for begun in self._young if begun.durable is None], []
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
            group: list[Task] = []
            with suppress(queue.Empty):
                tasks = self._todo.get(timeout=wait)
                while tasks is not None:
                    group += tasks
                    if len(group) >= _LARGEST_GROUP:
                        break
                    tasks = self._todo.get_nowait()
                else:
                    stopped = True
            wait = LOOK_SECONDS
            done = self._file.run(group)
            assert self._loop
            with suppress(RuntimeError):  # a loop that is closed waits for nothing
                self._loop.call_soon_threadsafe(self._settle, group, done)
        self._file.leave()

    def _settle(self, group: list[Task], done: Done) -> None:
        """Back in the event loop: tell everybody what came of theirs."""
        self._count(done)
        ready = done.adopted > 0
        for task, result in zip(group, done.results, strict=True):
            match task:
                case Begun():
                    if result:
                        self._begun_on_disk(task)
                    task.settle(durable=bool(result))
                case Ended():
                    lost = task.records if result is None else result
                    ready = ready or len(lost) < len(task.records)
                    self._in_memory.update(task.keys if result is None else ())
                    for record in lost:
                        self.on_lost(record)
                case Gone() if result is not None:
                    self.waiting -= result
                    self._delivered.difference_update(task.delivered)
                    self._in_memory.difference_update(task.in_memory)
                case Call(answer=answer) if not answer.done():
                    answer.set_result(result)
        if self._in_memory and not done.problem:
            self._let_go()
        if ready:
            self.on_ready()

    def _count(self, done: Done) -> None:
        if done.anew:
            self.waiting = 0
            self._unreadable.clear()
        self.waiting += done.adopted
        if done.problem:
            self._fail(done.problem)

    def _begun_on_disk(self, begun: Begun) -> None:
        self.waiting += len(begun.rows)
        if begun.durable is False:  # too late: it was given up
            self._in_memory.update(key for key, _ in begun.rows)
        if self.problem:
            log.warning("actas: access records can be written to %s again", self._folder)
            self.problem = None


def _document(begun: bytes | None, ended: bytes | None) -> dict[str, Any] | None:
    try:
        return Written.read(begun, ended).document()
    except ValueError:  # says what it found, which is nobody's business
        return None
