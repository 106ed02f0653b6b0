"""Ending sessions, for whatever reason: one update, and an ENDED entry by whoever wins it (P2); stop and revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db import impersonation, operators
from db.impersonation import SYSTEM, By
from permissions import policy as rules
from permissions.caller import Service
from permissions.operators import Permission
from permissions.policy import Permitted
from permissions.refusals import Forbidden, RefusalCode, Refused, refused
from permissions.tenants import reason_refusal
from permissions.text import defect, visible_length
from resolvers import replay
from resolvers.events import ImpersonationEnded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.policy import Decision

LONGEST_NAME = 200
NO_SUCH_SESSION = refused(RefusalCode.NOT_FOUND, "There is no such session.", "sessionId")
NOT_INSIDE = refused(RefusalCode.NOT_FOUND, "You are not inside any workspace.", "sessionId")
ENDED_ALREADY = refused(RefusalCode.ALREADY_ENDED, "This session is over already.", "sessionId")


async def end(
    database: Database,
    caller: Caller,
    *,
    session_id: UUID | None,
    on_behalf_of: str | None = None,
    idempotency_key: str | None = None,
) -> Session | Refused:
    """Stop a session: one's own, the operator's Stop passed on by a guard, or the tenant's stop (contract).

    Raises Forbidden where the caller has no part in it.
    """

    async def decided(unit: WriteUnit) -> Session | Refused:
        found = await _find(unit, caller, session_id)
        if isinstance(found, Refused):
            return found
        stop = _stop(caller, found, on_behalf_of)
        if isinstance(stop, Refused):
            return stop
        decision, cause, ended_by, stated = stop
        return await _end_one(unit, decision, found, cause, ended_by, on_behalf_of=stated)

    given = {"session": session_id, "onBehalfOf": on_behalf_of}
    return await _once(database, caller, idempotency_key, "endImpersonation", given, decided)


async def revoke(
    database: Database, caller: Caller, *, session_id: UUID, reason: str, idempotency_key: str | None = None
) -> Session | Refused:
    """End anybody's session by force, with a reason that its tenant reads."""
    decision = rules.permit(caller.permissions, Permission.IMPERSONATION_REVOKE)

    async def decided(unit: WriteUnit) -> Session | Refused:
        if unfit := reason_refusal(reason):
            return unfit
        found = await _find(unit, caller, session_id)
        if isinstance(found, Refused):
            return found
        return await _end_one(unit, decision, found, "REVOKED", by(caller), note=reason.strip())

    given = {"session": session_id, "reason": reason}
    return await _once(database, caller, idempotency_key, "revokeImpersonation", given, decided)


async def _once(
    database: Database, caller: Caller, key: str | None, operation: str, given: dict[str, Any], decided: Any
) -> Session | Refused:
    outcome: Session | Refused
    async with database.unit(caller) as unit:
        kept = await replay.begin(unit, caller, key, operation, given)
        if isinstance(kept, Refused):
            unit.abandon()
            return kept
        if kept is not None:
            unit.abandon()
            told = replay.retold(kept)
            return told if isinstance(told, Refused) else (await impersonation.now(unit.connection, told))[0]
        outcome = await decided(unit)
        if isinstance(outcome, Refused):
            unit.abandon()
        else:
            await replay.keep(unit, caller, key, [outcome.id])
    return outcome


async def _end_one(
    unit: WriteUnit, decision: Decision, session: Session, cause: str, ended_by: By, **told: str | None
) -> Session | Refused:
    locked = await impersonation.lock_active(unit.connection, ids=[session.id])
    ended = await end_sessions(unit, decision, locked, cause, ended_by, **told)  # type: ignore[arg-type]  # what it takes by name
    return ended[0] if ended else ENDED_ALREADY


def _stop(
    caller: Caller, session: Session, on_behalf_of: str | None
) -> tuple[Permitted, str, By, str | None] | Refused:
    """Which stop this is, and whom a service states. A person may end their own only; keys by their permission."""
    if caller.person:
        if session.operator_id != caller.person.operator_id:
            raise Forbidden("This is another operator's session: revoking it needs IMPERSONATION_REVOKE.")
        return Permitted(None), "STOPPED", by(caller), None
    assert isinstance(caller.who, Service)
    if on_behalf_of is None:
        return rules.permit(caller.permissions, Permission.TOKEN_EXCHANGE), "STOPPED", by(caller), None
    permitted = rules.permit(caller.permissions, Permission.TENANT_SIDE_DECIDE)
    stated = on_behalf_of.strip()
    if len(stated) > LONGEST_NAME or defect(stated) or not visible_length(stated):
        return refused(
            RefusalCode.INPUT_INVALID, f"Name the person in at most {LONGEST_NAME} characters.", "onBehalfOf"
        )
    name = f"{stated}, as stated by key {caller.who.name}"
    return permitted, "TENANT_STOPPED", By(kind="TENANT", id=caller.who.key_id, name=name), stated


async def _find(unit: WriteUnit, caller: Caller, session_id: UUID | None) -> Session | Refused:
    """The session meant; without an id the one of this very sign-in. Another tenant's is none to a bound key."""
    if session_id is None:
        if caller.person is None:
            return refused(RefusalCode.INPUT_INVALID, "Name the session: a key has none of its own.", "sessionId")
        own = await impersonation.lock_active(unit.connection, sign_in_id=caller.person.sign_in_id)
        ids: Sequence[UUID] = own[-1:]
        missing = NOT_INSIDE
    else:
        ids, missing = [session_id], NO_SUCH_SESSION
    found = await impersonation.now(unit.connection, ids)
    if not found or (caller.tenant_id and found[0].tenant_id != caller.tenant_id):
        return missing
    return found[0]


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
