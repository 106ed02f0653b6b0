"""Mutations: what they answer, who may, and that the use cases record what they turn down."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.policy import TenantStatus
from resolvers import handoff
from schema import ids
from tests.world import REASON

if TYPE_CHECKING:
    from permissions.caller import Caller
    from tests.schema.conftest import Api

REFUSED = "... on Refused { code message problems { code message field } }"
START = f"""mutation ($input: StartImpersonationInput!) {{ startImpersonation(input: $input) {{ __typename {REFUSED}
  ... on ImpersonationStarted {{ enterUrl session {{ id uuid state mode reason tenant {{ slug }} }} }} }} }}"""
END = f"""mutation ($input: EndImpersonationInput!) {{ endImpersonation(input: $input) {{
  ... on SessionChanged {{ session {{ uuid state endCause endedBy {{ kind name }} }} }} {REFUSED} }} }}"""
APPEND = f"""mutation ($input: AppendAccessRecordsInput!) {{ appendAccessRecords(input: $input) {{
  ... on Appended {{ count duplicates }} {REFUSED} }} }}"""
EXCHANGE = f"""mutation ($input: ExchangeHandoffInput!) {{ exchangeHandoff(input: $input) {{ {REFUSED}
  ... on ImpersonationToken {{ accessToken tokenType expiresIn session {{ uuid tenant {{ slug }} }} }} }} }}"""
REVOKE = f"""mutation ($input: RevokeImpersonationInput!) {{ revokeImpersonation(input: $input) {{
  ... on SessionChanged {{ session {{ endCause }} }} {REFUSED} }} }}"""


def tenant_change(name: str, input_type: str) -> str:
    return f"""mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {REFUSED}
      ... on TenantChanged {{ tenant {{ id slug status statusReason }} sessionsEnded {{ endCause }} }} }} }}"""


async def support(api: Api) -> Caller:
    return await api.world.newcomer("support@actas.example", Role.PLATFORM_SUPPORT)


async def test_a_start_answers_with_the_session_and_where_the_browser_goes(api: Api) -> None:
    acme = await api.world.tenant("acme")
    asked = {"tenantId": ids.encode("Tenant", acme.id), "reason": REASON, "idempotencyKey": "once"}
    started = (await api.data(api.world.admin, START, input=asked))["startImpersonation"]
    session = started["session"]
    assert (session["state"], session["mode"], session["reason"]) == ("ACTIVE", "READ_ONLY", REASON)
    assert started["enterUrl"] == f"http://acme.localhost:8001/actas/enter?session={session['uuid']}"
    again = (await api.data(api.world.admin, START, input=asked))["startImpersonation"]
    assert again["session"]["uuid"] == session["uuid"]
    other = (await api.data(api.world.admin, START, input=asked | {"reason": REASON + " again"}))["startImpersonation"]
    assert other["code"] == "CONFLICT"


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"reason": None}, "REASON_REQUIRED", "reason"),
        ({"reason": "too short"}, "REASON_TOO_SHORT", "reason"),
        ({"reason": "a\0b" * 10}, "REASON_INVALID", "reason"),
        ({"durationSeconds": 0}, "DURATION_TOO_SHORT", "durationSeconds"),
        ({"durationSeconds": 8 * 3600 + 1}, "DURATION_TOO_LONG", "durationSeconds"),
        ({"ticket": "x" * 101}, "TICKET_INVALID", "ticket"),
    ],
)
async def test_a_start_that_is_asked_wrongly_is_refused_at_its_field_and_recorded(
    api: Api, asked: dict[str, Any], code: str, field: str
) -> None:
    acme = await api.world.tenant("acme")
    given = {"tenantId": ids.encode("Tenant", acme.id), "reason": REASON, **asked}
    refused = (await api.data(api.world.admin, START, input=given))["startImpersonation"]
    assert (refused["__typename"], refused["code"], refused["problems"][0]["field"]) == ("Refused", code, field)
    assert len(await api.world.entries(acme.id, "IMPERSONATION_REFUSED")) == 1


async def test_a_readonly_operator_gets_forbidden_and_the_attempt_is_in_the_tenants_ledger(api: Api) -> None:
    """Threat 13, P8, S3-2."""
    acme = await api.world.tenant("acme")
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_READONLY)
    answer = await api.ask(reader, START, input={"tenantId": ids.encode("Tenant", acme.id), "reason": REASON})
    assert answer.codes == ["FORBIDDEN"]
    assert answer.data == {"startImpersonation": None}
    (entry,) = await api.world.entries(acme.id, "IMPERSONATION_FORBIDDEN")
    assert entry.operator_id == reader.id


async def test_a_start_for_what_is_no_tenant_is_refused_and_recorded_on_the_platform(api: Api) -> None:
    for tenant_id in (ids.encode("Tenant", uuid7()), "acme"):
        refused = await api.data(api.world.admin, START, input={"tenantId": tenant_id, "reason": REASON})
        assert refused["startImpersonation"]["code"] == "NOT_FOUND"


async def test_an_operator_ends_their_own_and_an_admin_anybodys(api: Api) -> None:
    acme = await api.world.tenant("acme")
    caller = await support(api)
    first = await api.start(caller, acme)
    session = ids.encode("ImpersonationSession", first.session.id)
    stranger = await api.world.newcomer("other@actas.example", Role.PLATFORM_SUPPORT)
    assert (await api.ask(stranger, END, input={"sessionId": session})).codes == ["FORBIDDEN"]
    assert (await api.ask(stranger, REVOKE, input={"sessionId": session, "reason": REASON})).codes == ["FORBIDDEN"]
    ended = (await api.data(caller, END, input={}))["endImpersonation"]["session"]
    assert (ended["state"], ended["endCause"], ended["endedBy"]["kind"]) == ("ENDED", "STOPPED", "OPERATOR")
    assert (await api.data(caller, END, input={}))["endImpersonation"]["code"] == "NOT_FOUND"
    second = await api.start(caller, acme)
    session = ids.encode("ImpersonationSession", second.session.id)
    revoked = await api.data(api.world.admin, REVOKE, input={"sessionId": session, "reason": REASON})
    assert revoked["revokeImpersonation"]["session"] == {"endCause": "REVOKED"}


async def test_the_tenants_service_stops_a_session_in_its_persons_name(api: Api) -> None:
    acme = await api.world.tenant("acme")
    started = await api.start(api.world.admin, acme)
    session = ids.encode("ImpersonationSession", started.session.id)
    key = await api.key(Permission.TENANT_SIDE_DECIDE, tenant=acme)
    stopped = await api.data(key, END, input={"sessionId": session, "onBehalfOf": "Olga Owner"})
    assert stopped["endImpersonation"]["session"]["endedBy"] == {
        "kind": "TENANT",
        "name": "Olga Owner, as stated by key test service",
    }


async def test_another_tenants_key_can_do_nothing_and_learns_nothing(api: Api) -> None:
    """Threats 12, 28."""
    acme, other = await api.world.tenant("acme"), await api.world.tenant("other")
    started = await api.start(api.world.admin, acme)
    key = await api.key(
        Permission.TENANT_SIDE_DECIDE, Permission.TENANT_SUSPEND, Permission.TENANT_STATUS_SET, tenant=other
    )
    foreign = ids.encode("ImpersonationSession", started.session.id)
    absent = ids.encode("ImpersonationSession", uuid7())
    asked = {"onBehalfOf": "Olga Owner"}
    assert await api.data(key, END, input={"sessionId": foreign, **asked}) == await api.data(
        key, END, input={"sessionId": absent, **asked}
    )
    suspend = tenant_change("suspendTenant", "SuspendTenantInput")
    for tenant_id in (acme.id, uuid7()):
        given = {"tenantId": ids.encode("Tenant", tenant_id), "reason": REASON}
        assert (await api.data(key, suspend, input=given))["suspendTenant"]["code"] == "NOT_FOUND"


async def test_a_suspension_ends_who_is_inside_says_so_beforehand_and_is_lifted_to_what_was(api: Api) -> None:
    """S1-32 to S1-36."""
    acme = await api.world.tenant("acme", TenantStatus.READ_ONLY)
    await api.start(api.world.admin, acme)
    suspend = tenant_change("suspendTenant", "SuspendTenantInput")
    given = {"tenantId": ids.encode("Tenant", acme.id), "reason": "chargebacks", "ground": "CHARGEBACK_ABUSE"}
    dry = (await api.data(api.world.admin, suspend, input=given | {"dryRun": True}))["suspendTenant"]
    assert (dry["tenant"]["status"], len(dry["sessionsEnded"])) == ("READ_ONLY", 1)
    done = (await api.data(api.world.admin, suspend, input=given))["suspendTenant"]
    assert (done["tenant"]["status"], done["sessionsEnded"]) == ("SUSPENDED", [{"endCause": "TENANT_SUSPENDED"}])
    again = (await api.data(api.world.admin, suspend, input=given))["suspendTenant"]
    assert again["code"] == "NO_CHANGE"
    lift = tenant_change("liftSuspension", "LiftSuspensionInput")
    lifted = await api.data(
        api.world.admin, lift, input={"tenantId": ids.encode("Tenant", acme.id), "reason": "all paid"}
    )
    assert lifted["liftSuspension"]["tenant"]["status"] == "READ_ONLY"


async def test_a_tenant_is_registered_by_its_product_and_goes_live_by_its_status(api: Api) -> None:
    key = await api.key(Permission.TENANT_REGISTER, Permission.TENANT_STATUS_SET)
    register = tenant_change("registerTenant", "RegisterTenantInput")
    given = {
        "slug": "acme",
        "name": "Acme GmbH",
        "workspaceUrl": "http://acme.localhost:8001",
        "metadata": {"seats": 7},
    }
    made = (await api.data(key, register, input=given))["registerTenant"]["tenant"]
    assert made["status"] == "PROVISIONING"
    assert (await api.data(key, register, input=given))["registerTenant"]["code"] == "CONFLICT"
    wrong = (await api.data(key, register, input=given | {"slug": "b", "metadata": [7]}))["registerTenant"]
    assert (wrong["code"], wrong["problems"][0]["field"]) == ("INPUT_INVALID", "metadata")
    change = tenant_change("setTenantStatus", "SetTenantStatusInput")
    live = await api.data(key, change, input={"tenantId": made["id"], "status": "ACTIVE", "reason": "set up"})
    assert live["setTenantStatus"]["tenant"]["status"] == "ACTIVE"
    seats = await api.data(api.world.admin, '{ tenant(slug: "acme") { metadata } }')
    assert seats["tenant"]["metadata"] == {"seats": 7}


async def test_requests_that_a_guard_reports_are_in_the_access_log_once(api: Api) -> None:
    acme = await api.world.tenant("acme")
    started = await api.start(api.world.admin, acme)
    key = await api.key(Permission.ACCESS_LOG_APPEND)
    at = (await api.world.now()).isoformat()
    record = {"id": str(uuid7()), "sessionUuid": str(started.session.id), "at": at, "method": "GET", "path": "/inbox"}
    records = [record | {"status": 200, "durationMs": 3.5, "wrote": False}]
    assert (await api.data(key, APPEND, input={"records": records}))["appendAccessRecords"] == {
        "count": 1,
        "duplicates": 0,
    }
    assert (await api.data(key, APPEND, input={"records": records}))["appendAccessRecords"] == {
        "count": 0,
        "duplicates": 1,
    }
    log = await api.data(
        api.world.admin,
        """{ tenant(slug: "acme") { activeSessions { requestCount lastSeenAt }
             accessLog(filter: { pathPrefix: "/in", wrote: false }) { nodes { path session { uuid } } } } }""",
    )
    assert log["tenant"]["accessLog"]["nodes"] == [{"path": "/inbox", "session": {"uuid": str(started.session.id)}}]
    assert log["tenant"]["activeSessions"][0]["requestCount"] == 1


async def test_a_session_is_found_by_the_id_that_tokens_carry_and_tells_how_much_it_wrote(api: Api) -> None:
    query = "query ($id: ID, $uuid: UUID) { impersonationSession(id: $id, uuid: $uuid) { id requestCount writeCount } }"
    idle = await api.start(api.world.admin, await api.world.tenant("idle"))
    started = await api.start(api.world.admin, await api.world.tenant("acme"))
    key = await api.key(Permission.ACCESS_LOG_APPEND)
    told = {"sessionUuid": str(started.session.id), "at": (await api.world.now()).isoformat(), "status": 200}
    records = [
        told | {"id": str(uuid7()), "method": method, "path": "/inbox", "durationMs": 1.0, "wrote": method == "POST"}
        for method in ("GET", "POST", "POST")
    ]
    await api.data(key, APPEND, input={"records": records})

    found = (await api.data(api.world.admin, query, uuid=str(started.session.id)))["impersonationSession"]
    assert (found["requestCount"], found["writeCount"]) == (3, 2)
    assert (await api.data(api.world.admin, query, id=found["id"]))["impersonationSession"] == found
    other = (await api.data(api.world.admin, query, uuid=str(idle.session.id)))["impersonationSession"]
    assert other["writeCount"] == 0
    assert (await api.data(api.world.admin, query, uuid=str(uuid7())))["impersonationSession"] is None
    for wrong in ({}, {"id": found["id"], "uuid": str(started.session.id)}):
        assert (await api.ask(api.world.admin, query, **wrong)).codes == ["BAD_USER_INPUT"]


async def test_a_session_past_its_deadline_reads_as_expired_whatever_the_loop_has_done(api: Api) -> None:
    acme = await api.world.tenant("acme")
    await api.start(api.world.admin, acme, duration_seconds=60)
    await api.world.advance(timedelta(seconds=61))
    told = await api.data(
        api.world.admin,
        '{ tenant(slug: "acme") { activeSessions { id } sessions { nodes { state endCause endedBy { name } } } } }',
    )
    assert told["tenant"]["activeSessions"] == []
    assert told["tenant"]["sessions"]["nodes"] == [
        {"state": "ENDED", "endCause": "EXPIRED", "endedBy": {"name": "Actas"}}
    ]


async def test_a_guard_trades_a_hand_off_for_the_sessions_token(api: Api) -> None:
    acme = await api.world.tenant("acme")
    started = await api.start(api.world.admin, acme)
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    code = await handoff.issue_code(
        api.world.database,
        api.world.admin,
        session_id=started.session.id,
        challenge=challenge,
        redirect_uri="http://acme.localhost:8001/actas/enter",
    )
    given = {"code": code, "verifier": verifier}
    assert (await api.ask(api.world.admin, EXCHANGE, input=given)).codes == ["FORBIDDEN"]
    foreign = await api.key(Permission.TOKEN_EXCHANGE, tenant=await api.world.tenant("other"))
    assert (await api.data(foreign, EXCHANGE, input=given))["exchangeHandoff"]["code"] == "NOT_FOUND"
    key = await api.key(Permission.TOKEN_EXCHANGE)
    token = (await api.data(key, EXCHANGE, input=given))["exchangeHandoff"]
    assert token["session"] == {"uuid": str(started.session.id), "tenant": {"slug": "acme"}}
    assert (token["tokenType"], token["accessToken"].count(".")) == ("Bearer", 2)
    assert 0 < token["expiresIn"] <= 1800


async def test_a_guard_says_which_sessions_are_in_use(api: Api) -> None:
    """C-6."""
    acme = await api.world.tenant("acme")
    started = await api.start(api.world.admin, acme)
    key = await api.key(Permission.ACCESS_LOG_APPEND)
    presence = """mutation ($input: AppendPresenceInput!) { appendPresence(input: $input) {
      ... on Appended { count } ... on Refused { code } } }"""
    sessions = [{"sessionUuid": str(started.session.id), "pageOpen": True}]
    assert (await api.data(key, presence, input={"sessions": sessions}))["appendPresence"] == {"count": 1}
    many = (await api.data(key, presence, input={"sessions": sessions * 1001}))["appendPresence"]
    assert many == {"code": "INPUT_INVALID"}
