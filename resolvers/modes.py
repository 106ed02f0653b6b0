"""Changing what one's own running session may do: to write, and back to reading only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db import impersonation, tenants
from permissions.modes import ModeFacts, decide_mode
from permissions.refusals import Forbidden, RefusalCode, Refused
from permissions.strictness import strictest
from resolvers import policies, replay
from resolvers.ending import ENDED_ALREADY, NO_SUCH_SESSION
from resolvers.events import ImpersonationModeChanged, turned_down
from resolvers.impersonation import hold, storable

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.unit import WriteUnit
    from permissions.caller import Caller, Person
    from permissions.policy import AccessMode


@dataclass(frozen=True, kw_only=True)
class ChangeMode:
    """What an operator asks for."""

    session_id: UUID
    mode: AccessMode
    reason: str
    idempotency_key: str | None = None


async def change(database: Database, caller: Caller, request: ChangeMode) -> Session | Refused:
    """Change the mode of one's own session; guards hear of it through their stream, and the token stays as it is.

    An attempt that the role, the policy or the reason turns down is recorded (P8). Raises Forbidden where the session
    is not the caller's own.
    """
    given = {"session": request.session_id, "mode": request.mode, "reason": request.reason}
    async with database.unit(caller) as unit:
        kept = await replay.begin(unit, caller, request.idempotency_key, "changeImpersonationMode", given)
        if kept is not None:
            unit.abandon()
            told = kept if isinstance(kept, Refused) else replay.retold(kept)
            return told if isinstance(told, Refused) else (await impersonation.now(unit.connection, told))[0]
        found = await impersonation.now(unit.connection, [request.session_id])
        if not found or (caller.tenant_id and found[0].tenant_id != caller.tenant_id):
            unit.abandon()
            return NO_SUCH_SESSION
        if caller.person is None or found[0].operator_id != caller.person.operator_id:
            raise Forbidden("Only the operator who is inside changes the mode of a session.")
        outcome = await _change(unit, caller, caller.person, found[0], request)
        await replay.keep(
            unit, caller, request.idempotency_key, outcome if isinstance(outcome, Refused) else [outcome.id]
        )
    return outcome


async def _change(
    unit: WriteUnit, caller: Caller, person: Person, asked: Session, request: ChangeMode
) -> Session | Refused:
    connection = unit.connection
    await impersonation.share_gate(connection)
    permissions = await hold(unit, caller)
    await tenants.lock(connection, asked.tenant_id)
    await impersonation.lock_active(connection, ids=[asked.id])
    session = (await impersonation.now(connection, [asked.id]))[0]
    if session.state != "ACTIVE":
        unit.abandon()
        return ENDED_ALREADY
    version = (session.tenant_id, session.policy_version)
    began_under = (await policies.as_of(connection, [version]))[version]
    decision = decide_mode(
        ModeFacts(
            permissions=permissions,
            policy=strictest(began_under, await policies.within(connection, session.tenant_id)),
            now=session.mode,
            to=request.mode,
            reason=request.reason,
        )
    )
    who: dict[str, Any] = {
        "session_id": session.id,
        "tenant_id": session.tenant_id,
        "operator_id": person.operator_id,
        "operator_name": person.name,
        "operator_email": person.email,
    }
    if isinstance(decision, Refused):
        if decision.code is RefusalCode.NO_CHANGE:
            unit.abandon()
        else:
            unit.append(decision, turned_down(decision, **who, reason_given=storable(request.reason)))
        return decision
    event = ImpersonationModeChanged(was=session.mode, to=request.mode, reason=request.reason.strip(), **who)
    unit.append(decision, event)
    return await impersonation.set_mode(connection, session.id, request.mode)
