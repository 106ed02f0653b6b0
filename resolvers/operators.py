"""Operators: adding them, disabling and enabling them. Their roles are in roles.py, their sign-ins in sign_ins.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import impersonation, operators
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.refusals import RefusalCode, Refused, refused
from permissions.tenants import reason_refusal
from permissions.text import defect, visible_length
from resolvers import replay
from resolvers.authority import entitled, hold
from resolvers.ending import by, end_sessions
from resolvers.events import OperatorAdded, OperatorDisabled, OperatorEnabled
from resolvers.roles import NO_SUCH_OPERATOR, again, last_admin
from resolvers.sign_ins import signed_out

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.operators import Operator
    from db.unit import WriteUnit
    from permissions.caller import Caller

LONGEST_NAME = 200
ONESELF = refused(RefusalCode.OWN_ROLE, "Nobody disables themselves: ask another admin.", "operatorId")
DISABLED_ALREADY = refused(RefusalCode.NO_CHANGE, "This operator is disabled already.", "operatorId")
NOT_DISABLED = refused(RefusalCode.NO_CHANGE, "This operator is not disabled.", "operatorId")


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
    decision = entitled(caller, Permission.OPERATOR_GRANT)
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


async def disable(
    database: Database,
    caller: Caller | None,
    *,
    operator_id: UUID,
    reason: str,
    stated_by: str | None = None,
    idempotency_key: str | None = None,
) -> Operator | Refused:
    """Shut an operator out: every sign-in and every session of theirs ends with it. The last admin stays.

    `caller` None is the command line, used by `stated_by`.
    """
    entitled(caller, Permission.OPERATOR_GRANT)

    async def decided(unit: WriteUnit) -> Operator | Refused:
        if caller and caller.id == operator_id:
            return ONESELF
        if unfit := reason_refusal(reason):
            return unfit
        decision, people = await hold(unit, Permission.OPERATOR_GRANT, operator_id, admins=True)
        operator = people.get(operator_id)
        if operator is None or operator.disabled_at:
            return DISABLED_ALREADY if operator else NO_SUCH_OPERATOR
        is_admin = Role.PLATFORM_ADMIN in await operators.roles_in_force(unit.connection, operator_id)
        if is_admin and (last := await last_admin(unit, operator_id)):
            return last
        open_ones = await operators.lock_sign_ins(unit.connection, operator_id)
        inside = await impersonation.lock_active(unit.connection, operator_id=operator_id)
        await end_sessions(unit, decision, inside, "ROLE_LOST", by(caller) if caller else impersonation.SYSTEM)
        for sign_in in open_ones:
            unit.append(decision, signed_out(operator, sign_in, "the operator was disabled"))
        await operators.end_sign_ins(unit.connection, [sign_in.id for sign_in in open_ones])
        disabled = await operators.set_disabled(unit.connection, operator_id, disabled=True)
        unit.append(
            decision,
            OperatorDisabled(
                operator_id=operator_id,
                email=operator.email,
                name=operator.name,
                reason=reason.strip(),
                stated_by=stated_by,
            ),
        )
        return disabled

    given = {"operator": operator_id, "reason": reason}
    return await replay.once(database, caller, idempotency_key, "disableOperator", given, decided, again)


async def enable(
    database: Database,
    caller: Caller,
    *,
    operator_id: UUID,
    reason: str,
    idempotency_key: str | None = None,
) -> Operator | Refused:
    """Let a disabled operator sign in again, with the roles that they still have."""
    entitled(caller, Permission.OPERATOR_GRANT)

    async def decided(unit: WriteUnit) -> Operator | Refused:
        if unfit := reason_refusal(reason):
            return unfit
        decision, people = await hold(unit, Permission.OPERATOR_GRANT, operator_id)
        operator = people.get(operator_id)
        if operator is None or operator.disabled_at is None:
            return NOT_DISABLED if operator else NO_SUCH_OPERATOR
        enabled = await operators.set_disabled(unit.connection, operator_id, disabled=False)
        unit.append(
            decision,
            OperatorEnabled(operator_id=operator_id, email=operator.email, name=operator.name, reason=reason.strip()),
        )
        return enabled

    given = {"operator": operator_id, "reason": reason}
    return await replay.once(database, caller, idempotency_key, "enableOperator", given, decided, again)
