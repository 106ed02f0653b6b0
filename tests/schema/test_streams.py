"""Subscriptions over real sockets: what is true now, then every change, for as long as the viewer may see it."""

# long because: each stream is tried as one conversation
from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from db.engine import Database
from db.positions import Position
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.policy import TenantStatus
from resolvers import access, ending, operators, roles, tenants
from resolvers.access import AccessRecord
from resolvers.tenants import SetStatus
from schema import ids
from tests.world import REASON

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.schema.conftest import Api

PATIENCE = 10.0
SESSIONS = """subscription ($tenant: ID, $operator: ID, $after: String) {
  sessionEvents(tenantId: $tenant, operatorId: $operator, after: $after) {
    change at position session { uuid state endCause tenant { slug } operator { email } } } }"""
TENANTS = """subscription ($tenant: ID, $after: String) { tenantEvents(tenantId: $tenant, after: $after) {
    change position tenant { slug status activeSessions { uuid } } } }"""
AUDIT = """subscription ($filter: AuditFilter, $after: String) { auditEvents(filter: $filter, after: $after) {
    change position entry { kind sequence tenant { slug } summary } } }"""
GUARD = """subscription ($after: String) { guardEvents(after: $after) {
    change at position tenantUuid tenantSlug tenantStatus supportUrl sessionUuid mode expiresAt endCause
    banner { tenantName operatorName operatorEmail reason startedAt expiresAt presence } } }"""


async def end(api: Api, caller: Caller) -> None:
    await ending.end(api.world.database, caller, session_id=None)


async def suspend(api: Api, tenant: Tenant) -> None:
    await tenants.suspend(
        api.world.database,
        api.world.admin,
        SetStatus(tenant_id=tenant.id, to=TenantStatus.SUSPENDED, reason="for the test"),
    )


async def support(api: Api) -> Caller:
    if "support@actas.example" not in api.world.people:
        await api.world.hire("support@actas.example", Role.PLATFORM_SUPPORT)
    return await api.world.sign_in("support@actas.example", Role.PLATFORM_SUPPORT)


async def test_sessions_begin_with_those_that_are_live_and_go_on_with_each_start_and_end(api: Api) -> None:
    acme = await api.world.tenant("acme")
    first = await api.start(api.world.admin, acme)
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS)
        events = await socket.until("sessionEvents", "SNAPSHOT_END")
        assert [(each["change"], (each["session"] or {}).get("uuid")) for each in events] == [
            ("SNAPSHOT", str(first.session.id)),
            ("SNAPSHOT_END", None),
        ]
        caller = await support(api)
        second = await api.start(caller, acme)
        started = await socket.event("sessionEvents")
        assert (started["change"], started["session"]["uuid"]) == ("STARTED", str(second.session.id))
        assert started["session"]["operator"] == {"email": "support@actas.example"}
        await end(api, caller)
        ended = await socket.event("sessionEvents")
        assert (ended["change"], ended["session"]["state"], ended["session"]["endCause"]) == (
            "ENDED",
            "ENDED",
            "STOPPED",
        )


async def test_a_stream_goes_on_from_a_position_with_all_that_happened_meanwhile_and_nothing_twice(api: Api) -> None:
    """P7: nothing is lost over a reconnect."""
    acme = await api.world.tenant("acme")
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS)
        position = (await socket.until("sessionEvents", "SNAPSHOT_END"))[-1]["position"]
    expected = []
    for _ in range(3):
        caller = await support(api)
        started = await api.start(caller, acme)
        await end(api, caller)
        expected += [("STARTED", str(started.session.id)), ("ENDED", str(started.session.id))]
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS, after=position)
        events = [await socket.event("sessionEvents") for _ in expected]
        assert [(each["change"], each["session"]["uuid"]) for each in events] == expected
        middle = events[2]["position"]
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS, after=middle)
        again = [await socket.event("sessionEvents") for _ in expected[3:]]
        assert [(each["change"], each["session"]["uuid"]) for each in again] == expected[3:]


async def test_a_position_that_the_feed_does_not_hold_gives_a_gap_and_a_fresh_snapshot(api: Api) -> None:
    first = await api.start(api.world.admin, await api.world.tenant("acme"))
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS, after=Position(1, b"\1" * 32).encode())
        events = await socket.until("sessionEvents", "SNAPSHOT_END")
        assert [each["change"] for each in events] == ["GAP", "SNAPSHOT", "SNAPSHOT_END"]
        assert events[1]["session"]["uuid"] == str(first.session.id)


async def test_a_position_that_is_none_is_bad_input(api: Api) -> None:
    async with api.socket(api.world.admin) as socket:
        for number, query in enumerate([SESSIONS, TENANTS, AUDIT]):
            await socket.subscribe(query, id=str(number), after="no position")
            error = await refusal(socket)
            assert error["extensions"]["code"] == "BAD_USER_INPUT", error


async def test_sessions_can_be_narrowed_to_a_tenant_and_an_operator(api: Api) -> None:
    acme, other = await api.world.tenant("acme"), await api.world.tenant("other")
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS, id="t", tenant=ids.encode("Tenant", acme.id))
        await socket.until("sessionEvents", "SNAPSHOT_END")
        elsewhere, here = await support(api), await support(api)
        await api.start(elsewhere, other)
        started = await api.start(here, acme)
        assert (await socket.event("sessionEvents"))["session"]["uuid"] == str(started.session.id)
        await socket.subscribe(SESSIONS, id="o", operator=ids.encode("Operator", api.world.admin.id))
        assert [each["change"] for each in await socket.until("sessionEvents", "SNAPSHOT_END")] == ["SNAPSHOT_END"]


async def test_an_end_in_sight_is_hinted_at_a_minute_before(api: Api) -> None:
    acme = await api.world.tenant("acme")
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS)
        await socket.until("sessionEvents", "SNAPSHOT_END")
        started = await api.start(api.world.admin, acme, duration_seconds=61)
        assert (await socket.event("sessionEvents"))["change"] == "STARTED"
        hint = await socket.event("sessionEvents")
        assert (hint["change"], hint["session"]["uuid"]) == ("EXPIRING", str(started.session.id))


async def test_a_tenant_changes_with_its_status_and_with_who_is_inside(api: Api) -> None:
    acme = await api.world.tenant("acme")
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(TENANTS)
        events = await socket.until("tenantEvents", "SNAPSHOT_END")
        assert events[0]["tenant"] == {"slug": "acme", "status": "ACTIVE", "activeSessions": []}
        started = await api.start(api.world.admin, acme)
        inside = await socket.event("tenantEvents")
        assert inside["change"] == "CHANGED"
        assert inside["tenant"]["activeSessions"] == [{"uuid": str(started.session.id)}]
        await suspend(api, acme)
        ended, suspended = await socket.event("tenantEvents"), await socket.event("tenantEvents")
        assert suspended["tenant"] == {"slug": "acme", "status": "SUSPENDED", "activeSessions": []}
        assert ended["position"] != suspended["position"]


async def test_the_ledger_is_told_as_it_is_written_and_only_what_was_asked_for(api: Api) -> None:
    acme, other = await api.world.tenant("acme"), await api.world.tenant("other")
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(
            AUDIT,
            filter={"tenantId": ids.encode("Tenant", acme.id), "kinds": ["IMPERSONATION_STARTED"], "text": "webhook"},
        )
        assert [each["change"] for each in await socket.until("auditEvents", "SNAPSHOT_END")] == ["SNAPSHOT_END"]
        caller = await support(api)
        await api.start(caller, other)
        await api.start(await support(api), acme, reason="something else entirely")
        await api.start(await support(api), acme)
        told = await socket.event("auditEvents")
        assert told["entry"]["tenant"] == {"slug": "acme"}
        assert REASON in told["entry"]["summary"]


async def test_a_tenants_key_hears_of_its_own_tenant_only(api: Api) -> None:
    """Threat 12: the feed is one, what is told of it is not."""
    own, other = await api.world.tenant("own"), await api.world.tenant("other")
    reader = await api.key(Permission.TENANT_SIDE_READ, Permission.GUARD_EVENTS, tenant=own)
    await api.start(await support(api), other)
    async with api.socket(reader) as socket:
        for name, query in {
            "sessionEvents": SESSIONS,
            "tenantEvents": TENANTS,
            "auditEvents": AUDIT,
            "guardEvents": GUARD,
        }.items():
            await socket.subscribe(query, id=name)
            assert "other" not in str(await socket.until(name, "SNAPSHOT_END"))
        await suspend(api, other)
        await api.start(await support(api), own)
        told: dict[str, Any] = {}
        while len(told) < 4:
            message = await socket.receive()
            ((name, event),) = message["payload"]["data"].items()
            if event["change"] != "HEARTBEAT":
                assert "other" not in str(event)
                told[name] = event
        assert told["auditEvents"]["entry"]["tenant"] == {"slug": "own"}


async def test_a_key_that_names_another_tenant_hears_nothing_of_it(api: Api) -> None:
    own, other = await api.world.tenant("own"), await api.world.tenant("other")
    await api.start(await support(api), other)
    reader = await api.key(Permission.TENANT_SIDE_READ, tenant=own)
    foreign = ids.encode("Tenant", other.id)
    async with api.socket(reader) as socket:
        await socket.subscribe(SESSIONS, id="1", tenant=foreign)
        assert [each["change"] for each in await socket.until("sessionEvents", "SNAPSHOT_END")] == ["SNAPSHOT_END"]
        await socket.subscribe(TENANTS, id="2", tenant=foreign)
        assert [each["change"] for each in await socket.until("tenantEvents", "SNAPSHOT_END")] == ["SNAPSHOT_END"]


async def refusal(socket: Any) -> dict[str, Any]:
    """The first error of a stream, whether it came before or instead of an event."""
    while True:
        message = await socket.receive()
        errors = message["payload"] if message["type"] == "error" else (message.get("payload") or {}).get("errors")
        if errors:
            error: dict[str, Any] = errors[0]
            return error


async def test_a_stream_is_refused_to_who_lacks_its_permission(api: Api) -> None:
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_READONLY)
    key = await api.key(Permission.TENANT_SIDE_READ)
    async with api.socket(reader) as socket:
        await socket.subscribe(GUARD)
        assert (await refusal(socket))["extensions"]["code"] == "FORBIDDEN"
    async with api.socket(key) as socket:
        for number, query in enumerate([SESSIONS, TENANTS, AUDIT]):
            await socket.subscribe(query, id=str(number))
            assert "Name the tenant" in (await refusal(socket))["message"]


@pytest.mark.parametrize("name", ["sessionEvents", "tenantEvents", "auditEvents"])
async def test_a_stream_ends_when_its_viewer_is_disabled(api: Api, name: str) -> None:
    """Threats 20, 21: decided again for each event, and once a second while there is none."""
    query = {"sessionEvents": SESSIONS, "tenantEvents": TENANTS, "auditEvents": AUDIT}[name]
    caller = await support(api)
    async with api.socket(caller) as socket:
        await socket.subscribe(query)
        await socket.until(name, "SNAPSHOT_END")
        await operators.disable(api.world.database, api.world.admin, operator_id=caller.id, reason="left the company")
        assert (await refusal(socket))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_lost_role_ends_a_stream_and_its_guarded_fields(api: Api) -> None:
    caller = await support(api)
    async with api.socket(caller) as socket:
        await socket.subscribe(SESSIONS)
        await socket.until("sessionEvents", "SNAPSHOT_END")
        await api.world.admin_sql(
            "update identity.role_grant set expires_at = audit.clock() + interval '1 second' where operator_id = $1",
            caller.id,
        )
        await api.world.advance(timedelta(seconds=2))
        assert (await refusal(socket))["extensions"]["code"] == "FORBIDDEN"


async def test_only_the_sessions_of_the_operator_who_was_asked_for_are_told(api: Api) -> None:
    acme, jane = await api.world.tenant("acme"), await support(api)
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS, operator=ids.encode("Operator", jane.id))
        await socket.until("sessionEvents", "SNAPSHOT_END")
        await api.start(api.world.admin, acme)
        mine = await api.start(jane, acme)
        event = await socket.event("sessionEvents")
        assert (event["change"], event["session"]["uuid"]) == ("STARTED", str(mine.session.id))


async def test_a_filter_on_origins_is_over_with_the_permission_to_read_them(api: Api) -> None:
    """Threat 28: else that an entry comes at all would tell from where somebody came."""
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_BILLING)
    which: dict[str, Any] = {"operator_id": reader.id, "role": Role.PLATFORM_READONLY, "reason": "a test"}
    await roles.grant_role(api.world.database, api.world.admin, **which)
    async with api.socket(reader) as socket:
        await socket.subscribe(AUDIT, filter={"ipAddress": "203.0.113.7"})
        await socket.until("auditEvents", "SNAPSHOT_END")
        await roles.revoke_role(api.world.database, api.world.admin, **which)
        assert (await refusal(socket))["extensions"]["code"] == "FORBIDDEN"


async def test_a_guard_learns_every_tenant_and_live_session_with_its_banner(api: Api) -> None:
    acme, gone = await api.world.tenant("acme"), await api.world.tenant("gone")
    await suspend(api, gone)
    started = await api.start(api.world.admin, acme)
    key = await api.key(Permission.GUARD_EVENTS)
    async with api.socket(key) as socket:
        await socket.subscribe(GUARD)
        snapshot = await socket.until("guardEvents", "SNAPSHOT_END")
        known = {each["tenantSlug"]: each["tenantStatus"] for each in snapshot if each["change"] == "SNAPSHOT"}
        assert known == {"acme": "ACTIVE", "gone": "SUSPENDED"}
        (live,) = [each for each in snapshot if each["sessionUuid"]]
        assert (live["sessionUuid"], live["mode"], live["tenantSlug"]) == (str(started.session.id), "READ_ONLY", "acme")
        assert live["banner"]["operatorEmail"] == "admin@actas.example"
        assert live["banner"]["presence"] == "EVERYONE"
        assert (await socket.event("guardEvents"))["change"] == "HEARTBEAT"
        await suspend(api, acme)
        ended = (await socket.until("guardEvents", "SESSION_ENDED"))[-1]
        assert (ended["sessionUuid"], ended["endCause"], ended["banner"]["reason"]) == (
            str(started.session.id),
            "TENANT_SUSPENDED",
            REASON,
        )
        status = (await socket.until("guardEvents", "TENANT_STATUS"))[-1]
        assert (status["tenantSlug"], status["tenantStatus"], status["sessionUuid"]) == ("acme", "SUSPENDED", None)


async def test_queries_and_mutations_go_over_the_same_socket_beside_streams(api: Api) -> None:
    await api.world.tenant("acme")
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe("{ tenants { nodes { slug } } }", id="q")
        assert (await socket.receive())["payload"] == {"data": {"tenants": {"nodes": [{"slug": "acme"}]}}}
        assert await socket.receive() == {"id": "q", "type": "complete"}
        await socket.subscribe("{ oops", id="e")
        assert (await socket.receive())["type"] == "error"
        await socket.subscribe("{ viewer { permissions } }", id="v")
        assert (await socket.receive())["type"] == "next"


@pytest.mark.parametrize(
    "message",
    [
        "[]",
        '"hello"',
        "null",
        "{",
        "{}",
        '{"type": 7}',
        '{"type": "subscribe", "id": {}, "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": 7, "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": "1", "payload": "{ __typename }"}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}',
        '{"type": "ping", "payload": 7}',
        b"\0\1",
    ],
)
async def test_what_is_no_message_closes_the_socket_with_4400(shared_api: Api, message: str | bytes) -> None:
    """Threat 26."""
    async with shared_api.socket(shared_api.world.admin) as socket:
        await socket.connection.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.receive()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4400


async def test_the_legacy_protocol_is_not_spoken(shared_api: Api) -> None:
    """Threat 18."""
    async with connect(
        f"ws://127.0.0.1:{shared_api.port}/graphql",
        subprotocols=[Subprotocol("graphql-ws")],
        additional_headers={"x-caller": shared_api.known(shared_api.world.admin)},
    ) as connection:
        with pytest.raises(ConnectionClosed) as closed:
            await connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4406


async def test_a_socket_that_is_left_leaves_nothing_running(api: Api) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(3):
        async with api.socket(api.world.admin) as socket:
            for name, query in {"sessionEvents": SESSIONS, "tenantEvents": TENANTS, "auditEvents": AUDIT}.items():
                await socket.subscribe(query, id=name)
                await socket.until(name, "SNAPSHOT_END")
    async with asyncio.timeout(PATIENCE):
        while len(asyncio.all_tasks()) > before:
            await asyncio.sleep(0.01)


async def test_a_session_in_use_is_hinted_at_whichever_process_records_it(api: Api) -> None:
    """ACTIVITY stands outside of the feed: the same position, and nothing of a session that one does not hear of."""
    acme, other = await api.world.tenant("acme"), await api.world.tenant("other")
    started, elsewhere = await api.start(await support(api), acme), await api.start(await support(api), other)
    reporter = await api.key(Permission.ACCESS_LOG_APPEND)
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe(SESSIONS, tenant=ids.encode("Tenant", acme.id))
        position = (await socket.until("sessionEvents", "SNAPSHOT_END"))[-1]["position"]
        another_process = Database(api.world.urls.app)
        try:
            for session in (elsewhere.session, started.session):
                await access.append(another_process, reporter, [request(session.id, await api.world.now())])
        finally:
            await another_process.close()
        used = await socket.event("sessionEvents")
        assert (used["change"], used["session"]["uuid"]) == ("ACTIVITY", str(started.session.id))
        assert used["position"] == position


def request(session_id: UUID, at: datetime) -> AccessRecord:
    return AccessRecord(
        id=uuid7(),
        session_id=session_id,
        at=at,
        method="GET",
        path="/inbox",
        route=None,
        status=200,
        duration_ms=1.5,
        wrote=False,
        request_id=None,
    )
