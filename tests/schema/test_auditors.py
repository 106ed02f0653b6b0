"""What auditors ask: what operators looked at, whether a chain is whole; and what is empty until it can be made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from permissions.ids import uuid7
from permissions.operators import ROLE_PERMISSIONS, Permission, Role
from schema import ids

if TYPE_CHECKING:
    from tests.schema.conftest import Api

ACTIVITY = """query ($first: Int, $after: String, $operator: ID, $tenant: ID, $since: DateTime, $until: DateTime) {
  activity(first: $first, after: $after, operatorId: $operator, tenantId: $tenant, since: $since, until: $until) {
    nodes { id at operation fields refused operator { email } tenants { slug } }
    pageInfo { hasNextPage endCursor } } }"""
CHECK = "query ($tenant: ID) { ledgerCheck(tenantId: $tenant) { ok entries brokenAt explanation } }"


async def looked(api: Api, **asked: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await api.data(api.world.admin, ACTIVITY, **asked))["activity"]["nodes"]
    return nodes


async def test_what_an_operator_looked_at_is_told_with_the_tenants_that_were_shown(api: Api) -> None:
    """S1-8, S1-9: reads are logged too, and somebody can read the log."""
    await api.world.tenant("acme")
    await api.world.tenant("other")
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_READONLY)
    await api.data(reader, 'query Look { tenant(slug: "acme") { name } }')
    await api.ask(reader, 'query Pry { tenant(slug: "other") { stripeCustomerId } serviceKeys { id } }')
    pried, seen = await looked(api, operator=ids.encode("Operator", reader.id))
    assert (seen["operation"], seen["fields"], seen["refused"]) == ("query Look", ["tenant"], False)
    assert (seen["operator"], seen["tenants"]) == ({"email": "reader@actas.example"}, [{"slug": "acme"}])
    assert (pried["operation"], pried["refused"]) == ("query Pry", True)
    assert pried["fields"] == ["tenant", "serviceKeys"]


async def test_the_list_is_narrowed_by_tenant_and_time_and_paged_without_repeating(api: Api) -> None:
    acme = await api.world.tenant("acme")
    await api.world.tenant("other")
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_READONLY)
    for slug in ("acme", "other", "acme"):
        await api.data(reader, "query ($slug: String) { tenant(slug: $slug) { name } }", slug=slug)
    operator = ids.encode("Operator", reader.id)
    tenant = ids.encode("Tenant", acme.id)
    assert [each["tenants"] for each in await looked(api, operator=operator, tenant=tenant)] == [[{"slug": "acme"}]] * 2
    newest, middle, oldest = await looked(api, operator=operator)
    assert [each["id"] for each in await looked(api, operator=operator, since=middle["at"])] == [
        newest["id"],
        middle["id"],
    ]
    assert [each["id"] for each in await looked(api, operator=operator, until=middle["at"])] == [oldest["id"]]
    paged: list[str] = []
    after, more = None, True
    while more:
        page = (await api.data(api.world.admin, ACTIVITY, first=1, after=after, operator=operator))["activity"]
        paged += [each["id"] for each in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert paged == [newest["id"], middle["id"], oldest["id"]]
    node = "query ($id: ID!) { node(id: $id) { id ... on ActivityRecord { operation } } }"
    assert (await api.data(api.world.admin, node, id=oldest["id"]))["node"]["id"] == oldest["id"]


async def test_who_reads_on_a_tenants_behalf_learns_nothing_of_what_operators_looked_at(api: Api) -> None:
    """DESIGN section 6: ledger, access log, sessions, grants and policy, and nothing else; on no path."""
    own = await api.world.tenant("own")
    await api.data(api.world.admin, '{ tenant(slug: "own") { name } }')
    (record, *_) = await looked(api)
    keys = [
        await api.key(Permission.TENANT_SIDE_READ, tenant=own),
        await api.key(Permission.TENANT_SIDE_READ),
        await api.key(Permission.AUDIT_READ, Permission.TENANT_READ, tenant=own),
    ]
    for key in keys:
        for asked in ({}, {"tenant": ids.encode("Tenant", own.id)}):
            assert (await api.ask(key, ACTIVITY, **asked)).codes == ["FORBIDDEN"]
        node = await api.data(key, "query ($id: ID!) { node(id: $id) { id } }", id=record["id"])
        assert node["node"] is None
    across = await api.key(Permission.AUDIT_READ)
    assert (await api.data(across, "{ activity { nodes { operation } } }"))["activity"]["nodes"]


async def test_a_chain_is_checked_for_who_may_read_it(api: Api) -> None:
    """P4, as anybody who may read the ledger can see it."""
    own, other = await api.world.tenant("own"), await api.world.tenant("other")
    whole = {"ok": True, "entries": 2, "brokenAt": None, "explanation": None}
    given = ids.encode("Tenant", own.id)
    assert (await api.data(api.world.admin, CHECK, tenant=given))["ledgerCheck"] == whole
    platform = (await api.data(api.world.admin, CHECK))["ledgerCheck"]
    assert platform["ok"]
    assert platform["entries"] >= 2
    bound = await api.key(Permission.TENANT_SIDE_READ, tenant=own)
    assert (await api.data(bound, CHECK))["ledgerCheck"] == whole | {"entries": 3}, "its own by default"
    foreign = ids.encode("Tenant", other.id)
    assert (await api.data(bound, CHECK, tenant=foreign))["ledgerCheck"] is None
    assert (await api.data(bound, CHECK, tenant=ids.encode("Tenant", uuid7())))["ledgerCheck"] is None
    unbound = await api.key(Permission.TENANT_SIDE_READ)
    assert (await api.data(unbound, CHECK, tenant=foreign))["ledgerCheck"] == whole
    assert (await api.ask(unbound, CHECK)).codes == ["FORBIDDEN"]
    await api.world.forge("alter table audit.entry disable trigger append_only")
    await api.world.forge("update audit.entry set summary = 'Nothing happened.' where chain = $1 and seq = 2", own.id)
    broken = (await api.data(bound, CHECK))["ledgerCheck"]
    assert (broken["ok"], broken["entries"], broken["brokenAt"]) == (False, 1, 2)
    assert "was changed after it was written" in broken["explanation"]


NOT_YET = {
    "locks { id }": (Permission.TENANT_READ, []),
    "locks(inForceOnly: false) { target value message createdBy { name } }": (Permission.TENANT_READ, []),
    """aiUsage(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z") {
         minimumTenants withheld buckets { costUsd } }""": (
        Permission.AI_USAGE_READ,
        {"minimumTenants": 5, "withheld": 0, "buckets": []},
    ),
    """platformStatus { overall migrations { name } edgeFunctions { p50Ms p95Ms } queues { depth }
         errorRate { ratio } }""": (
        Permission.STATUS_READ,
        {"overall": "UNKNOWN", "migrations": [], "edgeFunctions": [], "queues": [], "errorRate": {"ratio": 0.0}},
    ),
}


@pytest.mark.parametrize("role", list(Role))
async def test_what_cannot_be_made_yet_is_empty_and_guarded_all_the_same(shared_api: Api, role: Role) -> None:
    caller = await shared_api.world.operator(role)
    for selection, (permission, empty) in NOT_YET.items():
        answer = await shared_api.ask(caller, f"{{ it: {selection} }}")
        if permission in ROLE_PERMISSIONS[role]:
            assert answer.data == {"it": empty}, selection
        else:
            assert (answer.codes, answer.data) == (["FORBIDDEN"], {"it": None})


async def test_a_tenant_has_no_grants_and_no_invoices_yet(shared_api: Api) -> None:
    tenant = await shared_api.world.somewhere()
    query = "query ($id: ID!) { tenant(id: $id) { grants(inForceOnly: false) { id } invoices(first: 5) { total } } }"
    given = ids.encode("Tenant", tenant.id)
    found = await shared_api.data(shared_api.world.admin, query, id=given)
    assert found["tenant"] == {"grants": [], "invoices": []}
    reader = await shared_api.world.operator(Role.PLATFORM_READONLY)
    answer = await shared_api.ask(reader, query, id=given)
    assert (answer.codes, answer.data) == (["FORBIDDEN"], {"tenant": {"grants": [], "invoices": None}})
    for kind in ("Grant", "Lock"):
        found = await shared_api.data(
            shared_api.world.admin, "query ($id: ID!) { node(id: $id) { id } }", id=ids.encode(kind, uuid7())
        )
        assert found["node"] is None


@pytest.mark.parametrize(
    ("since", "until", "interval"),
    [
        ("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z", "DAY"),
        ("2026-02-02T00:00:00Z", "2026-02-01T00:00:00Z", "DAY"),
        ("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "HOUR"),
        ("0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "MONTH"),
    ],
)
async def test_a_range_of_usage_that_no_chart_shows_is_bad_input(
    shared_api: Api, since: str, until: str, interval: str
) -> None:
    query = """query ($since: DateTime!, $until: DateTime!, $interval: Interval) {
      aiUsage(from: $since, to: $until, interval: $interval, groupBy: NONE) { withheld } }"""
    answer = await shared_api.ask(shared_api.world.admin, query, since=since, until=until, interval=interval)
    assert answer.codes == ["BAD_USER_INPUT"]
