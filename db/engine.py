"""The one door to PostgreSQL: read, snapshot, write unit, bookkeeping; and what its errors mean."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from db.feed import Feed
from db.shared import Shared
from db.unit import WriteUnit
from db.uses import Uses
from permissions.refusals import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from permissions.caller import Caller

# What the layers above pass on without knowing whose it is.
Connection: TypeAlias = AsyncConnection

# Whoever waits longer is told to try again (threat 41): nothing half-done, nothing unrecorded.
SERVER_SETTINGS: Final = {
    "application_name": "actas",
    "timezone": "UTC",
    "lock_timeout": "2s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "15s",
}
# SQLSTATE classes that mean "not now": connection, not let in, no such database, rolled back, resources, not ready or
# locked, operator intervention, system.
NOT_NOW: Final = ("08", "28", "3D", "40", "53", "55", "57", "58")
PROOF_NOT_LIVE: Final = "AC003"
CANNOT_RECORD: Final = "AC004"


class Database:
    """One process's connections to one database, and its reader of the feed.

    `url` is the app role's, as `postgresql://…`.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self._engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=3,
            pool_pre_ping=True,
            hide_parameters=True,  # an error's text goes to the log, and the parameters hold bearer secrets (threat 58)
            connect_args={"server_settings": SERVER_SETTINGS, "timeout": 5},
        )
        self.feed = Feed(url)
        self.uses = Uses(self)
        self.shared = Shared()
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to read the feed."""
        self._following = asyncio.create_task(self.feed.run(), name="feed")

    async def close(self) -> None:
        """Stop reading and give all connections back."""
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._engine.dispose()

    @asynccontextmanager
    async def read(self, *, tenant: UUID | None = None) -> AsyncIterator[AsyncConnection]:
        """A read-only transaction; with `tenant` as the role that row security binds to that tenant's ledger."""
        async with self._transaction(postgresql_readonly=True) as connection:
            if tenant:
                await connection.execute(text("set local role actas_tenant"))
                await connection.execute(
                    text("select set_config('actas.tenant', :tenant, true)"), {"tenant": str(tenant)}
                )
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A read-only transaction in which every statement sees the same moment."""
        async with self._transaction(postgresql_readonly=True, isolation_level="REPEATABLE READ") as connection:
            yield connection

    @asynccontextmanager
    async def bookkeeping(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that decides nothing: use counters, hand-off codes, what guards and consoles report."""
        async with self._transaction() as connection:
            yield connection

    @asynccontextmanager
    async def unit(self, caller: Caller | None) -> AsyncIterator[WriteUnit]:
        """One transaction for one decision: it commits with its ledger entries or not at all (P1).

        Raises:
            Unavailable: the database cannot be reached or cannot record; nothing happened.
            Unauthenticated: the caller's sign-in or key ended meanwhile.
            Unrecorded: the use case neither appended its decision nor abandoned the unit.
        """
        async with self._transaction() as connection:
            unit = WriteUnit(connection, caller)
            yield unit
            if not await unit.complete():
                await connection.rollback()
                return
        self.feed.poke()

    @asynccontextmanager
    async def _transaction(self, **options: object) -> AsyncIterator[AsyncConnection]:
        committing = False
        try:
            async with self._engine.connect() as connection:
                if options:
                    _ = await connection.execution_options(**options)
                yield connection
                committing = True
                await connection.commit()
        except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
            raise _meaning(error, committing=committing) from error


def _meaning(error: Exception, *, committing: bool) -> Exception:
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if state == PROOF_NOT_LIVE:
        return Unauthenticated("Your sign-in or key is no longer valid. Sign in again.")
    lost = not isinstance(error, DBAPIError) or error.connection_invalidated
    if lost and committing:
        return Unavailable("The database was lost while this was recorded. Try again with the same idempotencyKey.")
    if lost or state == CANNOT_RECORD or state.startswith(NOT_NOW):
        return Unavailable("The database cannot record this now, so nothing happened. Try again.")
    return error
