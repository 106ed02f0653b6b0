"""The record of every request that is made inside a session (P6, S3-13), on its way to the console."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID, uuid4

from actas_guard.asgi import Request
from actas_guard.console import Console, ConsoleRefused, ConsoleUnavailable

log = logging.getLogger("actas_guard")

_BATCH: Final = 200
_LONGEST_PATH: Final = 2048
_LONGEST_NAMES: Final = 40
_LONGEST_PAUSE_SECONDS: Final = 10
_REFUSED_FROM: Final = 400
_NOT_ANSWERED: Final = 499  # the browser went away first
_ERROR: Final = 500
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Record:
    """One request, from its beginning to what came of it; entered with `with`, it is handed over at the end."""

    def __init__(self, recorder: Recorder, request: Request, session_id: UUID, at: float) -> None:
        self._recorder = recorder
        self._request = request
        self._session_id = session_id
        self._at = datetime.fromtimestamp(at, UTC)
        self._began = time.perf_counter()
        self.status: int | None = None
        self.route: str | None = None
        self.passed_on = False  # whether the product saw it at all

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
        unsafe = not self._request.safe
        self._recorder.add(
            {
                "id": str(uuid4()),
                "sessionUuid": str(self._session_id),
                "at": self._at.isoformat().replace("+00:00", "Z"),
                "method": self._request.method[:16],
                "path": recorded_path(self._request),
                "route": self.route[:_LONGEST_PATH] if self.route else None,
                "status": status,
                "durationMs": round((time.perf_counter() - self._began) * 1000, 3),
                # A product's 4xx changed nothing; of a 5xx, or of no answer at all, nobody can say so.
                "wrote": self.passed_on and unsafe and not _REFUSED_FROM <= (self.status or _ERROR) < _ERROR,
                "requestId": request_id(self._request),
            }
        )


class Recorder:
    """A bounded queue in memory, emptied into the console in batches.

    A record leaves it only when the console has it; the id is made once, so that a repeated batch is harmless. When
    the queue is full, `begin` says no and the guard refuses the request: nothing is done that is not recorded.
    What waits in memory is lost if the process is killed; a durable spool will take this place.
    """

    def __init__(self, console: Console, *, limit: int) -> None:
        self._console = console
        self._limit = limit
        self._reserved = 0
        self._waiting: deque[dict[str, Any]] = deque()
        self._arrived = asyncio.Event()
        self._singly = False
        self._refused_in_turn = 0

    @property
    def waiting(self) -> int:
        """How many records the console has not taken yet."""
        return len(self._waiting)

    def begin(self, request: Request, session_id: UUID, at: float) -> Record | None:
        """A record with its place in the queue kept, to be entered at once; None where there is no place."""
        if len(self._waiting) + self._reserved >= self._limit:
            return None
        self._reserved += 1
        return Record(self, request, session_id, at)

    def add(self, record: dict[str, Any]) -> None:
        """Put a record in the place that was kept for it."""
        self._reserved -= 1
        self._waiting.append(record)
        self._arrived.set()

    async def send(self) -> None:
        """Hand over what waits, and what comes; runs until it is cancelled."""
        failures = 0
        while True:
            await self._arrived.wait()
            if await self.flush():
                failures = 0
            else:
                failures += 1
                await asyncio.sleep(min(_LONGEST_PAUSE_SECONDS, 0.1 * 2 ** min(failures, 10)))

    async def flush(self) -> bool:
        """Hand over one batch; whether it is worth going on at once."""
        size = 1 if self._singly else _BATCH
        batch = [self._waiting[place] for place in range(min(size, len(self._waiting)))]
        try:
            if batch:
                await self._console.append(batch)
        except ConsoleUnavailable as error:
            log.warning("actas: %d access records wait for the console (%s)", len(self._waiting), error)
            return False
        except ConsoleRefused as error:
            # No trace: it may hold a record.
            log.error("actas: access records were refused (%s); they are kept", error.code)  # noqa: TRY400 - see above
            return self._set_aside(batch)
        for _ in batch:
            self._waiting.popleft()
        self._refused_in_turn = 0
        if not self._waiting:
            self._singly = False
            self._arrived.clear()
        return True

    def _set_aside(self, batch: list[dict[str, Any]]) -> bool:
        """One record may spoil its batch: go on one by one, and put what is refused at the end of the queue."""
        if len(batch) > 1:
            self._singly = True
            return True
        self._waiting.rotate(-1)
        self._refused_in_turn += 1
        return self._refused_in_turn < len(self._waiting)

    async def drain(self) -> None:
        """Hand over what is left, for as long as the console takes it."""
        while self._waiting and await self.flush():
            pass
        if self._waiting:
            log.error("actas: %d access records could not be handed over and are lost", len(self._waiting))


def recorded_path(request: Request) -> str:
    """The path as it was sent, with the names but not the values of its query: secrets travel there (ASVS 16.2.5)."""
    scope = request.scope
    raw = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    path = "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in raw.partition(b"?")[0])
    pairs = scope.get("query_string", b"").split(b"&")[:_LONGEST_NAMES]
    # A part without `=` may be a value all the same.
    names = [
        re.sub(r"[^\w.%\[\]-]", "", pair.partition(b"=")[0].decode("latin-1"), flags=re.ASCII)
        for pair in pairs
        if b"=" in pair
    ]
    return f"{path}?{'&'.join(f'{name}=' for name in names)}"[:_LONGEST_PATH] if names else path[:_LONGEST_PATH]


def request_id(request: Request) -> str | None:
    """The request's `X-Request-ID`, where it is one that can be stored and shown safely."""
    value = request.header(b"x-request-id")
    return value if value and _REQUEST_ID.fullmatch(value) else None
