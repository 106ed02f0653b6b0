"""Operators: adding them, their roles, disabling them; signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import impersonation, operators
from permissions import policy as rules
from permissions.ids import uuid7
from permissions.operators import Permission, permissions_of
from permissions.policy import Due, Permitted
from permissions.refusals import RefusalCode, Refused, Unauthenticated, refused
from permissions.tenants import reason_refusal
from permissions.text import defect, visible_length
from resolvers.ending import by, end_sessions
from resolvers.events import OperatorAdded, OperatorDisabled, RoleGranted, RoleRevoked, SignedIn, SignedOut

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.operators import Operator, SignIn
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.operators import Role

SIGN_IN_SECONDS = 12 * 3600
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
            unit.append(decision, _signed_out(operator, sign_in, "the operator was disabled"))
        await operators.end_sign_ins(unit.connection, [sign_in.id for sign_in in open_ones])
        await operators.set_disabled(unit.connection, operator_id, disabled=True)
        unit.append(
            decision,
            OperatorDisabled(operator_id=operator_id, email=operator.email, name=operator.name, reason=reason.strip()),
        )
    return operator


async def sign_in(database: Database, caller: Caller, *, sign_in_id: UUID, token_hash: bytes, method: str) -> SignIn:
    """Open a sign-in for somebody whose password or identity provider vouched for them.

    `caller` is who they will be: its proof is the new token, so that the entry proves itself. Raises Unauthenticated
    where the operator was disabled meanwhile.
    """
    assert caller.person
    async with database.unit(caller) as unit:
        operator = await operators.lock(unit.connection, caller.person.operator_id)
        if operator is None or operator.disabled_at:
            raise Unauthenticated("This operator may not sign in.")
        opened = await operators.insert_sign_in(
            unit.connection,
            {
                "id": sign_in_id,
                "operator_id": operator.id,
                "token_hash": token_hash,
                "lasts_seconds": SIGN_IN_SECONDS,
                "ip": caller.origin.ip,
                "user_agent": caller.origin.user_agent,
            },
        )
        unit.append(
            Permitted(None),
            SignedIn(sign_in_id=sign_in_id, operator_id=operator.id, email=operator.email, method=method),
        )
    return opened


async def sign_out(database: Database, caller: Caller) -> None:
    """End the caller's sign-in and the sessions started in it (SIGNED_OUT)."""
    assert caller.person
    async with database.unit(caller) as unit:
        operator = await operators.lock(unit.connection, caller.person.operator_id)
        open_ones = await operators.lock_sign_ins(unit.connection, caller.person.operator_id, caller.person.sign_in_id)
        if operator is None or not open_ones:
            unit.abandon()
            return
        own = Permitted(None)
        inside = await impersonation.lock_active(unit.connection, sign_in_id=caller.person.sign_in_id)
        await end_sessions(unit, own, inside, "SIGNED_OUT", by(caller))
        unit.append(own, _signed_out(operator, open_ones[0], "signed out"))
        await operators.end_sign_ins(unit.connection, [caller.person.sign_in_id])


def _signed_out(operator: Operator, sign_in: SignIn, why: str) -> SignedOut:
    return SignedOut(sign_in_id=sign_in.id, operator_id=operator.id, email=operator.email, why=why)
