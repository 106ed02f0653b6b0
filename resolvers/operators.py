"""Operators: adding them, their roles, disabling them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import impersonation, operators
from permissions import policy as rules
from permissions.ids import uuid7
from permissions.operators import Permission, permissions_of
from permissions.policy import Due
from permissions.refusals import RefusalCode, Refused, refused
from permissions.tenants import reason_refusal
from permissions.text import defect, visible_length
from resolvers.ending import by, end_sessions
from resolvers.events import OperatorAdded, OperatorDisabled, RoleGranted, RoleRevoked
from resolvers.sign_ins import signed_out

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.operators import Operator
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.operators import Role

LONGEST_NAME = 200
RUN_OUT = Due("the time of a role was up")
NO_SUCH_OPERATOR = refused(RefusalCode.NOT_FOUND, "There is no such operator.", "operatorId")


async def add(
    database: Database,
    caller: Caller | None,
    *,
    email: str,
    name: str,
    password_hash: str | None = None,
    stated_by: str | None = None,
) -> UUID | Refused:
    """Make somebody an operator, still without a role; `caller` None is the command line, used by `stated_by`."""
    decision = rules.permit(caller.permissions, Permission.OPERATOR_GRANT) if caller else Due("the command line")
    email, name = email.strip().lower(), name.strip()
    if defect(email) or "@" not in email or len(email) > LONGEST_NAME:
        return refused(RefusalCode.INPUT_INVALID, "That is no e-mail address.", "email")
    if defect(name) or not visible_length(name) or len(name) > LONGEST_NAME:
        return refused(RefusalCode.INPUT_INVALID, f"A name is 1 to {LONGEST_NAME} visible characters.", "name")
    operator_id = uuid7()
    async with database.unit(caller) as unit:
        values = {"id": operator_id, "email": email, "name": name, "password_hash": password_hash}
        if not await operators.insert(unit.connection, values):
            unit.abandon()
            return refused(RefusalCode.CONFLICT, f"{email} is an operator already.", "email")
        unit.append(decision, OperatorAdded(operator_id=operator_id, email=email, name=name, stated_by=stated_by))
    return operator_id


async def grant_role(
    database: Database,
    caller: Caller | None,
    *,
    operator_id: UUID,
    role: Role,
    reason: str,
    expires_in_seconds: int | None = None,
    stated_by: str | None = None,
) -> Operator | Refused:
    """Give a role, for good or for a time (S1-6, S3-7). Nobody changes their own."""
    decision = rules.permit(caller.permissions, Permission.OPERATOR_GRANT) if caller else Due("the command line")
    if caller and caller.id == operator_id:
        return refused(RefusalCode.OWN_ROLE, "Nobody changes their own roles: ask another admin.", "operatorId")
    if unfit := reason_refusal(reason):
        return unfit
    if expires_in_seconds is not None and expires_in_seconds < 1:
        return refused(RefusalCode.INPUT_INVALID, "A role is given for at least 1 second.", "expiresInSeconds")
    async with database.unit(caller) as unit:
        operator = await operators.lock(unit.connection, operator_id)
        if operator is None:
            unit.abandon()
            return NO_SUCH_OPERATOR
        await take_back_run_out(unit, operator)
        granted_by = by(caller) if caller else impersonation.SYSTEM
        values = {
            "id": uuid7(),
            "operator_id": operator_id,
            "role": role,
            "reason": reason.strip(),
            "by_kind": granted_by.kind,
            "by_id": granted_by.id,
            "by_name": stated_by or granted_by.name,
            "expires_in": expires_in_seconds,
        }
        granted = await operators.grant(unit.connection, values)
        if granted is None:
            unit.abandon()
            return refused(RefusalCode.NO_CHANGE, f"{operator.name} is {role} already.", "role")
        unit.append(
            decision,
            RoleGranted(
                operator_id=operator_id,
                email=operator.email,
                name=operator.name,
                role=role,
                reason=reason.strip(),
                expires_at=granted.expires_at,
                stated_by=stated_by,
            ),
        )
    return operator


async def take_back_run_out(unit: WriteUnit, operator: Operator) -> bool:
    """Take back a locked operator's roles whose time is up, with the sessions that hung on them (ROLE_LOST)."""
    lost = await operators.revoke_run_out(unit.connection, operator.id)
    if not lost:
        return False
    left = permissions_of(await operators.roles_in_force(unit.connection, operator.id))
    inside = await impersonation.lock_active(unit.connection, operator_id=operator.id)
    sessions = await impersonation.now(unit.connection, inside)
    stranded = [session.id for session in sessions if rules.MODE_PERMISSION[session.mode] not in left]
    await end_sessions(unit, RUN_OUT, stranded, "ROLE_LOST", at=max(at for _, at in lost))
    for role, _ in lost:
        unit.append(
            RUN_OUT,
            RoleRevoked(
                operator_id=operator.id,
                email=operator.email,
                name=operator.name,
                role=role,
                reason="It was given for a time, which is up.",
            ),
            by_system=True,
        )
    return True


async def disable(database: Database, caller: Caller, *, operator_id: UUID, reason: str) -> Operator | Refused:
    """Shut an operator out: every sign-in and every session of theirs ends with it."""
    decision = rules.permit(caller.permissions, Permission.OPERATOR_GRANT)
    if caller.id == operator_id:
        return refused(RefusalCode.OWN_ROLE, "Nobody disables themselves: ask another admin.", "operatorId")
    if unfit := reason_refusal(reason):
        return unfit
    async with database.unit(caller) as unit:
        operator = await operators.lock(unit.connection, operator_id)
        if operator is None or operator.disabled_at:
            unit.abandon()
            done = refused(RefusalCode.NO_CHANGE, "This operator is disabled already.", "operatorId")
            return done if operator else NO_SUCH_OPERATOR
        open_ones = await operators.lock_sign_ins(unit.connection, operator_id)
        inside = await impersonation.lock_active(unit.connection, operator_id=operator_id)
        await end_sessions(unit, decision, inside, "ROLE_LOST", by(caller))
        for sign_in in open_ones:
            unit.append(decision, signed_out(operator, sign_in, "the operator was disabled"))
        await operators.end_sign_ins(unit.connection, [sign_in.id for sign_in in open_ones])
        await operators.set_disabled(unit.connection, operator_id, disabled=True)
        unit.append(
            decision,
            OperatorDisabled(operator_id=operator_id, email=operator.email, name=operator.name, reason=reason.strip()),
        )
    return operator
