"""What operators looked at, made durable in group commits before the answer leaves (S1-8, S1-9; mechanisms F)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from db import activity
from permissions.ids import uuid7
from permissions.refusals import ActasError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from db.engine import Database
    from permissions.caller import Caller

BATCH: Final = 500
LONGEST_QUEUE: Final = 5_000
PATIENCE_SECONDS: Final = 3.0
TOO_BUSY = "What you look at cannot be recorded now, so it is not shown. Try again."


@dataclass(frozen=True)
class _Waiting:
    record: activity.ActivityRecord
    durable: asyncio.Future[None]


class ActivityRecorder:
    """One flush in flight; what arrives meanwhile is the next batch. No timer: a lone record is written at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: list[_Waiting] = []
        self._flushing: asyncio.Task[None] | None = None

    async def record(
        self, caller: Caller, operation: str, fields: Sequence[str], tenants: Sequence[UUID], *, refused: bool = False
    ) -> None:
        """Return once the record is durable; services are not recorded here.

        Raises Unavailable where it cannot be: the answer must then be thrown away.
        """
        if caller.person is None:
            return
        if len(self._queue) >= LONGEST_QUEUE:
            raise Unavailable(TOO_BUSY)
        record = activity.ActivityRecord(
            id=uuid7(),
            operator_id=caller.person.operator_id,
            sign_in_id=caller.person.sign_in_id,
            operation=operation[:200],
            fields=tuple(fields),
            tenants=tuple(tenants),
            refused=refused,
        )
        waiting = _Waiting(record, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        try:
            # Where the caller goes away only its waiting ends: the record is written all the same.
            async with asyncio.timeout(PATIENCE_SECONDS):
                await waiting.durable
        except TimeoutError as error:
            raise Unavailable(TOO_BUSY) from error

    async def _flush(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:BATCH], self._queue[BATCH:]
            failure = await self._write(batch)
            for waiting in batch:
                if waiting.durable.done():
                    continue
                if failure is None:
                    waiting.durable.set_result(None)
                else:
                    waiting.durable.set_exception(Unavailable(TOO_BUSY))
                    waiting.durable.exception()

    async def _write(self, batch: Sequence[_Waiting]) -> Exception | None:
        # The ids are ours, so writing a batch again after a lost commit adds nothing twice.
        failure: Exception | None = None
        for _ in range(2):
            try:
                async with self._database.bookkeeping() as connection:
                    await activity.append(connection, [waiting.record for waiting in batch])
            except (ActasError, OSError) as error:
                failure = error
            except Exception as error:  # noqa: BLE001  a batch must never leave its callers waiting
                return error
            else:
                return None
        return failure
