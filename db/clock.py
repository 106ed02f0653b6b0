"""The administrator's hand on the clock of a DEMO database: only forwards (docs/decisions/0014)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime, timedelta


@dataclass(frozen=True)
class MovableClock:
    """A DEMO or TEST database's clock."""

    connection: asyncpg.Connection

    async def advance(self, by: timedelta) -> datetime:
        """Let time go by; what the clock shows then."""
        moved: datetime = await self.connection.fetchval("select audit.advance_clock($1)", by)
        return moved

    async def hurry(self) -> None:
        """Wait for no disk while a story is told: what a crash interrupts is thrown away whole. Entries still wait."""
        await self.connection.execute("set synchronous_commit = off")

    async def catch_up(self) -> None:
        """From here on the clock shows the true time, where it was behind; lasting once this returns."""
        await self.connection.execute("reset synchronous_commit")
        await self.connection.execute(
            "select audit.advance_clock(-clock_offset) from audit.database_purpose where clock_offset < interval '0'"
        )

    async def has_seen_anything(self) -> bool:
        """Whether anything was ever recorded in this database."""
        seen: bool = await self.connection.fetchval("select exists (select from audit.entry)")
        return seen


@asynccontextmanager
async def movable(admin_url: str) -> AsyncIterator[MovableClock]:
    """The clock of the database at `admin_url`, whose administrator alone may move it."""
    connection = await asyncpg.connect(admin_url)
    try:
        yield MovableClock(connection)
    finally:
        await connection.close()
