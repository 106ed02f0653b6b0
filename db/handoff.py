"""Hand-off codes: how a session's token gets into the operator's own browser. Only their hashes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from db.rows import build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """A code that was given out, as it is now."""

    id: UUID
    session_id: UUID
    challenge: str
    expires_at: datetime
    spent_at: datetime | None
    token_id: UUID | None
    now: datetime


async def insert(connection: AsyncConnection, values: Mapping[str, object]) -> None:
    """Keep a new code; `values` has id, session_id, code_hash, challenge and lasts_seconds."""
    await connection.execute(
        text("""
            insert into identity.handoff (id, session_id, code_hash, challenge, created_at, expires_at)
            select :id, :session_id, :code_hash, :challenge, c.now, c.now + make_interval(secs => :lasts_seconds)
              from (select audit.clock() as now offset 0) c"""),
        values,
    )


async def find(connection: AsyncConnection, code_hash: bytes) -> tuple[UUID, UUID, UUID] | None:
    """The ids of the hand-off with this code, its session and its tenant.

    Without a lock: the tenant's and the session's come before the hand-off's (mechanisms C).
    """
    result = await connection.execute(
        text("""
            select h.id, h.session_id, s.tenant_id from identity.handoff h
              join identity.impersonation_session s on s.id = h.session_id where h.code_hash = :hash"""),
        {"hash": code_hash},
    )
    row = result.one_or_none()
    return (row.id, row.session_id, row.tenant_id) if row else None


async def lock(connection: AsyncConnection, handoff_id: UUID) -> Handoff | None:
    """The hand-off, held until the commit; None where it is not kept any more."""
    held = await connection.execute(
        text("select id from identity.handoff where id = :id for no key update"), {"id": handoff_id}
    )
    if held.one_or_none() is None:
        return None
    result = await connection.execute(
        text("""
            select id, session_id, challenge, expires_at, spent_at, token_id, audit.clock() as now
              from identity.handoff where id = :id"""),
        {"id": handoff_id},
    )
    return build(Handoff, result.mappings().one())


async def spend(connection: AsyncConnection, handoff_id: UUID, token_id: UUID, at: datetime) -> None:
    """Spend a locked code."""
    await connection.execute(
        text("update identity.handoff set spent_at = :at, token_id = :token where id = :id"),
        {"id": handoff_id, "token": token_id, "at": at},
    )


async def forget_old(connection: AsyncConnection) -> None:
    """Drop codes that nobody can use or repeat any more."""
    await connection.execute(text("delete from identity.handoff where created_at < audit.clock() - interval '1 day'"))
