"""Operators through the API: found, given roles, shut out, and what an auditor asks about them (S1-6, S3-7, S3-25)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from permissions.ids import uuid7
from permissions.operators import NEVER_FOR_KEYS, Permission, Role
from resolvers import ending, expiry
from schema import ids

if TYPE_CHECKING:
    from permissions.caller import Caller
    from tests.schema.conftest import Api

CHANGED = """{ __typename ... on OperatorChanged { operator { email roles disabled
    roleGrants { role reason expiresAt grantedBy { name } } } }
  ... on Refused { code message problems { field } } }"""
GRANT = f"mutation ($input: GrantRoleInput!) {{ done: grantRole(input: $input) {CHANGED} }}"
REVOKE = f"mutation ($input: RevokeRoleInput!) {{ done: revokeRole(input: $input) {CHANGED} }}"
ENABLE = f"mutation ($input: EnableOperatorInput!) {{ done: enableOperator(input: $input) {CHANGED} }}"
DISABLE = f"mutation ($input: DisableOperatorInput!) {{ done: disableOperator(input: $input) {CHANGED} }}"
OPERATORS = """query ($first: Int, $after: String, $search: String) {
  operators(first: $first, after: $after, search: $search) {
    totalCount nodes { email } pageInfo { hasNextPage endCursor } } }"""
CONDUCT = """query ($days: Int) { operators { nodes { email
  conduct(days: $days) { started stopped expired abandoned tenants withoutTicket breakGlass } } } }"""


async def do(api: Api, mutation: str, caller: Caller | None = None, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.data(caller or api.world.admin, mutation, input={"reason": "a test"} | given))[
        "done"
    ]
    return found


def of(operator: Any) -> str:
    return ids.encode("Operator", operator)


async def conduct(api: Api, email: str, **window: Any) -> dict[str, int]:
    told = await api.data(api.world.admin, CONDUCT, **window)
    ((found),) = [each["conduct"] for each in told["operators"]["nodes"] if each["email"] == email]
    counted: dict[str, int] = found
    return counted


async def test_a_role_is_given_for_a_time_and_taken(api: Api) -> None:
    operator = await api.world.hire("sam@actas.example", None)
    granted = await do(api, GRANT, email="Sam@actas.example", role="PLATFORM_SUPPORT", expiresInSeconds=3600)
    (grant,) = granted["operator"]["roleGrants"]
    assert (granted["operator"]["roles"], grant["reason"], grant["grantedBy"]) == (
        ["PLATFORM_SUPPORT"],
        "a test",
        {"name": "Admin"},
    )
    assert grant["expiresAt"]
    again = await do(api, GRANT, email="sam@actas.example", role="PLATFORM_SUPPORT")
    assert (again["code"], again["problems"]) == ("NO_CHANGE", [{"field": "role"}])
    taken = await do(api, REVOKE, operatorId=of(operator), role="PLATFORM_SUPPORT")
    assert taken["operator"]["roles"] == []


async def test_a_stranger_gets_no_role_and_it_is_said_how_to_add_them(api: Api) -> None:
    refused = await do(api, GRANT, email="stranger@elsewhere.example", role="PLATFORM_ADMIN")
    assert (refused["code"], refused["problems"]) == ("NOT_FOUND", [{"field": "email"}])
    assert "actas operator add" in refused["message"]


async def test_an_operator_is_shut_out_and_let_in_again(api: Api) -> None:
    caller = await api.world.operator()
    disabled = await do(api, DISABLE, operatorId=of(caller.id), idempotencyKey="out")
    assert disabled["operator"]["disabled"] is True
    assert await do(api, DISABLE, operatorId=of(caller.id), idempotencyKey="out") == disabled
    assert (await do(api, DISABLE, operatorId=of(caller.id)))["code"] == "NO_CHANGE"
    enabled = await do(api, ENABLE, operatorId=of(caller.id))
    assert (enabled["operator"]["disabled"], enabled["operator"]["roles"]) == (False, ["PLATFORM_SUPPORT"])
    assert (await do(api, ENABLE, operatorId=of(caller.id)))["code"] == "NO_CHANGE"


async def test_nobody_changes_their_own_and_the_last_admin_stays(api: Api) -> None:
    """Threat 14, DESIGN section 6."""
    own = of(api.world.admin.id)
    asked: dict[str, dict[str, Any]] = {
        GRANT: {"email": "admin@actas.example", "role": "PLATFORM_BILLING"},
        REVOKE: {"operatorId": own, "role": "PLATFORM_ADMIN"},
        DISABLE: {"operatorId": own},
    }
    for mutation, given in asked.items():
        assert (await do(api, mutation, **given))["code"] == "OWN_ROLE"
    await api.world.hire("deputy@actas.example", None)
    await do(api, GRANT, email="deputy@actas.example", role="PLATFORM_ADMIN", expiresInSeconds=60)
    deputy = await api.world.sign_in("deputy@actas.example", Role.PLATFORM_ADMIN)
    for mutation in (REVOKE, DISABLE):
        assert (await do(api, mutation, deputy, **asked[mutation]))["code"] == "LAST_ADMIN"


MUTATIONS: dict[str, dict[str, Any]] = {
    GRANT: {"email": "admin@actas.example", "role": "PLATFORM_BILLING"},
    REVOKE: {"operatorId": of(uuid7()), "role": "PLATFORM_ADMIN"},
    ENABLE: {"operatorId": of(uuid7())},
    DISABLE: {"operatorId": of(uuid7())},
}


@pytest.mark.parametrize("role", [None, Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY])
async def test_only_an_admin_changes_people(api: Api, role: Role | None) -> None:
    """Default deny; no key does, whatever else it may."""
    key = await api.key(*sorted(frozenset(Permission) - NEVER_FOR_KEYS))
    for caller in (await api.world.operator(role), key):
        for mutation, given in MUTATIONS.items():
            answer = await api.ask(caller, mutation, input={"reason": "a test"} | given)
            assert answer.codes == ["FORBIDDEN"], mutation
            assert "OPERATOR_GRANT" in answer.errors[0]["message"]


async def test_forged_ids_are_named_and_unknown_people_not_found(api: Api) -> None:
    for mutation, given in MUTATIONS.items():
        if "operatorId" in given:
            assert (await do(api, mutation, **given))["code"] == "NOT_FOUND"
            for forged in ("", "garbage", ids.encode("Tenant", uuid7())):
                asked = given | {"operatorId": forged, "reason": "a test"}
                answer = await api.ask(api.world.admin, mutation, input=asked)
                assert answer.codes == ["BAD_USER_INPUT"]
                assert "input.operatorId" in answer.errors[0]["message"]


async def test_a_list_goes_by_name_in_pages_and_is_searched_by_name_and_address(api: Api) -> None:
    for name in ("zoe", "Ann", "bob_1", "bobx1"):
        await api.world.hire(f"{name.lower()}@staff.example", None, name=name)
    seen, after = [], None
    while True:
        told = (await api.data(api.world.admin, OPERATORS, first=2, after=after))["operators"]
        seen += [each["email"].partition("@")[0] for each in told["nodes"]]
        assert told["totalCount"] == 5
        after = told["pageInfo"]["endCursor"]
        if not told["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["admin", "ann", "bob_1", "bobx1", "zoe"]
    for search, emails in (
        ("ANN", ["ann@staff.example"]),
        ("@actas", ["admin@actas.example"]),
        ("b_1", ["bob_1@staff.example"]),
        ("%", []),
        (" ", [f"{name}@{'actas' if name == 'admin' else 'staff'}.example" for name in seen]),
    ):
        told = (await api.data(api.world.admin, OPERATORS, search=search))["operators"]
        assert [each["email"] for each in told["nodes"]] == emails, search
        assert told["totalCount"] == len(emails)
    for wrong, argument in (({"search": "\0"}, "search"), ({"first": 201}, "first"), ({"after": "forged"}, "after")):
        answer = await api.ask(api.world.admin, OPERATORS, **wrong)
        assert answer.codes == ["BAD_USER_INPUT"]
        assert f"`{argument}`" in answer.errors[0]["message"]


async def test_conduct_counts_the_sessions_that_began_within_the_window(api: Api) -> None:
    """S3-25."""
    acme, other = await api.world.tenant("acme"), await api.world.tenant("other")
    caller = await api.world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    await api.start(caller, acme, ticket="T-1")
    await ending.end(api.world.database, caller, session_id=None)
    await api.world.advance(timedelta(days=3))
    caller = await api.world.sign_in("sam@actas.example", Role.PLATFORM_SUPPORT)
    await api.start(caller, acme, ticket="T-2", duration_seconds=60)
    await api.world.advance(timedelta(seconds=61))
    await expiry.expire_due(api.world.database)
    await api.start(caller, other)
    await api.start(caller, acme)
    api.world.admin = await api.world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN)
    assert await conduct(api, "sam@actas.example") == {
        "started": 4,
        "stopped": 1,
        "expired": 1,
        "abandoned": 0,
        "tenants": 2,
        "withoutTicket": 2,
        "breakGlass": 0,
    }
    lately = await conduct(api, "sam@actas.example", days=2)
    assert (lately["started"], lately["stopped"], lately["withoutTicket"]) == (3, 0, 2)
    assert set((await conduct(api, "admin@actas.example")).values()) == {0}
    assert await conduct(api, "sam@actas.example", days=None) == await conduct(api, "sam@actas.example", days=30)
    for days in (0, 367, -1):
        answer = await api.ask(api.world.admin, CONDUCT, days=days)
        assert set(answer.codes) == {"BAD_USER_INPUT"}


async def test_a_tenants_key_hears_of_conduct_in_its_own_tenant_only(api: Api) -> None:
    """Threat 12."""
    own, other = await api.world.tenant("own"), await api.world.tenant("other")
    caller = await api.world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    await api.start(caller, other)
    await api.start(caller, own)
    key = await api.key(Permission.OPERATOR_READ, tenant=own)
    told = await api.data(key, '{ operators(search: "sam") { nodes { conduct { started tenants } } } }')
    assert told["operators"]["nodes"] == [{"conduct": {"started": 1, "tenants": 1}}]


async def test_a_longer_list_takes_no_more_statements(api: Api) -> None:
    query = "{ operators { nodes { roles roleGrants { role } conduct { started } sessions { nodes { id } } } } }"
    engine = api.world.database._engine.sync_engine
    statements: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    try:
        counts = []
        for number in (1, 9):
            for each in range(number):
                await api.world.hire(f"op{number}-{each}@actas.example", Role.PLATFORM_SUPPORT)
            statements.clear()
            await api.data(api.world.admin, query)
            counts.append(len(statements))
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert counts[0] == counts[1]
