"""What guards report of the requests made inside sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from permissions.caller import Caller


async def misdated(connection: AsyncConnection, instants: Sequence[datetime]) -> list[int]:
    """Which of these lie in the future, or in a month that the log does not keep; by index.

    One such record would fail its whole batch: the log has no default partition.
    """
    result = await connection.execute(
        text("""
            select r.nr - 1 as index from unnest(cast(:instants as timestamptz[])) with ordinality as r(at, nr)
             where r.at > audit.clock() + interval '5 minutes'
                or to_regclass('audit.access_log_' || to_char(r.at at time zone 'UTC', 'YYYY_MM')) is null
             order by r.nr"""),
        {"instants": list(instants)},
    )
    return [int(index) for index in result.scalars()]


async def reportable(connection: AsyncConnection, session_ids: Sequence[UUID], tenant_id: UUID | None) -> set[UUID]:
    """Which of these sessions exist, for a key that is bound to `tenant_id` or to none."""
    result = await connection.execute(
        text("""
            select id from identity.impersonation_session
             where id = any(:ids) and (cast(:tenant as uuid) is null or tenant_id = :tenant)"""),
        {"ids": list(session_ids), "tenant": tenant_id},
    )
    return set(result.scalars())


async def append(connection: AsyncConnection, caller: Caller, records: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Log these requests and count them on their sessions, in this transaction; the ids of those that were new."""
    result = await connection.execute(
        text("select session_id, requests, last_at, ids from audit.append_access(:proof, cast(:records as jsonb))"),
        {"proof": caller.proof, "records": orjson.dumps(list(records), default=str).decode()},
    )
    added = sorted(result.all(), key=lambda row: row.session_id)
    for row in added:
        await connection.execute(
            text("""
                insert into identity.session_use as u (session_id, requests, last_seen_at)
                values (:session, :requests, :last_at)
                on conflict (session_id) do update set requests = u.requests + excluded.requests,
                  last_seen_at = greatest(u.last_seen_at, excluded.last_seen_at)"""),
            {"session": row.session_id, "requests": row.requests, "last_at": row.last_at},
        )
    return {each for row in added for each in row.ids}
