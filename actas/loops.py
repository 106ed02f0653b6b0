"""What a process does without being asked: end what is due, make months, write down attempts."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from db import handoff, health
from permissions.refusals import Unavailable
from resolvers.expiry import expire_due, sweep_restored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from actas.services import Services

log = structlog.get_logger(__name__)

# Deadlines appear without a bell, and the clock of a demo's database may be moved: never sleep longer.
EXPIRY_SECONDS: Final = 0.25
MONTHS_SECONDS: Final = 3600.0
ATTEMPTS_SECONDS: Final = 5.0
PAUSE_AFTER_FAILURE_SECONDS: Final = 1.0
PATIENCE: Final = 10.0


@dataclass
class Loop:
    """Something done again and again, every so many seconds or as soon as `once` says.

    `beat` is when it was last done without a failure.
    """

    name: str
    every: float
    once: Callable[[], Awaitable[float | None]]
    beat: float = float("-inf")

    @property
    def stands(self) -> bool:
        """Whether it has not been done for far too long."""
        return time.monotonic() - self.beat > self.every + PATIENCE

    async def run(self) -> None:
        """For ever. A failure is logged and tried again: one bad turn must not stop what everything hangs on."""
        while True:
            pause = self.every
            try:
                sooner = await self.once()
                self.beat = time.monotonic()
                pause = self.every if sooner is None else min(self.every, max(0.0, sooner))
            except Unavailable:
                log.warning("loop waits for the database", loop=self.name)
                pause = PAUSE_AFTER_FAILURE_SECONDS
            except Exception:
                log.exception("loop failed and goes on", loop=self.name)
                pause = PAUSE_AFTER_FAILURE_SECONDS
            await asyncio.sleep(pause)


class Loops:
    """All of them, as long as the process serves."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._database = services.database
        self._loops = (
            Loop("expiry", EXPIRY_SECONDS, self._expire),
            Loop("months", MONTHS_SECONDS, self._months),
            Loop("attempts", ATTEMPTS_SECONDS, self._attempts),
        )

    def standing(self) -> list[str]:
        """The names of those that do not run as they should."""
        return [loop.name for loop in self._loops if loop.stands]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """First end what fell due while nobody ran or came back by a restore; then serve, beside the loops."""
        self._database.feed.on_connect = self._connected
        await sweep_restored(self._database)
        await expire_due(self._database)
        await self._database.start()
        tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in self._loops]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._write_down_attempts()
            await self._database.close()

    async def _connected(self) -> None:
        await sweep_restored(self._database)

    async def _expire(self) -> float | None:
        """End what is due; the seconds until the next deadline, by the database's clock as it was read last."""
        deadline = await expire_due(self._database)
        feed = self._database.feed
        if deadline is None or feed.read_clock is None:
            return None
        clock_now = feed.read_clock + timedelta(seconds=time.monotonic() - feed.read_at)
        return (deadline - clock_now).total_seconds()

    async def _months(self) -> None:
        async with self._database.bookkeeping() as connection:
            await health.ensure_months(connection)
            await handoff.forget_old(connection)

    async def _attempts(self) -> None:
        await self._services.attempts.flush()

    async def _write_down_attempts(self) -> None:
        try:
            await self._services.attempts.flush(everything=True)
        except Unavailable:
            log.warning("the last minute's attempts could not be recorded")
