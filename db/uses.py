"""Which live sessions are in use, for all the streams of a process at once."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from db.pages import impersonation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.engine import Database
    from db.impersonation import Session

FRESH_SECONDS: Final = 0.5


class Uses:
    """Looks when a stream asks, at most every half a second for all of them; while nobody listens, never.

    Asked of the database rather than told within the process: the records may be another process's to append, and a
    NOTIFY of their own would make commits of all processes wait for each other (docs/decisions/0010).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asking = asyncio.Lock()
        self._asked = float("-inf")
        self._live: Sequence[Session] = ()

    async def live(self) -> Sequence[Session]:
        """The live sessions, as of a moment ago. Raises Unavailable."""
        async with self._asking:
            if self._asked + FRESH_SECONDS <= time.monotonic():
                async with self._database.read() as connection:
                    self._live = await impersonation.active(connection, None, None)
                self._asked = time.monotonic()
        return self._live
