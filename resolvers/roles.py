"""Roles of operators: given for good or for a time, taken by an admin or by time, never one's own (S1-6, S3-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import impersonation, operators
from permissions import policy as rules
from permissions.ids import uuid7
from permissions.operators import Permission, Role, permissions_of
from permissions.policy import Due
from permissions.refusals import RefusalCode, Refused, refused
from permissions.tenants import reason_refusal
from permissions.text import defect
from resolvers import replay
from resolvers.authority import entitled, hold
from resolvers.ending import by, end_sessions
from resolvers.events import RoleGranted, RoleRevoked

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.operators import Operator
    from db.unit import WriteUnit
    from permissions.caller import Caller

# Beyond a year it is no elevation: give the role for good, and take it back when it is no longer needed.
LONGEST_SECONDS = 366 * 86_400
RUN_OUT = Due("the time of a role was up")
NO_SUCH_OPERATOR = refused(RefusalCode.NOT_FOUND, "There is no such operator.", "operatorId")
OWN_ROLE = refused(RefusalCode.OWN_ROLE, "Nobody changes their own roles: ask another admin.", "operatorId")
LAST_ADMIN = refused(
    RefusalCode.LAST_ADMIN,
    f"Nobody else would be an admin for good: make somebody else {Role.PLATFORM_ADMIN.word} without an end first.",
    "operatorId",
)


async def grant_role_to(database: Database, caller: Caller, *, email: str, **asked: object) -> Operator | Refused:
    """Like `grant_role`, for whoever has this address."""
    entitled(caller, Permission.OPERATOR_GRANT)
    if defect(email):
        return refused(RefusalCode.INPUT_INVALID, "That is no e-mail address.", "email")
    async with database.read() as connection:
        operator = await operators.by_email(connection, email)
    if operator is None:
        return refused(
            RefusalCode.NOT_FOUND,
            "Nobody with this address is an operator: add them with `actas operator add` first.",
            "email",
        )
    return await grant_role(database, caller, operator_id=operator.id, **asked)  # type: ignore[arg-type]  # what it takes by name


async def grant_role(
    database: Database,
    caller: Caller | None,
    *,
    operator_id: UUID,
    role: Role,
    reason: str,
    expires_in_seconds: int | None = None,
    stated_by: str | None = None,
    idempotency_key: str | None = None,
) -> Operator | Refused:
    """Give a role, for good or for 1 s to 366 days; `caller` None is the command line, used by `stated_by`."""
    entitled(caller, Permission.OPERATOR_GRANT)

    async def decided(unit: WriteUnit) -> Operator | Refused:
        if caller and caller.id == operator_id:
            return OWN_ROLE
        if unfit := reason_refusal(reason) or _unfit_time(expires_in_seconds):
            return unfit
        decision, people = await hold(unit, Permission.OPERATOR_GRANT, operator_id)
        operator = people.get(operator_id)
        if operator is None:
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
            return refused(RefusalCode.NO_CHANGE, f"{operator.name} is {role.word} already.", "role")
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

    given = {"operator": operator_id, "role": role, "reason": reason, "expiresInSeconds": expires_in_seconds}
    return await replay.once(database, caller, idempotency_key, "grantRole", given, decided, again)


async def revoke_role(
    database: Database,
    caller: Caller,
    *,
    operator_id: UUID,
    role: Role,
    reason: str,
    idempotency_key: str | None = None,
) -> Operator | Refused:
    """Take a role; the sessions that hung on it end with it (ROLE_LOST). The last admin stays."""
    entitled(caller, Permission.OPERATOR_GRANT)

    async def decided(unit: WriteUnit) -> Operator | Refused:
        if caller.id == operator_id:
            return OWN_ROLE
        if unfit := reason_refusal(reason):
            return unfit
        of_admins = role is Role.PLATFORM_ADMIN
        decision, people = await hold(unit, Permission.OPERATOR_GRANT, operator_id, admins=of_admins)
        operator = people.get(operator_id)
        if operator is None:
            return NO_SUCH_OPERATOR
        held = await operators.roles_in_force(unit.connection, operator_id)
        if role not in held:
            return refused(RefusalCode.NO_CHANGE, f"{operator.name} is not {role.word}.", "role")
        if of_admins and (last := await last_admin(unit, operator_id)):
            return last
        stranded = await _stranded(unit, operator, held - {role})
        await end_sessions(unit, decision, stranded, "ROLE_LOST", by(caller))
        await operators.revoke(unit.connection, operator_id, role)
        unit.append(
            decision,
            RoleRevoked(
                operator_id=operator_id, email=operator.email, name=operator.name, role=role, reason=reason.strip()
            ),
        )
        return operator

    given = {"operator": operator_id, "role": role, "reason": reason}
    return await replay.once(database, caller, idempotency_key, "revokeRole", given, decided, again)


async def take_back_run_out(unit: WriteUnit, operator: Operator) -> bool:
    """Take back a locked operator's roles whose time is up, with the sessions that hung on them (ROLE_LOST)."""
    lost = await operators.revoke_run_out(unit.connection, operator.id)
    if not lost:
        return False
    left = await operators.roles_in_force(unit.connection, operator.id)
    stranded = await _stranded(unit, operator, left)
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


async def last_admin(unit: WriteUnit, operator_id: UUID) -> Refused | None:
    """The refusal, where without this operator nobody would be an admin for good; all admins are held.

    Who is an admin for a time does not count: when that time is up nobody could give the role again.
    """
    others = await operators.lasting_admins(unit.connection) - {operator_id}
    return None if others else LAST_ADMIN


async def again(unit: WriteUnit, operator_id: UUID) -> Operator:
    """An operator as of now, for a retry."""
    return (await operators.by_ids(unit.connection, [operator_id]))[operator_id]


def _unfit_time(seconds: int | None) -> Refused | None:
    if seconds is None or 1 <= seconds <= LONGEST_SECONDS:
        return None
    return refused(
        RefusalCode.INPUT_INVALID,
        f"A role is given for 1 to {LONGEST_SECONDS} seconds (366 days), or for good.",
        "expiresInSeconds",
    )


async def _stranded(unit: WriteUnit, operator: Operator, left: frozenset[Role]) -> list[UUID]:
    """The live sessions, now locked, of a mode that the roles which are left do not carry."""
    inside = await impersonation.lock_active(unit.connection, operator_id=operator.id)
    sessions = await impersonation.now(unit.connection, inside)
    return [session.id for session in sessions if rules.MODE_PERMISSION[session.mode] not in permissions_of(left)]
