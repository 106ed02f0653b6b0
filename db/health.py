"""What a process asks of its database to know whether it can go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def months_ahead(connection: AsyncConnection) -> int:
    """For how many months after this one the ledger has room; without room an entry fails closed."""
    ahead: int = await connection.scalar(text("select audit.months_ahead()"))
    return ahead


async def ensure_months(connection: AsyncConnection) -> int:
    """Make the months ahead that are missing; how many tables were made."""
    made: int = await connection.scalar(text("select audit.ensure_months()"))
    return made


async def purpose(connection: AsyncConnection) -> str:
    """What the database was made for: REAL, DEMO or TEST."""
    found: str = await connection.scalar(text("select purpose from audit.database_purpose"))
    return found
