"""Which database this is: a restore or a failover makes another (mechanisms D)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def compare(connection: AsyncConnection) -> tuple[str | None, str]:
    """The incarnation that was remembered (None: this is the first time, and it is remembered now), and today's."""
    now: str = await connection.scalar(text("select audit.incarnation()"))
    first = await connection.execute(
        text("insert into identity.incarnation (value) values (:now) on conflict do nothing returning value"),
        {"now": now},
    )
    if first.one_or_none():
        return None, now
    was: str = await connection.scalar(text("select value from identity.incarnation"))
    return was, now


async def take(connection: AsyncConnection, was: str | None, now: str) -> bool:
    """Remember today's; False where another process was quicker."""
    taken = await connection.execute(
        text("update identity.incarnation set value = :now where value = :was returning value"),
        {"was": was, "now": now},
    )
    return taken.one_or_none() is not None


async def forget_handoffs(connection: AsyncConnection) -> None:
    """No code that was given out before counts any more."""
    await connection.execute(text("delete from identity.handoff"))
