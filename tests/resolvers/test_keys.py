"""Service keys and callers (DESIGN section 6)."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from db.ledger import PLATFORM
from permissions.caller import Origin
from permissions.operators import NEVER_FOR_KEYS, Permission, Role
from permissions.refusals import Forbidden, RefusalCode, Refused, Unauthenticated
from resolvers import keys, roles, tenants
from resolvers.callers import Callers
from resolvers.keys import Issued
from resolvers.tenants import RegisterTenant

if TYPE_CHECKING:
    from uuid import UUID

    from tests.world import World


async def issue(world: World, *permissions: Permission, name: str = "a guard", tenant_id: UUID | None = None) -> Issued:
    issued = await keys.issue(world.database, world.admin, name=name, permissions=permissions, tenant_id=tenant_id)
    assert isinstance(issued, Issued), issued
    return issued


async def test_a_key_is_shown_once_kept_as_a_hash_and_recorded_by_its_prefix(world: World) -> None:
    issued = await issue(world, Permission.GUARD_EVENTS, Permission.TOKEN_EXCHANGE)
    row = str(await world.admin_sql("select k::text from identity.service_key k"))
    (entry,) = await world.entries(PLATFORM, "SERVICE_KEY_ISSUED")
    assert issued.secret.startswith(issued.key.prefix)
    assert hashlib.sha256(issued.secret.encode()).hexdigest() in row
    assert issued.secret not in row + entry.details
    assert issued.key.prefix in entry.details
    assert (entry.actor_name, entry.actor_proof) == ("Admin", "SIGN_IN")


async def test_a_tenants_key_is_recorded_in_that_tenants_ledger(world: World) -> None:
    """P3."""
    tenant = await world.tenant("acme")
    issued = await issue(world, Permission.TENANT_SIDE_READ, tenant_id=tenant.id)
    await keys.revoke(world.database, world.admin, key_id=issued.key.id, reason="no longer needed")
    kinds = [entry.kind for entry in await world.entries(tenant.id)]
    assert kinds[-2:] == ["SERVICE_KEY_ISSUED", "SERVICE_KEY_REVOKED"]


async def test_a_key_never_enters_and_never_decides_who_may(world: World) -> None:
    for permission in NEVER_FOR_KEYS:
        outcome = await keys.issue(
            world.database, world.admin, name="x", permissions=[Permission.TENANT_READ, permission]
        )
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.problems[0].field) == (RefusalCode.INPUT_INVALID, "permissions")


async def test_a_key_needs_a_name_a_permission_and_a_tenant_that_exists(world: World) -> None:
    for name, permissions, tenant_id, code in (
        ("", [Permission.TENANT_READ], None, RefusalCode.INPUT_INVALID),
        ("a\0", [Permission.TENANT_READ], None, RefusalCode.INPUT_INVALID),
        ("x" * 201, [Permission.TENANT_READ], None, RefusalCode.INPUT_INVALID),
        ("x", [], None, RefusalCode.INPUT_INVALID),
        ("x", [Permission.TENANT_READ], world.admin.id, RefusalCode.NOT_FOUND),
    ):
        outcome = await keys.issue(world.database, world.admin, name=name, permissions=permissions, tenant_id=tenant_id)
        assert isinstance(outcome, Refused)
        assert outcome.code is code
    assert await world.entries(PLATFORM, "SERVICE_KEY_ISSUED") == []


async def test_only_who_manages_keys_issues_and_revokes_them(world: World) -> None:
    issued = await issue(world, Permission.TENANT_READ)
    support = await world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    with pytest.raises(Forbidden):
        await keys.issue(world.database, support, name="x", permissions=[Permission.TENANT_READ])
    with pytest.raises(Forbidden):
        await keys.revoke(world.database, support, key_id=issued.key.id, reason="because")


async def test_a_revoked_key_is_nobodys_and_records_nothing_more(world: World) -> None:
    issued = await issue(world, Permission.TENANT_REGISTER)
    caller = await Callers(world.database).by_key(issued.secret, Origin())
    assert caller
    revoked = await keys.revoke(world.database, world.admin, key_id=issued.key.id, reason="it leaked")
    assert not isinstance(revoked, Refused)
    assert revoked.revoked_at
    assert await Callers(world.database).by_key(issued.secret, Origin()) is None
    with pytest.raises(Unauthenticated):
        await tenants.register(world.database, caller, RegisterTenant(slug="late", name="Late"))
    again = await keys.revoke(world.database, world.admin, key_id=issued.key.id, reason="it leaked")
    assert isinstance(again, Refused)
    assert again.code is RefusalCode.NO_CHANGE


async def test_a_callers_permissions_are_those_of_the_roles_in_force(world: World) -> None:
    """DESIGN section 6: grants can expire."""
    await world.hire("sam@actas.example", Role.PLATFORM_READONLY)
    caller = await world.sign_in("sam@actas.example", Role.PLATFORM_READONLY)

    await roles.grant_role(
        world.database,
        world.admin,
        operator_id=caller.id,
        role=Role.PLATFORM_SUPPORT,
        reason="on call",
        expires_in_seconds=60,
    )
    now = await Callers(world.database).still_valid(caller)
    assert now
    assert now.may(Permission.IMPERSONATE_READ_WRITE)
    await world.advance(timedelta(seconds=60))
    later = await Callers(world.database).still_valid(caller)
    assert later
    assert not later.may(Permission.IMPERSONATE_READ_WRITE)
    assert later.may(Permission.TENANT_READ)


async def test_the_last_use_of_a_key_is_kept_to_the_minute(world: World) -> None:
    issued = await issue(world, Permission.GUARD_EVENTS)
    used = "select last_used_at from identity.service_key"
    assert await world.admin_sql(used) is None
    await Callers(world.database).by_key(issued.secret, Origin())
    first = await world.admin_sql(used)
    assert first
    await world.advance(timedelta(seconds=50))
    await Callers(world.database).by_key(issued.secret, Origin())
    assert await world.admin_sql(used) == first
    await world.advance(timedelta(seconds=20))
    await Callers(world.database).by_key(issued.secret, Origin())
    assert await world.admin_sql(used) != first


@pytest.mark.parametrize(
    "key", ["", "actas_", "actas_" + "x" * 43, "x" * 49, "actas_\0" + "x" * 42, "actas_" + "\ud800" * 43]
)
async def test_what_is_no_key_is_nobodys(world: World, key: str) -> None:
    assert await Callers(world.database).by_key(key, Origin()) is None


async def test_a_secret_is_shown_once_and_a_retry_makes_no_second_key(world: World) -> None:
    """What a retry needs is kept; the secret is not, in any table."""
    given: dict[str, Any] = {"name": "a guard", "permissions": [Permission.GUARD_EVENTS], "idempotency_key": "k"}
    first = await keys.issue(world.database, world.admin, **given)
    assert isinstance(first, Issued)
    again = await keys.issue(world.database, world.admin, **given)
    assert isinstance(again, Refused)
    assert (again.code, again.problems[0].field) == (RefusalCode.CONFLICT, "idempotencyKey")
    assert first.key.prefix in again.message
    assert first.secret not in again.message
    another = await keys.issue(world.database, world.admin, **(given | {"name": "another"}))
    assert isinstance(another, Refused)
    assert another.code is RefusalCode.CONFLICT
    assert await world.admin_sql("select count(*) from identity.service_key") == 1
    assert first.secret not in str(await world.admin_sql("select i::text from identity.idempotency i"))


async def test_two_calls_at_once_with_one_idempotency_key_make_one_key(world: World) -> None:
    given: dict[str, Any] = {"name": "a guard", "permissions": [Permission.GUARD_EVENTS], "idempotency_key": "k"}
    outcomes = await asyncio.gather(*(keys.issue(world.database, world.admin, **given) for _ in range(3)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Issued", "Refused", "Refused"]


async def test_a_refused_key_leaves_the_idempotency_key_unused(world: World) -> None:
    given: dict[str, Any] = {"permissions": [Permission.GUARD_EVENTS], "idempotency_key": "k"}
    assert isinstance(await keys.issue(world.database, world.admin, name=" ", **given), Refused)
    assert isinstance(await keys.issue(world.database, world.admin, name="a guard", **given), Issued)


async def test_a_retry_of_revoking_gets_the_first_calls_result(world: World) -> None:
    issued = await issue(world, Permission.TENANT_READ)
    given: dict[str, Any] = {"key_id": issued.key.id, "reason": "it leaked", "idempotency_key": "k"}
    outcomes = [await keys.revoke(world.database, world.admin, **given) for _ in range(2)]
    assert outcomes[0] == outcomes[1]
    assert len(await world.entries(PLATFORM, "SERVICE_KEY_REVOKED")) == 1


async def test_who_lost_the_role_meanwhile_issues_and_revokes_nothing(world: World) -> None:
    """Threat 14: decided again under the lock that taking the role takes."""
    issued = await issue(world, Permission.TENANT_READ)
    former = await world.newcomer("former@actas.example", Role.PLATFORM_ADMIN)
    await roles.revoke_role(
        world.database, world.admin, operator_id=former.id, role=Role.PLATFORM_ADMIN, reason="moved on"
    )
    with pytest.raises(Forbidden, match="SERVICE_KEY_MANAGE"):
        await keys.issue(world.database, former, name="x", permissions=[Permission.TENANT_READ])
    with pytest.raises(Forbidden, match="SERVICE_KEY_MANAGE"):
        await keys.revoke(world.database, former, key_id=issued.key.id, reason="because")


async def test_the_same_permission_twice_is_once(world: World) -> None:
    issued = await issue(world, Permission.TENANT_READ, Permission.TENANT_READ)
    assert issued.key.permissions == (Permission.TENANT_READ,)


async def test_a_key_that_is_bound_to_a_tenant_registers_none_and_learns_of_none(world: World) -> None:
    """Threat 28: that a slug is taken would tell which other tenants there are."""
    bound = await world.service(Permission.TENANT_REGISTER, tenant=(await world.somewhere()).id)
    for slug in ("acme", "surely-free"):
        with pytest.raises(Forbidden, match="bound to a tenant"):
            await tenants.register(world.database, bound, RegisterTenant(slug=slug, name="Mine"))
