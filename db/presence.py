"""What guards say of the life in sessions, and whom it shows to have gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db.impersonation import BATCH
from db.rows import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

# Guards report every 15 s. Who is silent for longer than this cannot say whether anybody worked meanwhile.
SILENCE_SECONDS: Final = 60
# A guard that has lost the console lets operators go on for up to 30 s, and would have reported 15 s later.
GRACE_SECONDS: Final = 45


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What a guard saw of a session, and after how long without life the session's own rules end it."""

    session_id: UUID
    last_request_at: datetime | None
    page_open: bool
    idle_seconds: int | None
    abandon_seconds: int | None


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A session that nobody works in any more, since when it is over, and by which rule."""

    id: UUID
    at: datetime
    cause: str


async def note(connection: AsyncConnection, signs: Sequence[Sign]) -> None:
    """Keep the newest sign of each session, whichever guard saw it; a time in the future counts as now."""
    await connection.execute(
        text("""
            insert into identity.session_presence as p (session_id, idle_seconds, abandon_seconds, heard_at,
              counted_from, last_request_at, page_seen_at)
            select s.id, r.idle, r.abandon, c.now,
                   case when c.now - s.started_at > make_interval(secs => :silence) then c.now else s.started_at end,
                   case when r.last_request_at is not null then least(r.last_request_at, c.now) end,
                   case when r.page_open then c.now end
              from unnest(cast(:ids as uuid[]), cast(:idle as int[]), cast(:abandon as int[]),
                     cast(:last as timestamptz[]), cast(:open as boolean[]))
                     as r(id, idle, abandon, last_request_at, page_open)
              join identity.impersonation_session s on s.id = r.id
             cross join (select audit.clock() as now offset 0) c
             order by s.id
            on conflict (session_id) do update
               set heard_at = greatest(p.heard_at, excluded.heard_at),
                   counted_from = case when excluded.heard_at - p.heard_at > make_interval(secs => :silence)
                                       then excluded.heard_at else p.counted_from end,
                   last_request_at = greatest(p.last_request_at, excluded.last_request_at),
                   page_seen_at = greatest(p.page_seen_at, excluded.page_seen_at)"""),
        {
            "ids": [sign.session_id for sign in signs],
            "idle": [sign.idle_seconds for sign in signs],
            "abandon": [sign.abandon_seconds for sign in signs],
            "last": [sign.last_request_at for sign in signs],
            "open": [sign.page_open for sign in signs],
            "silence": SILENCE_SECONDS,
        },
    )


async def lock_gone(connection: AsyncConnection) -> list[Gone]:
    """Lock a batch of live sessions without life for too long, as a guard said that was heard long enough after it."""
    result = await connection.execute(
        text("""
            select s.id, least(d.idle_at, d.abandoned_at) as at,
                   case when d.abandoned_at <= d.idle_at or d.idle_at is null then 'ABANDONED' else 'IDLE' end as cause
              from identity.session_presence p
              join identity.impersonation_session s on s.id = p.session_id
             cross join lateral (select
                     greatest(p.counted_from, p.last_request_at) + make_interval(secs => p.idle_seconds) as idle_at,
                     greatest(p.counted_from, p.last_request_at, p.page_seen_at)
                       + make_interval(secs => p.abandon_seconds) as abandoned_at) d
             where s.state = 'ACTIVE' and s.expires_at > (select audit.clock())
               and least(d.idle_at, d.abandoned_at) <= p.heard_at - make_interval(secs => :grace)
             order by s.id limit :batch for no key update of s skip locked"""),
        {"grace": GRACE_SECONDS, "batch": BATCH},
    )
    return [build(Gone, row) for row in result.mappings()]
