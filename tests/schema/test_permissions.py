"""Who may read what, by every path (threats 12, 13, 15, 24, 28; DESIGN section 6)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from db.ledger import ATTEMPTS, PLATFORM
from permissions.caller import Caller, Service
from permissions.ids import uuid7
from permissions.operators import ROLE_PERMISSIONS, Permission, Role
from resolvers.ledger import exists_for
from schema import ids

if TYPE_CHECKING:
    from uuid import UUID

    from tests.schema.conftest import Api

GUARDED = {
    'tenant(slug: "acme") { stripeCustomerId }': Permission.INVOICE_READ,
    'tenant(slug: "acme") { audit { nodes { id } } }': Permission.AUDIT_READ,
    'tenant(slug: "acme") { accessLog { nodes { id } } }': Permission.ACCESS_LOG_READ,
    'tenant(slug: "acme") { activeSessions { ipAddress } }': Permission.ORIGIN_READ,
    'tenant(slug: "acme") { activeSessions { userAgent } }': Permission.ORIGIN_READ,
    'tenant(slug: "acme") { activeSessions { audit { nodes { id } } } }': Permission.AUDIT_READ,
    'tenant(slug: "acme") { activeSessions { accessLog { nodes { id } } } }': Permission.ACCESS_LOG_READ,
    'tenant(slug: "acme") { activeSessions { operator { roles } } }': Permission.OPERATOR_READ,
    'tenant(slug: "acme") { activeSessions { operator { roleGrants { reason } } } }': Permission.OPERATOR_READ,
    'tenant(slug: "acme") { activeSessions { operator { disabled } } }': Permission.OPERATOR_READ,
    'tenant(slug: "acme") { activeSessions { operator { createdAt } } }': Permission.OPERATOR_READ,
    'tenant(slug: "acme") { activeSessions { operator { lastSignInAt } } }': Permission.OPERATOR_READ,
    'tenant(slug: "acme") { activeSessions { operator { sessions { nodes { id } } } } }': Permission.OPERATOR_READ,
    'tenant(slug: "acme") { activeSessions { operator { conduct { started } } } }': Permission.OPERATOR_READ,
    "operators { nodes { email } }": Permission.OPERATOR_READ,
    "serviceKeys { name }": Permission.SERVICE_KEY_MANAGE,
    "tenants { nodes { slug } }": Permission.TENANT_READ,
    "policy { version }": Permission.TENANT_READ,
    "impersonationSessions { nodes { id } }": Permission.TENANT_READ,
    "auditEntries { nodes { id } }": Permission.AUDIT_READ,
    "auditEntries { nodes { ipAddress } }": Permission.ORIGIN_READ,
    "auditEntries { nodes { actor { serviceKey { name } } } }": Permission.SERVICE_KEY_MANAGE,
    'auditEntries(filter: { ipAddress: "203.0.113.7" }) { nodes { id } }': Permission.ORIGIN_READ,
}


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_reads_exactly_what_its_permissions_cover(api: Api, role: Role) -> None:
    """S1-4, S2-1, S3-1, C-10: every cell of role by guarded field."""
    await api.start(api.world.admin, await api.world.tenant("acme"))
    caller = await api.world.newcomer("somebody@actas.example", role)
    for selection, permission in GUARDED.items():
        answer = await api.ask(caller, f"{{ {selection} }}")
        if permission in ROLE_PERMISSIONS[role]:
            assert not answer.errors, (selection, answer.errors)
        else:
            assert set(answer.codes) == {"FORBIDDEN"}, selection
            assert permission in answer.errors[0]["message"]


async def test_somebody_without_any_role_reads_nothing_but_themselves(api: Api) -> None:
    await api.start(api.world.admin, await api.world.tenant("acme"))
    await api.world.hire("nobody@actas.example", None)
    caller = await api.world.sign_in("nobody@actas.example")
    for selection in [*GUARDED, 'tenant(slug: "acme") { name }']:
        answer = await api.ask(caller, f"{{ {selection} }}")
        assert set(answer.codes) == {"FORBIDDEN"}, selection
        assert answer.data is not None
        assert list(answer.data.values()) == [None], selection
    own = await api.data(caller, "{ viewer { operator { email roles disabled createdAt roleGrants { role } } } }")
    assert own["viewer"]["operator"]["roles"] == []


PATHS = {
    "alias": 'query ($node: ID!) { harmless: tenant(slug: "acme") { name: stripeCustomerId } node(id: $node) { id } }',
    "named fragment": """query ($node: ID!) { tenant(slug: "acme") { ...Rest } node(id: $node) { id } }
        fragment Rest on Tenant { stripeCustomerId }""",
    "inline fragment": """query ($node: ID!) { node(id: $node) { id }
        tenant(slug: "acme") { ... on Node { ... on Tenant { stripeCustomerId } } } }""",
    "node": "query ($node: ID!) { node(id: $node) { ... on Tenant { stripeCustomerId } } }",
    "a list": "query ($node: ID!) { tenants { edges { node { stripeCustomerId } } } node(id: $node) { id } }",
    "through a session": """query ($node: ID!) { impersonationSessions { nodes { tenant { stripeCustomerId } } }
        node(id: $node) { id } }""",
    "through an entry": """query ($node: ID!) { node(id: $node) { id }
        auditEntries(filter: { kinds: ["IMPERSONATION_STARTED"] }) {
          nodes { session { tenant { stripeCustomerId } } } } }""",
    "a directive": """query ($node: ID!) { tenant(slug: "acme") { stripeCustomerId @include(if: true) @skip(if: false) }
        node(id: $node) { id } }""",
}


@pytest.mark.parametrize("path", PATHS)
async def test_no_path_reaches_a_guarded_field(api: Api, path: str) -> None:
    """Threat 15: alias, fragment, union, node, list; the same null and FORBIDDEN."""
    acme = await api.world.tenant("acme")
    await api.world.forge("update identity.tenant set stripe_customer_id = 'cus_secret'")
    await api.start(api.world.admin, acme)
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_READONLY)
    node = ids.encode("Tenant", acme.id)
    answer = await api.ask(reader, PATHS[path], node=node)
    assert set(answer.codes) == {"FORBIDDEN"}
    assert "cus_secret" not in str(answer)
    assert "cus_secret" in str(await api.data(api.world.admin, PATHS[path], node=node))


async def test_a_result_union_is_no_way_around_a_guard(api: Api) -> None:
    acme = await api.world.tenant("acme")
    await api.world.forge("update identity.tenant set stripe_customer_id = 'cus_secret'")
    key = await api.key(Permission.TENANT_STATUS_SET)
    answer = await api.ask(
        key,
        """mutation ($id: ID!) { setTenantStatus(input: { tenantId: $id, status: READ_ONLY, reason: "for the test" }) {
          ... on TenantChanged { tenant { name stripeCustomerId audit { nodes { id } } } } } }""",
        id=ids.encode("Tenant", acme.id),
    )
    assert answer.codes == ["FORBIDDEN", "FORBIDDEN"]
    assert answer.data is not None
    assert answer.data["setTenantStatus"]["tenant"] == {"name": "Acme", "stripeCustomerId": None, "audit": None}


async def test_node_asks_for_the_permission_of_the_direct_path_for_every_type(api: Api) -> None:
    acme = await api.world.tenant("acme")
    started = await api.start(api.world.admin, acme)
    key = await api.key(Permission.GUARD_EVENTS)
    other = await api.key(Permission.STATUS_APPEND)
    rows: dict[str, UUID | str] = {
        "Tenant": acme.id,
        "ImpersonationSession": started.session.id,
        "Operator": api.world.admin.id,
        "ServiceKey": other.id,
        "AccessRecord": started.session.id,
        "AuditEntry": f"{acme.id}:1",
    }
    for type_name, row in rows.items():
        answer = await api.ask(key, "query ($id: ID!) { node(id: $id) { id } }", id=ids.encode(type_name, row))
        assert answer.codes == ["FORBIDDEN"], type_name
    own = await api.data(key, "query ($id: ID!) { node(id: $id) { id } }", id=ids.encode("ServiceKey", key.id))
    assert own["node"]


EVERYTHING = """query ($tenant: ID!, $session: ID!, $sid: UUID!, $entry: ID!) {
  byId: tenant(id: $tenant) { slug } bySlug: tenant(slug: "other") { slug }
  node(id: $tenant) { id } sessionNode: node(id: $session) { id } entryNode: node(id: $entry) { id }
  impersonationSession(id: $session) { id } bySid: impersonationSession(uuid: $sid) { id }
  impersonationSessions(filter: { tenantId: $tenant }) { nodes { id } }
  auditEntries(filter: { tenantId: $tenant }) { nodes { id } }
  bySession: auditEntries(filter: { sessionId: $session }) { nodes { id } }
  all: impersonationSessions { nodes { tenant { slug } } }
  ledger: auditEntries(first: 200) { nodes { tenant { slug } } }
  tenants(filter: { search: "o" }) { totalCount nodes { slug } }
}"""
NOTHING: dict[str, Any] = {"nodes": []}


async def test_a_tenants_key_sees_its_own_tenant_and_of_all_others_not_even_that_they_exist(api: Api) -> None:
    """Threats 12, 28, 60: absent and forbidden look the same, on every path."""
    own, other = await api.world.tenant("own"), await api.world.tenant("other")
    for tenant in (own, other):
        await api.start(await api.world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN), tenant)
    session = (await api.data(api.world.admin, '{ tenant(slug: "other") { activeSessions { id uuid } } }'))["tenant"]
    key = await api.key(Permission.TENANT_SIDE_READ, tenant=own)
    named = {
        "tenant": ids.encode("Tenant", other.id),
        "session": session["activeSessions"][0]["id"],
        "sid": session["activeSessions"][0]["uuid"],
        "entry": ids.encode("AuditEntry", f"{other.id}:1"),
    }
    absent = {
        "tenant": ids.encode("Tenant", api.world.admin.id),
        "session": ids.encode("ImpersonationSession", api.world.admin.id),
        "sid": str(api.world.admin.id),
        "entry": ids.encode("AuditEntry", f"{api.world.admin.id}:1"),
    }
    foreign = await api.data(key, EVERYTHING, **named)
    assert foreign == await api.data(key, EVERYTHING.replace('"other"', '"nowhere"'), **absent)
    for path in ("byId", "bySlug", "node", "sessionNode", "entryNode", "impersonationSession", "bySid"):
        assert foreign[path] is None
    for path in ("impersonationSessions", "auditEntries", "bySession"):
        assert foreign[path] == NOTHING
    assert foreign["tenants"] == {"totalCount": 1, "nodes": [{"slug": "own"}]}
    assert {node["tenant"]["slug"] for node in foreign["all"]["nodes"]} == {"own"}
    assert {node["tenant"]["slug"] for node in foreign["ledger"]["nodes"]} == {"own"}


async def test_a_tenant_sees_everything_that_is_in_its_own_ledger_with_who_and_from_where(api: Api) -> None:
    """P3, S2-32: nothing hidden from the tenant."""
    own = await api.world.tenant("own")
    await api.start(api.world.admin, own)
    key = await api.key(Permission.TENANT_SIDE_READ, tenant=own)
    answer = await api.data(
        key,
        """{ tenant(slug: "own") { audit(first: 200) { nodes { kind ipAddress actor { name operator { email } } } }
             sessions { nodes { ipAddress reason operator { name } accessLog { nodes { path } } } } } }""",
    )
    entries = answer["tenant"]["audit"]["nodes"]
    assert [entry["kind"] for entry in entries] == [each.kind for each in reversed(await api.world.entries(own.id))]
    assert entries[0]["ipAddress"] == "203.0.113.7"
    assert entries[0]["actor"]["operator"]["email"] == "admin@actas.example"
    assert answer["tenant"]["sessions"]["nodes"][0]["ipAddress"] == "203.0.113.7"


async def test_a_tenants_key_learns_nothing_of_an_operator_beyond_the_name(api: Api) -> None:
    own = await api.world.tenant("own")
    await api.start(api.world.admin, own)
    key = await api.key(Permission.TENANT_SIDE_READ, tenant=own)
    answer = await api.ask(
        key, '{ tenant(slug: "own") { activeSessions { operator { email roles sessions { nodes { id } } } } } }'
    )
    assert answer.codes == ["FORBIDDEN", "FORBIDDEN"]
    bound = await api.key(Permission.TENANT_SIDE_READ, Permission.OPERATOR_READ, tenant=own)
    other = await api.world.tenant("other")
    await api.start(await api.world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN), other)
    told = await api.data(
        bound,
        '{ tenant(slug: "own") { activeSessions { operator { sessions { nodes { tenant { slug } } } } } } }',
    )
    assert "other" not in str(told)


async def test_an_unbound_key_reads_on_behalf_of_the_tenant_that_it_names_and_lists_none_across(api: Api) -> None:
    """DESIGN section 6: the key of a product with many tenants names the tenant each time."""
    acme = await api.world.tenant("acme")
    await api.start(api.world.admin, acme)
    key = await api.key(Permission.TENANT_SIDE_READ)
    named = await api.data(
        key,
        """query ($id: ID!) { tenant(id: $id) { audit { nodes { kind } } activeSessions { ipAddress } }
           impersonationSessions(filter: { tenantId: $id }) { nodes { id } }
           auditEntries(filter: { tenantId: $id }) { nodes { ipAddress } } }""",
        id=ids.encode("Tenant", acme.id),
    )
    assert named["impersonationSessions"]["nodes"]
    for across in (
        "tenants { nodes { slug } }",
        "impersonationSessions { nodes { id } }",
        "auditEntries { nodes { id } }",
    ):
        answer = await api.ask(key, f"{{ {across} }}")
        assert answer.codes == ["FORBIDDEN"], across
    platform = ids.encode("AuditEntry", "00000000-0000-0000-0000-000000000001:1")
    assert (await api.data(key, "query ($id: ID!) { node(id: $id) { id } }", id=platform))["node"] is None
    assert (await api.data(api.world.admin, "query ($id: ID!) { node(id: $id) { id } }", id=platform))["node"]


def test_an_entry_exists_for_its_own_tenants_key_and_the_platforms_for_nobody_who_reads_for_a_tenant() -> None:
    """Decided for each event of a stream, where no row security stands behind it."""
    own, other = uuid7(), uuid7()

    def seen_by(tenant: UUID | None, *permissions: Permission) -> list[UUID]:
        caller = Caller(
            who=Service(key_id=uuid7(), name="key", tenant_id=tenant), permissions=frozenset(permissions), proof=b""
        )
        chains = (own, other, PLATFORM, ATTEMPTS)
        return [chain for chain in chains if exists_for(caller, SimpleNamespace(chain=chain))]  # type: ignore[arg-type]

    assert seen_by(own, Permission.TENANT_SIDE_READ) == [own]
    assert seen_by(own, Permission.AUDIT_READ) == [own]
    assert seen_by(None, Permission.TENANT_SIDE_READ) == [own, other]
    assert seen_by(None, Permission.AUDIT_READ) == [own, other, PLATFORM, ATTEMPTS]
