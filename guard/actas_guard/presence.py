"""What this process knows of the life in sessions: the console ends those that nobody works in by it (C-6)."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from random import uniform
from typing import Any, Final
from uuid import UUID

from actas_guard.console import Console, ConsoleRefused, ConsoleUnavailable
from actas_guard.live import LiveSet

log = logging.getLogger("actas_guard")

EVERY_SECONDS: Final = 15
_BATCH: Final = 500


class Presence:
    """The last request of each live session, and whether a page of it is open. Times are the console's."""

    def __init__(self, console: Console, live: LiveSet) -> None:
        self._console = console
        self._live = live
        self._requests: dict[UUID, float] = {}
        self._pages: dict[UUID, float] = {}
        self._told = True

    def request(self, session_id: UUID, at: float) -> None:
        """A request of the session was let in."""
        self._requests[session_id] = at

    def page(self, session_id: UUID) -> None:
        """A page of its operator is open: its banner asks how things stand, at least every ten seconds."""
        self._pages[session_id] = self._live.now()

    async def keep(self) -> None:
        """Report for as long as the process lives."""
        # A product's services start together; their reports need not come together.
        await asyncio.sleep(uniform(0, EVERY_SECONDS))  # noqa: S311 - no secret
        while True:
            await self.report()
            await asyncio.sleep(EVERY_SECONDS)

    async def report(self) -> None:
        """Say of each live session what is known of it, also that nothing is: silence would prove nothing."""
        if self._live.stale:
            return  # who lives is not known, and the console is not there to hear it
        living = self._live.living()
        for seen in (self._requests, self._pages):
            for gone in seen.keys() - living:
                del seen[gone]
        sessions = [self._known(session_id) for session_id in sorted(living)]
        try:
            for start in range(0, len(sessions), _BATCH):
                await self._console.report_presence(sessions[start : start + _BATCH])
        except (ConsoleUnavailable, ConsoleRefused) as error:
            if self._told:
                log.warning("actas: sessions cannot end as idle: their presence is not taken (%s)", error)
            self._told = False
        else:
            self._told = True

    def _known(self, session_id: UUID) -> dict[str, Any]:
        at = self._requests.get(session_id)
        return {
            "sessionUuid": str(session_id),
            "lastRequestAt": None if at is None else datetime.fromtimestamp(at, UTC).isoformat(),
            "pageOpen": self._live.now() - self._pages.get(session_id, float("-inf")) < EVERY_SECONDS,
        }
