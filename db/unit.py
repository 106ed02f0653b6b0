"""The write unit: "it was checked" and "it was recorded" are one invariant (DESIGN section 3).

Refusals are returned by use cases, not raised, so that their entries commit; what is raised rolls back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from db import ledger

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from db.ledger import Event
    from permissions.caller import Caller
    from permissions.policy import Decision


class Unrecorded(Exception):
    """A use case was about to commit without an entry for its decision: a defect, and nothing was changed."""


class WriteUnit:
    """One transaction. Entries are gathered and written last, in the one order of chain heads (mechanisms C)."""

    def __init__(self, connection: AsyncConnection, caller: Caller | None) -> None:
        self.connection = connection
        self.caller = caller
        self._events: list[tuple[Event, bool]] = []
        self._abandoned = False

    def append(self, decision: Decision, event: Event, *, by_system: bool = False) -> None:
        """Record what was decided; `by_system` where no caller brought it about, as when a time ran out."""
        if decision is None:
            raise Unrecorded(f"{event.kind} without a decision")
        self._events.append((event, by_system or self.caller is None))

    def abandon(self) -> None:
        """Leave everything as it was: the transaction is rolled back."""
        self._abandoned = True

    async def now(self) -> datetime:
        """The database's clock, after every lock that was waited for."""
        return await ledger.clock(self.connection)

    async def complete(self) -> bool:
        """Write the entries; False where the unit was abandoned and must roll back."""
        if self._abandoned:
            return False
        if not self._events:
            raise Unrecorded("a write unit must append its decision or be abandoned")
        process_clock = datetime.now(UTC)
        for event, by_system in sorted(self._events, key=lambda pair: ledger.order(pair[0].chain)):
            await ledger.append(self.connection, None if by_system else self.caller, event, process_clock)
        return True
