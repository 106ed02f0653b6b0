"""Queries: lists, pages, one row by its id, and how many statements they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from permissions.operators import Permission, Role
from permissions.policy import TenantStatus
from schema import ids

if TYPE_CHECKING:
    from tests.schema.conftest import Api

TENANTS = """
  query Tenants(
    $first: Int, $after: String, $last: Int, $before: String, $filter: TenantFilter, $orderBy: TenantOrder
  ) {
    tenants(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount nodes { slug } edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
"""


async def test_a_list_of_tenants_is_paged_both_ways_without_repeating_or_skipping(api: Api) -> None:
    for slug in "abcde":
        await api.world.tenant(f"{slug}-co")
    seen: list[str] = []
    after = None
    while True:
        page = (await api.data(api.world.admin, TENANTS, first=2, after=after))["tenants"]
        assert page["totalCount"] == 5
        seen += [node["slug"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["a-co", "b-co", "c-co", "d-co", "e-co"]
    back = (await api.data(api.world.admin, TENANTS, last=2, before=after))["tenants"]
    assert [node["slug"] for node in back["nodes"]] == ["c-co", "d-co"]
    assert back["pageInfo"]["hasPreviousPage"]


async def test_plans_and_regions_to_filter_by_are_those_that_there_are_and_to_a_tenants_key_its_own(api: Api) -> None:
    change = """mutation ($id: ID!, $plan: String, $region: String) {
      updateTenant(input: { tenantId: $id, plan: $plan, region: $region }) { __typename } }"""
    north, south, _ = [await api.world.tenant(slug) for slug in ("north", "south", "west")]
    for tenant, plan, region in ((north, "Plus", "eu"), (south, "Free", "eu")):
        given = {"id": ids.encode("Tenant", tenant.id), "plan": plan, "region": region}
        assert (await api.data(api.world.admin, change, **given))["updateTenant"]["__typename"] == "TenantChanged"
    query = "{ tenantFacets { plans regions } }"
    assert (await api.data(api.world.admin, query))["tenantFacets"] == {"plans": ["Free", "Plus"], "regions": ["eu"]}
    bound = await api.key(Permission.TENANT_READ, tenant=south)
    assert (await api.data(bound, query))["tenantFacets"] == {"plans": ["Free"], "regions": ["eu"]}


async def test_twenty_tenants_with_all_that_belongs_to_them_cost_one_statement_for_each_field(api: Api) -> None:
    """Breadth-first: a field that loads does so for all its parents at once."""
    query = """{ tenants(first: 200) { nodes {
        name policy { version } impersonability { state }
        activeSessions { operator { name } tenant { slug } }
        sessions(first: 3) { nodes { operator { name roles } endedBy { operator { email } } audit(first: 2) { nodes {
          kind actor { operator { name } } } } accessLog(first: 1) { nodes { path } } } }
        ledger { sequence } audit(first: 2) { nodes { summary actor { name operator { name } } session { mode } } }
    } } }"""
    # tenants; policy and impersonability; activeSessions, operator, tenant; sessions, operator, roles, operator, audit,
    # operator, accessLog; ledger; audit, operator, session; and the record that it was looked at. Fewer where two
    # fields load the same in the same turn of the event loop.
    at_most = 18
    for number in range(20):
        caller = await api.world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN)
        await api.start(caller, await api.world.tenant(f"tenant-{number:02}"))
    statements = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = api.world.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    found = await api.data(api.world.admin, query)
    event.remove(engine, "before_cursor_execute", note)
    assert len(found["tenants"]["nodes"]) == 20
    assert 10 <= len([each for each in statements if "audit." in each or "identity." in each]) <= at_most, statements


async def test_a_tenant_tells_its_sessions_ledger_and_whether_it_may_be_entered(api: Api) -> None:
    acme = await api.world.tenant("acme")
    started = await api.start(api.world.admin, acme)
    found = (
        await api.data(
            api.world.admin,
            """query ($slug: String!) { tenant(slug: $slug) {
              slug status workspaceUrl policy { defaultDurationSeconds landingPath }
              impersonability { state code modes }
              activeSessions { uuid state mode reason operator { email } durationSeconds requestCount }
              sessions { nodes { uuid ipAddress userAgent approval { state } } }
              audit { nodes { kind sequence hash previousHash details summary } } ledger { sequence hash at signature }
            } }""",
            slug="acme",
        )
    )["tenant"]
    assert found["impersonability"] == {"state": "ENABLED", "code": None, "modes": ["READ_ONLY", "READ_WRITE"]}
    assert [session["uuid"] for session in found["activeSessions"]] == [str(started.session.id)]
    assert found["sessions"]["nodes"][0]["ipAddress"] == "203.0.113.7"
    entries = found["audit"]["nodes"]
    assert [entry["kind"] for entry in entries] == [
        "IMPERSONATION_STARTED",
        "TENANT_STATUS_CHANGED",
        "TENANT_REGISTERED",
    ]
    assert entries[0]["details"]["reason"] == started.session.reason
    assert entries[0]["previousHash"] == entries[1]["hash"]
    assert found["ledger"] == {
        "sequence": 3,
        "hash": entries[0]["hash"],
        "at": found["ledger"]["at"],
        "signature": None,
    }


async def test_sessions_are_found_by_a_period_that_somebody_was_inside_in(api: Api) -> None:
    started = (await api.start(api.world.admin, await api.world.tenant("acme"))).session
    query = """query ($filter: SessionFilter) { impersonationSessions(filter: $filter) { nodes { uuid } } }"""
    minute, now = timedelta(minutes=1), await api.world.advance(timedelta(minutes=10))
    for since, until, found in [
        (now - minute, now, [{"uuid": str(started.id)}]),
        (now + minute, now + 2 * minute, []),
        (started.started_at - minute, started.started_at, []),
    ]:
        period = {"insideSince": since.isoformat(), "insideUntil": until.isoformat()}
        assert (await api.data(api.world.admin, query, filter=period))["impersonationSessions"]["nodes"] == found


async def test_sessions_are_found_by_their_ticket_after_they_are_over(api: Api) -> None:
    """Everywhere that sessions are listed."""
    session = (await api.start(api.world.admin, await api.world.tenant("acme"), ticket="SUP-3474")).session
    await api.start(api.world.admin, await api.world.tenant("other"), ticket="SUP-3475")
    query = """query ($filter: SessionFilter) {
      impersonationSessions(filter: $filter) { nodes { uuid state ticket } }
      tenant(slug: "acme") { sessions(filter: $filter) { nodes { uuid } } }
      operators(search: "admin@") { nodes { sessions(filter: $filter) { nodes { uuid } } } } }"""
    found = await api.data(api.world.admin, query, filter={"ticket": " sup-3474 "})
    over = {"uuid": str(session.id), "state": "ENDED", "ticket": "SUP-3474"}
    assert found["impersonationSessions"]["nodes"] == [over]
    assert found["tenant"]["sessions"]["nodes"] == [{"uuid": str(session.id)}]
    assert found["operators"]["nodes"][0]["sessions"]["nodes"] == [{"uuid": str(session.id)}]
    refused = await api.ask(api.world.admin, query, filter={"ticket": "SUP\0"})
    assert set(refused.codes) == {"BAD_USER_INPUT"}


async def test_a_button_is_disabled_with_the_reason_where_the_tenant_may_not_be_entered_now(api: Api) -> None:
    await api.world.tenant("gone", TenantStatus.SUSPENDED)
    query = '{ tenant(slug: "gone") { impersonability { state code explanation modes } } }'
    support = await api.world.newcomer("support@actas.example", Role.PLATFORM_SUPPORT)
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_READONLY)
    barred = (await api.data(support, query))["tenant"]["impersonability"]
    assert (barred["state"], barred["code"]) == ("DISABLED", "TENANT_SUSPENDED")
    assert "Gone is suspended" in barred["explanation"]
    hidden = (await api.data(reader, query))["tenant"]["impersonability"]
    assert (hidden["state"], hidden["modes"]) == ("HIDDEN", [])


async def test_the_viewer_knows_who_they_are_and_which_session_runs_in_this_browser(api: Api) -> None:
    acme = await api.world.tenant("acme")
    query = "{ viewer { operator { email roles disabled } serviceKey { name } permissions impersonation { uuid } } }"
    support = await api.world.newcomer("support@actas.example", Role.PLATFORM_SUPPORT)
    started = await api.start(support, acme)
    elsewhere = await api.world.sign_in("support@actas.example", Role.PLATFORM_SUPPORT)
    viewer = (await api.data(support, query))["viewer"]
    assert viewer["operator"] == {"email": "support@actas.example", "roles": ["PLATFORM_SUPPORT"], "disabled": False}
    assert viewer["impersonation"] == {"uuid": str(started.session.id)}
    assert "IMPERSONATE_READ_WRITE" in viewer["permissions"]
    assert (await api.data(elsewhere, query))["viewer"]["impersonation"] is None
    key = await api.key(Permission.GUARD_EVENTS)
    viewer = (await api.data(key, query))["viewer"]
    assert viewer == {
        "operator": None,
        "serviceKey": {"name": "test service"},
        "permissions": ["GUARD_EVENTS"],
        "impersonation": None,
    }


@pytest.mark.parametrize(
    ("variables", "argument"),
    [
        ({"first": 201}, "first"),
        ({"first": -1}, "first"),
        ({"last": 201}, "last"),
        ({"after": "bm90IGEgY3Vyc29y"}, "after"),
        ({"before": "é"}, "before"),
        ({"filter": {"search": "a\0b"}}, "filter.search"),
    ],
)
async def test_a_page_that_cannot_be_is_refused_with_the_argument_named(
    shared_api: Api, variables: dict[str, object], argument: str
) -> None:
    answer = await shared_api.ask(shared_api.world.admin, TENANTS, **variables)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert f"`{argument}`" in answer.errors[0]["message"]


async def test_a_cursor_of_another_list_or_order_is_refused(api: Api) -> None:
    await api.world.tenant("acme")
    cursor = (await api.data(api.world.admin, TENANTS))["tenants"]["pageInfo"]["endCursor"]
    answer = await api.ask(api.world.admin, TENANTS, after=cursor, orderBy="CREATED_AT_DESC")
    assert answer.codes == ["BAD_USER_INPUT"]
    foreign = await api.ask(
        api.world.admin, "query ($a: String) { auditEntries(after: $a) { nodes { id } } }", a=cursor
    )
    assert foreign.codes == ["BAD_USER_INPUT"]


async def test_every_kind_of_thing_is_found_again_by_its_global_id(api: Api) -> None:
    acme = await api.world.tenant("acme")
    await api.start(api.world.admin, acme)
    found = await api.data(
        api.world.admin,
        """{ tenant(slug: "acme") { id activeSessions { id operator { id } } audit(first: 1) { nodes { id } } } }""",
    )
    tenant = found["tenant"]
    session = tenant["activeSessions"][0]
    ids = [tenant["id"], session["id"], session["operator"]["id"], tenant["audit"]["nodes"][0]["id"]]
    for each in ids:
        query = "query ($id: ID!) { node(id: $id) { id __typename } }"
        assert (await api.data(api.world.admin, query, id=each))["node"]["id"] == each


@pytest.mark.parametrize("given", ["", "?", "VGVuYW50Og==", "VGVuYW50OmFjbWU=", "Tm90aGluZzox", "QXVkaXRFbnRyeToxOjE="])
async def test_an_id_that_nobody_gave_out_is_bad_input(shared_api: Api, given: str) -> None:
    answer = await shared_api.ask(shared_api.world.admin, "query ($id: ID!) { node(id: $id) { id } }", id=given)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert (
        await shared_api.ask(shared_api.world.admin, "query ($id: ID) { tenant(id: $id) { id } }", id=given)
    ).codes == ["BAD_USER_INPUT"]
