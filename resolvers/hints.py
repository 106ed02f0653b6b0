"""What a stream of sessions tells outside of the feed: that an end is near, and that a session is in use."""

from __future__ import annotations

import asyncio
import heapq
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from db.impersonation import Session

EXPIRING_SECONDS: Final = (300, 60)
ACTIVITY_SECONDS: Final = 1.0


class Hints:
    """Of one stream: each end 5 min and 1 min before, each use at most once a second. `now` is the loop's clock."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._now = now or asyncio.get_running_loop().time
        self._ends: list[tuple[float, UUID]] = []
        self._requests: dict[UUID, int] = {}
        self._look = self._now()

    def watch(self, sessions: Sequence[Session]) -> None:
        """Remember those that are live, and forget those that are over; the database's clock says how long each has."""
        now = self._now()
        for session in sessions:
            if session.state != "ACTIVE":
                self._requests.pop(session.id, None)
            elif session.id not in self._requests:
                self._requests[session.id] = session.requests
                left = (session.expires_at - session.now).total_seconds()
                for before in EXPIRING_SECONDS:
                    if left > before:
                        heapq.heappush(self._ends, (now + left - before, session.id))

    def next(self) -> float | None:
        """When there is something to do; never, while nothing is live."""
        due = [self._ends[0][0]] if self._ends else []
        if self._requests:
            due.append(self._look)
        return min(due, default=None)

    def ending(self) -> list[UUID]:
        """The sessions whose end is near by now and that have not been told to be over."""
        now, found = self._now(), []
        while self._ends and self._ends[0][0] <= now:
            session_id = heapq.heappop(self._ends)[1]
            if session_id in self._requests:
                found.append(session_id)
        return found

    def looks(self) -> bool:
        """Whether it is time to see which sessions are in use; once asked, not for another second."""
        if not self._requests or self._now() < self._look:
            return False
        self._look = self._now() + ACTIVITY_SECONDS
        return True

    def used(self, live: Sequence[Session]) -> list[Session]:
        """Those that made requests since they were told of last."""
        found = [each for each in live if each.requests > self._requests.get(each.id, each.requests)]
        self._requests |= {each.id: each.requests for each in found}
        return found
