"""Ending sessions, for whatever reason: one update, and an ENDED entry by whoever wins it (P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import impersonation, operators
from db.impersonation import SYSTEM, By
from resolvers.events import ImpersonationEnded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from db.impersonation import Session
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.policy import Decision


def by(caller: Caller) -> By:
    """The caller, as a session's row names who ended it."""
    if caller.person:
        return By(kind="OPERATOR", id=caller.person.operator_id, name=caller.person.name)
    assert caller.service
    return By(kind="SERVICE", id=caller.service.key_id, name=caller.service.name)


async def end_sessions(
    unit: WriteUnit,
    decision: Decision,
    locked: Sequence[UUID],
    cause: str,
    ended_by: By = SYSTEM,
    *,
    at: datetime | None = None,
    note: str | None = None,
    on_behalf_of: str | None = None,
    replaced_by: UUID | None = None,
) -> list[Session]:
    """End locked sessions and record each; those that this call ended."""
    if not locked:
        return []
    ended = await impersonation.end(unit.connection, locked, cause, ended_by, at=at)
    people = await operators.by_ids(unit.connection, [session.operator_id for session in ended])
    for session in ended:
        assert session.ended_at
        assert session.end_cause
        operator = people[session.operator_id]
        won = session.end_cause == cause
        unit.append(
            decision,
            ImpersonationEnded(
                session_id=session.id,
                tenant_id=session.tenant_id,
                operator_id=operator.id,
                operator_name=operator.name,
                operator_email=operator.email,
                cause=session.end_cause,
                started_at=session.started_at,
                ended_at=session.ended_at,
                duration_seconds=session.duration_seconds,
                note=note if won else None,
                on_behalf_of=on_behalf_of if won else None,
                replaced_by=replaced_by if won else None,
            ),
            by_system=session.ended_by_kind == "SYSTEM",
        )
    return ended
