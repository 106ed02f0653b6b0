"""What is known of a tenant, changed field by field, and told to its ledger, consoles and guards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from permissions.operators import Permission, Role
from resolvers import ending
from schema import ids
from tests.schema.test_streams import GUARD, TENANTS

if TYPE_CHECKING:
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.schema.conftest import Api

UPDATE = """mutation ($input: UpdateTenantInput!) { updateTenant(input: $input) { __typename
  ... on TenantChanged { sessionsEnded { uuid }
    tenant { name plan region workspaceUrl supportUrl stripeCustomerId metadata status slug } }
  ... on Refused { code problems { field } } } }"""


async def update(api: Api, tenant: Tenant, caller: Caller | None = None, **given: Any) -> dict[str, Any]:
    known = {"tenantId": ids.encode("Tenant", tenant.id)} | given
    answer: dict[str, Any] = (await api.data(caller or api.world.admin, UPDATE, input=known))["updateTenant"]
    return answer


async def test_a_field_that_is_left_out_stays_and_null_takes_a_value_away(shared_api: Api) -> None:
    tenant = await shared_api.world.somewhere()
    first = await update(shared_api, tenant, plan="Plus", region="eu", metadata={"a": 1, "b": [True]}, name=" New AG ")
    assert first["tenant"] == {
        "name": "New AG",
        "plan": "Plus",
        "region": "eu",
        "workspaceUrl": tenant.workspace_url,
        "supportUrl": None,
        "stripeCustomerId": None,
        "metadata": {"a": 1, "b": [True]},
        "status": "ACTIVE",
        "slug": tenant.slug,
    }
    then = (await update(shared_api, tenant, plan=None, metadata=None, supportUrl="https://help.example"))["tenant"]
    assert (then["plan"], then["region"], then["metadata"]) == (None, "eu", {})
    assert then["supportUrl"] == "https://help.example"


async def test_the_ledger_tells_from_what_to_what_but_no_metadata_and_no_id_at_stripe(shared_api: Api) -> None:
    """P3; whoever reads the ledger may not read invoices (Permission.INVOICE_READ)."""
    tenant = await shared_api.world.somewhere()
    await update(shared_api, tenant, metadata={"keep": 1, "drop": 2, "truth": True})
    await update(
        shared_api,
        tenant,
        plan="Plus",
        stripeCustomerId="cus_secret",
        metadata={"keep": 1, "truth": 1, "add": "private"},
    )
    entry = (await shared_api.world.entries(tenant.id))[-1]
    told = json.loads(entry.details)
    assert entry.kind == "TENANT_UPDATED"
    assert entry.actor_id == shared_api.world.admin.id
    assert told["changed"] == ["plan", "stripeCustomerId", "metadata"]
    assert (told["was"], told["now"]) == ({"plan": None}, {"plan": "Plus"})
    assert told["metadataChanged"] == ["add", "drop", "truth"]
    assert "cus_secret" not in entry.details
    assert "private" not in entry.details
    assert entry.summary.endswith("was changed: plan, stripeCustomerId and metadata.")


async def test_the_same_again_is_no_change_and_writes_nothing(shared_api: Api) -> None:
    tenant = await shared_api.world.somewhere()
    written = len(await shared_api.world.entries(tenant.id))
    same: list[dict[str, Any]] = [{}, {"name": f" {tenant.name} "}, {"metadata": {}}, {"plan": None, "region": None}]
    for given in same:
        assert (await update(shared_api, tenant, **given))["code"] == "NO_CHANGE"
    assert len(await shared_api.world.entries(tenant.id)) == written


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"plan": "a\0"}, "plan"),
        ({"workspaceUrl": "http://evil.example"}, "workspaceUrl"),
        ({"workspaceUrl": f"https://{'a' * 254}"}, "workspaceUrl"),
        ({"supportUrl": "javascript:x"}, "supportUrl"),
        ({"supportUrl": f"https://help.example/{'a' * 2000}"}, "supportUrl"),
        ({"metadata": []}, "metadata"),
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {"a": "\u202e"}}, "metadata"),
        ({"metadata": {"a": "x" * 17_000}}, "metadata"),
    ],
    ids=lambda each: repr(each)[:40],
)
async def test_what_cannot_be_kept_is_named_as_at_registration(
    shared_api: Api, wrong: dict[str, Any], field: str
) -> None:
    """Threat 33."""
    refused = await update(shared_api, await shared_api.world.somewhere(), **wrong)
    assert (refused["code"], refused["problems"]) == ("INPUT_INVALID", [{"field": field}])


async def test_a_workspace_moves_only_while_nobody_is_inside(shared_api: Api) -> None:
    """A token is good for one origin: a session would be lost half way, its code sent to another place."""
    world = shared_api.world
    tenant, caller = await world.somewhere(), await world.operator()
    await shared_api.start(caller, tenant)
    refused = await update(shared_api, tenant, workspaceUrl="https://new.example")
    assert (refused["code"], refused["problems"]) == ("CONFLICT", [{"field": "workspaceUrl"}])
    assert (await update(shared_api, tenant, plan="Plus"))["tenant"]["plan"] == "Plus", "the rest changes"
    await ending.end(world.database, caller, session_id=None)
    moved = await update(shared_api, tenant, workspaceUrl="https://new.example")
    assert moved["tenant"]["workspaceUrl"] == "https://new.example"


async def test_who_may_not_register_may_not_update_and_a_bound_key_only_its_own(shared_api: Api) -> None:
    own, other = await shared_api.world.somewhere(), await shared_api.world.somewhere()
    key = await shared_api.key(Permission.TENANT_REGISTER, tenant=own)
    assert (await update(shared_api, other, key, plan="Plus"))["code"] == "NOT_FOUND"
    given = {"tenantId": ids.encode("Tenant", own.id), "plan": "Plus"}
    mine = "mutation ($input: UpdateTenantInput!) { updateTenant(input: $input) { __typename } }"
    assert (await shared_api.data(key, mine, input=given))["updateTenant"] == {"__typename": "TenantChanged"}
    for role in (Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY):
        answer = await shared_api.ask(await shared_api.world.operator(role), mine, input=given)
        assert answer.codes == ["FORBIDDEN"]


async def test_consoles_and_guards_hear_of_it(api: Api) -> None:
    """S1-35: a suspended tenant's people see the support link of now."""
    acme = await api.world.tenant("acme")
    guard = await api.key(Permission.GUARD_EVENTS)
    async with api.socket(api.world.admin) as console, api.socket(guard) as workspace:
        await console.subscribe(TENANTS.replace("tenant { slug", "tenant { plan slug"))
        await workspace.subscribe(GUARD)
        await console.until("tenantEvents", "SNAPSHOT_END")
        await workspace.until("guardEvents", "SNAPSHOT_END")
        await update(api, acme, plan="Plus", supportUrl="https://help.example")
        assert (await console.event("tenantEvents"))["tenant"]["plan"] == "Plus"
        told = (await workspace.until("guardEvents", "TENANT_STATUS"))[-1]
        assert (told["tenantSlug"], told["supportUrl"]) == ("acme", "https://help.example")
