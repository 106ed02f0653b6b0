"""What the tenant reads: everything about it, at once, in its own ledger, in whole sentences, and never less later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from db.ledger import PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.policy import OnConflict
from tests.conformance.house import codes, details, moment, of, person

if TYPE_CHECKING:
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.conformance.house import House

AUDIT = """query ($id: ID!) { tenant(id: $id) { audit(first: 200) { nodes {
  kind at summary details ipAddress userAgent tenant { slug } session { uuid } actor { kind name } } } } }"""
PAIRS = """query ($id: ID!, $first: Int, $after: String) { tenant(id: $id) { sessions(first: $first, after: $after) {
  nodes { uuid startedAt endedAt endCause operator { email } } pageInfo { hasNextPage endCursor } } } }"""
APPEND = """mutation ($input: AppendAccessRecordsInput!) { appendAccessRecords(input: $input) {
  ... on Appended { count duplicates } ... on Refused { code } } }"""
LOG = """query ($id: ID!) { tenant(id: $id) { accessLog { nodes { method path wrote session { uuid operator { email } }
  } } } }"""
REPORT = (
    """mutation ($input: AppendAuditEventInput!) { appendAuditEvent(input: $input) { ... on Appended { count } } }"""
)
EVERYWHERE = "query ($kinds: [String!]) { auditEntries(filter: { kinds: $kinds }) { nodes { kind tenant { slug } } } }"
ACTIVITY = "query ($id: ID!) { activity(operatorId: $id) { nodes { operation fields tenants { slug } } } }"


async def read(house: House, caller: Caller, tenant: Tenant) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await house.tell(caller, AUDIT, id=of(tenant)))["audit"]["nodes"]
    return nodes


async def test_s1_23_s1_24_s2_2_s2_20_s2_32_s2_34_s3_20_a_start_is_in_the_tenants_own_ledger_when_it_is_answered(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    (entry,) = [
        each
        for each in await read(house, await house.reader(tenant), tenant)
        if each["kind"] == "IMPERSONATION_STARTED"
    ]
    assert jane.person
    told = entry["details"]
    assert (told["operatorId"], told["operatorEmail"]) == (str(jane.id), jane.person.email)
    assert (told["tenantId"], told["reason"]) == (str(tenant.id), session["reason"])
    assert told["durationSeconds"] == house.policy.default_duration_seconds
    assert (entry["ipAddress"], entry["userAgent"]) == (jane.origin.ip, jane.origin.user_agent)
    assert moment(entry["at"]) - moment(session["startedAt"]) < timedelta(minutes=1)
    assert (entry["tenant"]["slug"], entry["session"]["uuid"]) == (tenant.slug, session["uuid"])


async def test_c_15_s1_31_s2_33_s2_35_an_end_reads_as_a_sentence_with_who_and_how_long(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    await house.leave(jane, session)
    reader = await house.reader(tenant)
    started, ended = [
        each for each in await read(house, reader, tenant) if each["session"] and "ENTERED" not in each["kind"]
    ][::-1]
    assert jane.person
    for entry in (started, ended):
        assert f"{jane.person.name} ({jane.person.email})" in entry["summary"]
    assert session["reason"] in started["summary"]
    assert "after" in ended["summary"]
    assert (ended["details"]["operatorId"], ended["details"]["tenantId"]) == (str(jane.id), str(tenant.id))


async def test_s1_17_s1_18_s2_38_whatever_happens_to_a_tenant_it_reads_itself_as_operators_do(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    reader = await house.reader(tenant)
    await house.ask(await house.jane(Role.PLATFORM_READONLY), tenant)
    await house.start(jane, tenant, reason="\0")
    await house.leave(jane, await house.inside(jane, tenant))
    await house.set_rules(tenant, exclusive=True)
    await house.change("suspendTenant", tenantId=of(tenant))
    theirs = await read(house, reader, tenant)
    assert [each["kind"] for each in reversed(theirs)][-6:] == [
        "IMPERSONATION_FORBIDDEN",
        "IMPERSONATION_REFUSED",
        "IMPERSONATION_STARTED",
        "IMPERSONATION_ENDED",
        "POLICY_SET",
        "TENANT_SUSPENDED",
    ]
    assert theirs == await read(house, house.api.world.admin, tenant)
    assert len(theirs) == len(await house.api.world.entries(tenant.id))


async def test_s1_17_no_rule_and_no_change_turns_the_record_off(house: House) -> None:
    told = await house.tell(house.api.world.admin, '{ __type(name: "Mutation") { fields { name } } }')
    names = " ".join(field["name"] for field in told["fields"]).lower()
    assert not [word for word in ("delete", "redact", "purge", "disableaudit", "editentry") if word in names]
    tenant = await house.tenant()
    for rule in ("audit", "auditing", "ledger", "silent"):
        refused = await house.api.ask(
            house.api.world.admin,
            "mutation ($input: SetImpersonationPolicyInput!) { setImpersonationPolicy(input: $input) { __typename } }",
            input={"tenantId": of(tenant), "reason": "quiet please", rule: False},
        )
        assert refused.codes, rule


@pytest.mark.parametrize("statement", ["update audit.entry set summary = ''", "delete from audit.entry"])
async def test_s2_36_s2_37_nobody_changes_what_is_written_neither_the_process_nor_an_administrator(
    house: House, statement: str
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    await house.inside(jane, tenant)
    before = await house.api.world.entries(tenant.id)
    for url in (house.api.world.urls.app, house.api.world.urls.migrator, house.api.world.urls.admin):
        connection = await asyncpg.connect(url)
        try:
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(f"{statement} where chain = $1", tenant.id)
        finally:
            await connection.close()
    assert await house.api.world.entries(tenant.id) == before


async def test_s1_17_s2_37_a_written_entry_stays_as_it_is_and_the_chain_proves_it(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    await house.inside(jane, tenant)
    before = await house.api.world.entries(tenant.id)
    await house.change("suspendTenant", tenantId=of(tenant))
    assert (await house.api.world.entries(tenant.id))[: len(before)] == before
    check = "query ($id: ID) { ledgerCheck(tenantId: $id) { ok brokenAt } }"
    assert await house.tell(await house.reader(tenant), check, id=of(tenant)) == {"ok": True, "brokenAt": None}


async def test_c_21_s3_18_s3_23_s3_26_each_session_has_its_own_end_whatever_the_size_of_the_page(house: House) -> None:
    jane, other, tenant = await house.jane(), await house.jane(), await house.tenant()
    first = await house.inside(jane, tenant)
    for _ in range(2):
        if not house.policy.exclusive:
            await house.leave(other, await house.inside(other, tenant))
    await house.leave(jane, first)
    whole = (await house.tell(house.api.world.admin, PAIRS, id=of(tenant), first=50))["sessions"]["nodes"]
    paged, after, more = [], None, True
    while more:
        page = (await house.tell(house.api.world.admin, PAIRS, id=of(tenant), first=1, after=after))["sessions"]
        paged += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert paged == whole
    assert whole[-1]["uuid"] == first["uuid"]
    assert all(moment(each["startedAt"]) <= moment(each["endedAt"]) for each in whole)
    assert {each["endCause"] for each in whole} == {"STOPPED"}


async def test_s3_20_the_kinds_have_one_name_each_in_every_deployment(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    await house.inside(jane, tenant)
    told = await house.start(jane, tenant)
    if house.policy.on_conflict is OnConflict.REJECT:
        assert codes(told) == ["ALREADY_IMPERSONATING"]
    kinds = {entry.kind for entry in await house.api.world.entries(tenant.id) if entry.session_id}
    assert kinds <= {"IMPERSONATION_STARTED", "IMPERSONATION_ENDED"}


async def test_s3_13_s3_21_s3_22_what_a_session_asked_for_is_the_operators_in_the_tenants_access_log(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    guard = await house.api.key(Permission.ACCESS_LOG_APPEND, tenant=tenant)
    record = {
        "id": str(uuid7()),
        "sessionUuid": session["uuid"],
        "at": session["startedAt"],
        "method": "GET",
        "path": "/inbox",
        "status": 200,
        "durationMs": 1.5,
        "wrote": False,
    }
    for counted in ({"count": 1, "duplicates": 0}, {"count": 0, "duplicates": 1}):
        assert await house.tell(guard, APPEND, input={"records": [record]}) == counted
    assert jane.person
    (seen,) = (await house.tell(await house.reader(tenant), LOG, id=of(tenant)))["accessLog"]["nodes"]
    assert (seen["method"], seen["path"], seen["wrote"]) == ("GET", "/inbox", False)
    assert seen["session"] == {"uuid": session["uuid"], "operator": {"email": jane.person.email}}


async def test_s1_8_s1_9_what_operators_look_at_is_recorded_before_they_see_it(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    await house.api.data(jane, 'query Find { tenants(filter: { search: "none" }) { nodes { slug } } }')
    await house.api.data(jane, "query Look($id: ID!) { tenant(id: $id) { metadata } }", id=of(tenant))
    looked, found = (await house.tell(house.api.world.admin, ACTIVITY, id=person(jane)))["nodes"]
    assert (found["operation"], found["fields"]) == ("query Find", ["tenants"])
    assert (looked["operation"], looked["tenants"]) == ("query Look", [{"slug": tenant.slug}])


async def test_s3_27_s3_28_what_other_services_report_stands_beside_the_impersonations(house: House) -> None:
    tenant, key = await house.tenant(), await house.api.key(Permission.AUDIT_APPEND)
    await house.inside(await house.jane(), tenant)
    for kind, where in (("TENANT_MOVE_STARTED", of(tenant)), ("PLATFORM_PROVISION_REQUESTED", None)):
        given: dict[str, Any] = {"id": str(uuid7()), "kind": kind, "tenantId": where, "actor": "Mover", "details": {}}
        assert await house.tell(key, REPORT, input=given) == {"count": 1}
    kinds = ["TENANT_MOVE_STARTED", "PLATFORM_PROVISION_REQUESTED", "IMPERSONATION_STARTED"]
    nodes = (await house.tell(house.api.world.admin, EVERYWHERE, kinds=kinds))["nodes"]
    assert [(each["kind"], each["tenant"] and each["tenant"]["slug"]) for each in nodes[:3]] == [
        ("PLATFORM_PROVISION_REQUESTED", None),
        ("TENANT_MOVE_STARTED", tenant.slug),
        ("IMPERSONATION_STARTED", tenant.slug),
    ]
    assert (await house.api.world.entries(PLATFORM, "PLATFORM_PROVISION_REQUESTED"))[-1].actor_proof == "STATED"
    assert details((await house.ledger(tenant, "STARTED"))[0])["tenantId"] == str(tenant.id)
