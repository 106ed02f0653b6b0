"""Idempotency keys that come again with another input, on every mutation of the schema that takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from permissions.operators import Permission, Role
from permissions.policy import TenantStatus
from permissions.refusals import Refused
from resolvers import keys
from schema import ids
from tests.schema.places import places

if TYPE_CHECKING:
    from permissions.caller import Caller
    from tests.schema.conftest import Api

TAKING = {place.fields[0]: place.takes.args["input"].type for place in places() if place.name == "idempotencyKey"}
# A start that is turned down is an entry, too (P8).
CHANGES = "select count(*) from audit.entry where kind <> 'IMPERSONATION_REFUSED'"
WHY = {"reason": "for the test"}
# What else an input may say, once the first has happened.
OTHER: dict[str, dict[str, Any]] = {
    "registerTenant": {"name": "Another"},
    "issueServiceKey": {"name": "another"},
    "endImpersonation": {"onBehalfOf": "somebody else"},
}


async def first_inputs(api: Api, caller: Caller) -> dict[str, dict[str, Any]]:
    """For each mutation an input that something comes of."""
    world = api.world

    async def tenant(status: TenantStatus = TenantStatus.ACTIVE) -> dict[str, Any]:
        return {"tenantId": ids.encode("Tenant", (await world.somewhere(status)).id)}

    async def operator(role: Role | None = Role.PLATFORM_SUPPORT) -> dict[str, Any]:
        return {"operatorId": ids.encode("Operator", (await world.operator(role)).id)}

    async def session(of: Caller) -> dict[str, Any]:
        started = await api.start(of, await world.somewhere())
        return {"sessionId": ids.encode("ImpersonationSession", started.session.id)}

    disabled = await operator()
    disable = "mutation ($i: DisableOperatorInput!) { disableOperator(input: $i) { __typename } }"
    await api.data(world.admin, disable, i=disabled | WHY)
    issued = await keys.issue(world.database, world.admin, name="old", permissions=[Permission.TENANT_READ])
    assert not isinstance(issued, Refused)
    grantee = await world.operator(None)
    assert grantee.person
    return {
        "registerTenant": {"slug": "first", "name": "First"},
        "setTenantStatus": await tenant() | WHY | {"status": "READ_ONLY"},
        "suspendTenant": await tenant() | WHY,
        "liftSuspension": await tenant(TenantStatus.SUSPENDED) | WHY,
        "grantRole": {"email": grantee.person.email, "role": "PLATFORM_SUPPORT"} | WHY,
        "revokeRole": await operator() | {"role": "PLATFORM_SUPPORT"} | WHY,
        "disableOperator": await operator() | WHY,
        "enableOperator": disabled | WHY,
        "issueServiceKey": {"name": "new", "permissions": ["TENANT_READ"]},
        "revokeServiceKey": {"id": ids.encode("ServiceKey", issued.key.id)} | WHY,
        "revokeImpersonation": await session(await world.operator()) | WHY,
        "changeImpersonationMode": await session(caller) | {"mode": "READ_WRITE"} | WHY,
        "startImpersonation": await tenant() | WHY,
        "endImpersonation": {},
    }


async def test_a_key_that_comes_again_with_another_input_is_refused_and_changes_nothing(api: Api) -> None:
    """On every mutation: CONFLICT, by the field's name, and what to do; across mutations, too."""
    admin = api.world.admin
    inputs = await first_inputs(api, admin)
    assert inputs.keys() == TAKING.keys()

    async def ask(name: str, given: dict[str, Any]) -> dict[str, Any]:
        query = f"""mutation ($input: {TAKING[name]}) {{ {name}(input: $input) {{
          __typename ... on Refused {{ code message problems {{ field }} }} }} }}"""
        answered: dict[str, Any] = (await api.data(admin, query, input=given))[name]
        return answered

    for name, given in inputs.items():
        key = {"idempotencyKey": f"the key of {name}"}
        done = await ask(name, given | key)
        assert done["__typename"] != "Refused", (name, done)
        before = await api.world.admin_sql(CHANGES)
        again = await ask(name, given | key)
        if name != "issueServiceKey":  # its secret is told once
            assert again["__typename"] == done["__typename"], (name, again)
        other = given | OTHER.get(name, {"reason": "for another reason"}) | key
        refused = await ask(name, other)
        assert (refused["__typename"], refused.get("code")) == ("Refused", "CONFLICT"), (name, refused)
        assert refused["problems"] == [{"field": "idempotencyKey"}]
        assert "another input. Make a new key." in refused["message"]
        elsewhere = "liftSuspension" if name == "suspendTenant" else "suspendTenant"
        refused = await ask(elsewhere, inputs[elsewhere] | key)
        assert refused.get("code") == "CONFLICT", (name, refused)
        assert await api.world.admin_sql(CHANGES) == before, name


@pytest.mark.parametrize("key", ["", "x" * 201, "a\0b", "\u202e"])
async def test_a_key_that_is_none_is_refused_on_every_mutation(api: Api, key: str) -> None:
    for name, given in (await first_inputs(api, api.world.admin)).items():
        query = f"mutation ($input: {TAKING[name]}) {{ {name}(input: $input) {{ ... on Refused {{ code message }} }} }}"
        answered = (await api.data(api.world.admin, query, input=given | {"idempotencyKey": key}))[name]
        assert answered == {
            "code": "INPUT_INVALID",
            "message": "An idempotencyKey has 1 to 200 plain characters.",
        }, name
