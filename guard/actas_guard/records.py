"""The record of every request that is made inside a session (P6, S3-13), on its way to the console."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from datetime import UTC, datetime
from functools import lru_cache
from random import uniform
from types import TracebackType
from typing import Final, Literal, Self
from uuid import UUID

from actas_guard import written
from actas_guard.asgi import Request
from actas_guard.console import Console, ConsoleRefused, ConsoleUnavailable
from actas_guard.ids import fresh_id
from actas_guard.redaction import LONGEST_PATH, Redaction, request_id
from actas_guard.spool import Spool
from actas_guard.spool_tasks import Begun
from actas_guard.written import Written

log = logging.getLogger("actas_guard")

_BATCH: Final = 500
_GATHER_SECONDS: Final = 0.1  # what comes meanwhile goes along, instead of a call for each request
_LONGEST_PAUSE_SECONDS: Final = 2.5
_REFUSED_FROM: Final = 400
_NOT_ANSWERED: Final = 499  # the browser went away first
_ERROR: Final = 500


_IN_MEMORY: Final[tuple[int | None, Begun | None]] = (None, None)


_text = lru_cache(str)


@lru_cache
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class Record:
    """One request, from its beginning to what came of it; entered with `with`, it is handed over at the end."""

    __slots__ = ("_began", "_group", "_key", "_recorder", "begun", "passed_on", "route", "status", "surface", "unsafe")

    def __init__(
        self,
        recorder: Recorder,
        request: Request,
        session_id: UUID,
        at: float,
        surface: str | None = None,
        spool: Spool | None = None,
    ) -> None:
        self._recorder = recorder
        self._began = time.perf_counter()
        self.unsafe = not request.safe
        self.begun = written.begun(
            fresh_id(),
            _text(session_id),
            f"{_second(int(at))}.{int(at % 1 * 1e6):06d}Z",
            request.method[:16],
            recorder.redaction.path(request),
            request_id(request),
            unsafe=self.unsafe,
            surface=surface,
        )
        self.status: int | None = None
        self.route: str | None = None
        self.surface = surface  # the platform-managed surface that was touched (S3-21)
        self.passed_on = False  # whether the product saw it at all
        self._key, self._group = spool.begin(self.begun) if spool else _IN_MEMORY

    def settled(self) -> asyncio.Future[None] | None:
        """What to wait for until the disk has it or cannot have it: before, nobody may be told what came of it.

        None where there is nothing to wait for.
        """
        return self._group.settled() if self._group else None

    @property
    def durable(self) -> bool:
        """Whether the disk has it."""
        return self._group is not None and self._group.durable is True

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Hand the record over, also where the product failed or the browser went away."""
        status = self.status
        if status is None:
            status = _ERROR if kind and issubclass(kind, Exception) else _NOT_ANSWERED
        ended = written.ended(
            self.route[:LONGEST_PATH] if self.route else None,
            status,
            (time.perf_counter() - self._began) * 1000,
            # A product's 4xx changed nothing; of a 5xx, or of no answer at all, nobody can say so.
            wrote=self.passed_on and self.unsafe and not _REFUSED_FROM <= (self.status or _ERROR) < _ERROR,
            surface=self.surface if self.passed_on else None,
        )
        spooled = self._group is not None and self._group.durable is not False
        self._recorder.end(Written(self.begun, ended), self._key if spooled else None)


class Recorder:
    """Records on their way: on disk where there is a spool, in memory where there is none or it fails.

    A record leaves only when the console has it; its id is made once, so that a repeated batch is harmless. Where no
    record can be kept, `begin` says no and the guard refuses the request: nothing is done that is not recorded. A place
    in memory is reserved for each request under way, whatever becomes of the disk meanwhile.
    """

    def __init__(
        self, console: Console, *, limit: int, redaction: Redaction, spool: Spool | None = None, strict: bool = False
    ) -> None:
        self._console = console
        self._limit = limit
        self._spool = spool
        self._reserved = 0
        self._waiting: deque[Written] = deque()
        self._arrived = asyncio.Event()
        if spool:
            spool.on_ready = self._arrived.set
            spool.on_lost = self._remember
        self._singly = False
        self._refused_in_turn = 0
        self.redaction = redaction
        self.strict = strict

    @property
    def waiting(self) -> int:
        """How many records the console does not have yet, those of requests under way included."""
        return len(self._waiting) + (self._spool.waiting if self._spool else self._reserved)

    @property
    def unreadable(self) -> int:
        """How many rows of the spool are no records: kept there, and not sent."""
        return self._spool.unreadable if self._spool else 0

    @property
    def kept_in(self) -> Literal["SPOOL", "MEMORY", "NOWHERE"]:
        """Where records wait at the moment: SPOOL, MEMORY, or NOWHERE, so that operators are refused."""
        if self._spool and not self._spool.problem:
            return "SPOOL"
        return "NOWHERE" if self.strict or len(self._waiting) + self._reserved >= self._limit else "MEMORY"

    def begin(self, request: Request, session_id: UUID, at: float, surface: str | None = None) -> Record | None:
        """A record with its place kept, to be entered at once; None where there is no place."""
        usable = self._spool is not None and self._spool.usable
        if len(self._waiting) + self._reserved >= self._limit or (self.strict and not usable):
            return None
        self._reserved += 1
        return Record(self, request, session_id, at, surface, self._spool if usable else None)

    def end(self, record: Written, key: int | None) -> None:
        """Complete a record where it is kept: on disk under its key, else in the place that was reserved for it."""
        self._reserved -= 1
        if self._spool and key is not None:
            self._spool.end(key, record)
        else:
            self._remember(record)

    def _remember(self, record: Written) -> None:
        self._waiting.append(record)
        self._arrived.set()

    async def send(self) -> None:
        """Hand over what waits, and what comes; runs until it is cancelled."""
        failures = 0
        while True:
            await self._arrived.wait()
            if await self.flush():
                failures = 0
                await asyncio.sleep(0 if self._arrived.is_set() else _GATHER_SECONDS)
            else:
                failures += 1
                pause = min(_LONGEST_PAUSE_SECONDS, 0.1 * 2 ** min(failures, 10))
                await asyncio.sleep(pause * uniform(0.5, 1))  # noqa: S311 - apart from other guards, and no secret

    async def flush(self) -> bool:
        """Hand over one batch; whether it is worth going on at once."""
        self._arrived.clear()
        size = 1 if self._singly else _BATCH
        held = [self._waiting[place] for place in range(min(size, len(self._waiting)))]
        spooled = await self._spool.batch(size) if self._spool and not held else []
        batch = [record.document() for record in held] or [document for _, document in spooled]
        if not batch:
            self._singly = False
            return True
        self._arrived.set()
        try:
            await self._console.append(batch)
        except ConsoleUnavailable as error:
            log.warning("actas: %d access records wait for the console (%s)", self.waiting, error)
            return False
        except ConsoleRefused as error:
            # No trace: it may hold a record.
            log.error("actas: access records were refused (%s); they are kept", error.code)  # noqa: TRY400 - see above
            return await self._set_aside([key for key, _ in spooled], len(batch))
        for _ in held:
            self._waiting.popleft()
        if self._spool and spooled:
            self._spool.forget(key for key, _ in spooled)
        self._refused_in_turn = 0
        return True

    async def _set_aside(self, keys: list[int], size: int) -> bool:
        """One record may spoil its batch: go on one by one, and put what is refused at the end of the queue."""
        if size > 1:
            self._singly = True
            return True
        if self._spool and keys:
            await self._spool.put_last(keys[0])
        else:
            self._waiting.rotate(-1)
        self._refused_in_turn += 1
        return self._refused_in_turn < self.waiting

    async def drain(self) -> None:
        """Hand over what is left, for as long as the console takes it."""
        self._arrived.set()
        while self._arrived.is_set() and await self.flush():
            pass

    async def close(self) -> None:
        """Leave the rest on disk, and say what is lost."""
        if self._spool:
            await self._spool.close()
        if self._waiting:
            log.error("actas: %d access records could not be handed over and are lost", len(self._waiting))
