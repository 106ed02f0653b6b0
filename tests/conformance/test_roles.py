"""Who may: permissions by role, given and taken on the record; refusals that say which check failed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from db.ledger import PLATFORM
from permissions.operators import Permission, Role
from permissions.refusals import Forbidden
from resolvers import impersonation
from resolvers.impersonation import StartRequest
from tests.conformance.house import codes, details, person

if TYPE_CHECKING:
    from tests.conformance.house import House

ENTERING = {Role.PLATFORM_ADMIN, Role.PLATFORM_SUPPORT}


@pytest.mark.parametrize("role", list(Role), ids=str)
async def test_c_10_s1_2_s1_4_s2_1_s3_1_s3_2_a_role_lets_in_or_is_refused_and_the_tenant_reads_of_it(
    house: House, role: Role
) -> None:
    caller, tenant = await house.jane(role), await house.tenant()
    if role in ENTERING:
        await house.inside(caller, tenant)
        return
    answer = await house.ask(caller, tenant)
    assert answer.codes == ["FORBIDDEN"]
    assert "IMPERSONATE_READ_ONLY" in answer.errors[0]["message"]
    (entry,) = await house.ledger(tenant, "FORBIDDEN", "STARTED")
    assert (entry.kind, entry.operator_id) == ("IMPERSONATION_FORBIDDEN", caller.id)


async def test_s1_2_s2_1_nobody_of_a_tenant_and_no_service_enters(house: House) -> None:
    tenant = await house.tenant()
    for key in (await house.reader(tenant), await house.api.key(Permission.TOKEN_EXCHANGE)):
        assert (await house.ask(key, tenant)).codes == ["FORBIDDEN"]
    assert not await house.ledger(tenant, "STARTED")


async def test_c_10_s2_3_s2_4_s3_4_who_gets_past_the_door_with_a_false_pass_is_stopped_at_the_decision(
    house: House,
) -> None:
    tenant = await house.tenant()
    reader = await house.jane(Role.PLATFORM_READONLY)
    forged = replace(reader, permissions=frozenset(Permission))
    request = StartRequest(tenant_id=tenant.id, reason=house.reason, ticket=house.ticket)
    with pytest.raises(Forbidden):
        await impersonation.start(house.api.world.database, forged, request)
    (entry,) = await house.ledger(tenant, "FORBIDDEN", "STARTED")
    assert entry.kind == "IMPERSONATION_FORBIDDEN"


async def test_s1_5_s1_6_a_role_is_given_to_one_account_by_name_with_a_reason_and_the_record_says_by_whom(
    house: House,
) -> None:
    sam = await house.jane(None)
    assert sam.person
    given = await house.change(
        "grantRole", email=sam.person.email, role=Role.PLATFORM_SUPPORT.value, reason="joined the support team"
    )
    assert given["operator"]["roles"] == ["PLATFORM_SUPPORT"]
    entry = (await house.api.world.entries(PLATFORM, "ROLE_GRANTED"))[-1]
    told = details(entry)
    assert (entry.actor_id, told["operatorId"], told["role"]) == (
        house.api.world.admin.id,
        str(sam.id),
        "PLATFORM_SUPPORT",
    )
    assert told["reason"] == "joined the support team"
    sam = replace(sam, permissions=(await house.jane()).permissions)
    for tenant in (await house.tenant(), await house.tenant()):
        await house.leave(sam, await house.inside(sam, tenant))


@pytest.mark.parametrize("role", [Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY], ids=str)
async def test_s1_6_only_an_admin_gives_roles_and_nobody_to_themselves(house: House, role: Role) -> None:
    caller = await house.jane(role)
    assert caller.person
    query = "mutation ($input: GrantRoleInput!) { grantRole(input: $input) { __typename } }"
    given = {"email": caller.person.email, "role": "PLATFORM_ADMIN", "reason": "I would like to"}
    assert (await house.api.ask(caller, query, input=given)).codes == ["FORBIDDEN"]
    own = await house.change("grantRole", email="admin@actas.example", role=role.value)
    assert codes(own) == ["OWN_ROLE"]


async def test_s3_7_a_role_raised_for_a_time_ends_by_itself_with_whoever_is_inside_by_it(house: House) -> None:
    reader, tenant = await house.jane(Role.PLATFORM_READONLY), await house.tenant()
    assert reader.person
    await house.change("grantRole", email=reader.person.email, role=Role.PLATFORM_SUPPORT.value, expiresInSeconds=10)
    raised = await house.again(replace(reader, permissions=(await house.jane()).permissions))
    session = await house.inside(raised, tenant)
    await house.later(11)
    await house.expire()
    assert (await house.read(session))["endCause"] == "ROLE_LOST"
    assert (await house.ask(reader, tenant)).codes == ["FORBIDDEN"]
    taken = (await house.api.world.entries(PLATFORM, "ROLE_REVOKED"))[-1]
    assert (taken.actor_kind, details(taken)["operatorId"]) == ("SYSTEM", str(reader.id))


async def test_s3_4_s3_30_c_17_a_role_that_is_taken_ends_the_session_and_the_next_start_says_so(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    await house.change("revokeRole", operatorId=person(jane), role=Role.PLATFORM_SUPPORT.value)
    assert (await house.read(session))["endCause"] == "ROLE_LOST"
    assert (await house.ask(jane, tenant)).codes == ["FORBIDDEN"]
    assert len(await house.ledger(tenant, "FORBIDDEN")) == 1
