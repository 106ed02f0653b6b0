"""Roles given and taken, and what is read of them: the words of every test about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db.ledger import PLATFORM
from permissions.operators import Role
from permissions.refusals import RefusalCode as Code
from permissions.refusals import Refused
from resolvers import operators, roles

if TYPE_CHECKING:
    from uuid import UUID

    from db.ledger import Entry
    from db.operators import Operator
    from permissions.caller import Caller
    from tests.world import World

ADMIN, SUPPORT, BILLING, READONLY = (
    Role.PLATFORM_ADMIN,
    Role.PLATFORM_SUPPORT,
    Role.PLATFORM_BILLING,
    Role.PLATFORM_READONLY,
)


async def grant(world: World, operator: UUID, role: Role, caller: Caller | None = None, **more: Any) -> Any:
    given: dict[str, Any] = {"operator_id": operator, "role": role, "reason": "on call"} | more
    return await roles.grant_role(world.database, caller or world.admin, **given)


async def revoke(world: World, operator: UUID, role: Role, caller: Caller | None = None, **more: Any) -> Any:
    given: dict[str, Any] = {"operator_id": operator, "role": role, "reason": "off call"} | more
    return await roles.revoke_role(world.database, caller or world.admin, **given)


async def disable(world: World, operator: UUID, caller: Caller | None) -> Operator | Refused:
    return await operators.disable(world.database, caller, operator_id=operator, reason="left the company")


async def elevated(world: World, email: str) -> Caller:
    """An admin for an hour."""
    await world.hire(email, None)
    await grant(world, world.people[email], ADMIN, expires_in_seconds=3600)
    return await world.sign_in(email, ADMIN)


async def roles_of(world: World, operator: UUID) -> list[str]:
    found: list[str] = await world.admin_sql(
        """select coalesce(array_agg(role order by role), '{}') from identity.role_grant
            where operator_id = $1 and revoked_at is null and coalesce(expires_at, 'infinity') > audit.clock()""",
        operator,
    )
    return found


async def lasting_admins(world: World) -> int:
    found: int = await world.admin_sql(
        """select count(*) from identity.role_grant g join identity.operator o on o.id = g.operator_id
            where g.role = 'PLATFORM_ADMIN' and g.revoked_at is null and g.expires_at is null
              and o.disabled_at is null"""
    )
    return found


async def about(world: World, operator: UUID, *kinds: str) -> list[Entry]:
    return [entry for entry in await world.entries(PLATFORM, *kinds) if str(operator) in entry.details]


def code(outcome: object) -> Code | None:
    return outcome.code if isinstance(outcome, Refused) else None
