"""What services report to the ledger: once, in their own words, never in Actas's (S3-27, S3-28)."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from db.ledger import PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.reports import RESERVED
from resolvers.events import KINDS
from schema import ids

if TYPE_CHECKING:
    from permissions.caller import Caller
    from tests.schema.conftest import Api

REPORT = """mutation ($input: AppendAuditEventInput!) { appendAuditEvent(input: $input) {
  ... on Appended { count duplicates } ... on Refused { code problems { field } } } }"""


def event(**given: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "kind": "TENANT_MOVE_STARTED",
        "actor": "Ada of the migrations team",
        "details": {"from": "eu", "to": "us"},
    } | given


async def report(api: Api, caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.data(caller, REPORT, input=given))["appendAuditEvent"]
    return answer


async def test_a_report_is_in_the_tenants_ledger_with_who_stated_it(shared_api: Api) -> None:
    """S3-27, P3, P6."""
    tenant = await shared_api.world.somewhere()
    key = await shared_api.key(Permission.AUDIT_APPEND)
    given = event(tenantId=ids.encode("Tenant", tenant.id), details={"z": 1, "a": ["ü", None, 1.5, True]})
    assert await report(shared_api, key, given) == {"count": 1, "duplicates": 0}
    entry = (await shared_api.world.entries(tenant.id))[-1]
    assert (entry.kind, entry.actor_kind, entry.actor_proof) == ("TENANT_MOVE_STARTED", "TENANT", "STATED")
    assert entry.actor_name == "Ada of the migrations team, as stated by key test service"
    assert entry.actor_id == key.id
    assert entry.summary == "Tenant move started, by Ada of the migrations team."
    assert entry.details == '{"a":["ü",null,1.5,true],"z":1}'
    found = await shared_api.data(
        shared_api.world.admin,
        "query ($which: AuditFilter) { auditEntries(filter: $which) { nodes { details } } }",
        which={"tenantId": given["tenantId"], "kinds": ["TENANT_MOVE_STARTED"]},
    )
    assert found["auditEntries"]["nodes"] == [{"details": json.loads(entry.details)}]


async def test_without_a_tenant_it_is_in_the_platforms(shared_api: Api) -> None:
    """S3-28."""
    key = await shared_api.key(Permission.AUDIT_APPEND)
    await report(shared_api, key, event(kind="PLATFORM_PROVISION_REQUESTED"))
    entry = (await shared_api.world.entries(PLATFORM, "PLATFORM_PROVISION_REQUESTED"))[-1]
    assert (entry.tenant_id, entry.actor_id) == (None, key.id)


async def test_the_same_report_again_is_a_duplicate_also_at_the_same_time_and_by_another_key(shared_api: Api) -> None:
    key, other = await shared_api.key(Permission.AUDIT_APPEND), await shared_api.key(Permission.AUDIT_APPEND)
    tenant = await shared_api.world.somewhere()
    given = event(kind="TENANT_MOVE_RETRIED", tenantId=ids.encode("Tenant", tenant.id))
    answers = await asyncio.gather(*(report(shared_api, caller, given) for caller in (key, other, key)))
    assert sorted(answer["count"] for answer in answers) == [0, 0, 1]
    assert sorted(answer["duplicates"] for answer in answers) == [0, 1, 1]
    assert len(await shared_api.world.entries(tenant.id, "TENANT_MOVE_RETRIED")) == 1


@pytest.mark.parametrize("change", [{"kind": "TENANT_MOVE_ENDED"}, {"actor": "Bob"}, {"details": {}}], ids=str)
async def test_an_id_that_was_used_for_another_report_is_a_conflict(shared_api: Api, change: dict[str, Any]) -> None:
    """Otherwise an event would be lost in silence."""
    key, given = await shared_api.key(Permission.AUDIT_APPEND), event()
    await report(shared_api, key, given)
    assert (await report(shared_api, key, given | change))["code"] == "CONFLICT"


@pytest.mark.parametrize("kind", [*sorted(KINDS), *(f"{prefix}X" for prefix in RESERVED)])
async def test_what_actas_writes_itself_nobody_reports(shared_api: Api, kind: str) -> None:
    """P1, P2: an entry of such a kind is always Actas's own word."""
    refused = await report(shared_api, await shared_api.key(Permission.AUDIT_APPEND), event(kind=kind))
    assert (refused["code"], refused["problems"]) == ("INPUT_INVALID", [{"field": "kind"}])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "MOVED"}, "kind"),
        ({"kind": "tenant_moved"}, "kind"),
        ({"kind": "TENANT-MOVED"}, "kind"),
        ({"kind": "TENANT_MOVED\n"}, "kind"),
        ({"kind": "TENANT__MOVED"}, "kind"),
        ({"kind": "TENANT_" + "X" * 80}, "kind"),
        ({"kind": "TENANT_M\u00d6VED"}, "kind"),
        ({"actor": ""}, "actor"),
        ({"actor": "\u200b"}, "actor"),
        ({"actor": "x" * 201}, "actor"),
        ({"actor": "a\0b"}, "actor"),
        ({"actor": "a\u202eb"}, "actor"),
        ({"details": []}, "details"),
        ({"details": "x"}, "details"),
        ({"details": 1}, "details"),
        ({"details": {"a": "\0"}}, "details"),
        ({"details": {"\u202e": 1}}, "details"),
        ({"details": {"a": "x" * 17_000}}, "details"),
        ({"details": {"a": [[[[[[[[[]]]]]]]]]}}, "details"),
        ({"details": {"tenantId": "no tenant at all"}}, "details"),
        ({"details": {"tenantId": "018f2c6e-7a4b-7c1d-9e2f-0123456789ab"}}, "details"),
    ],
    ids=lambda each: repr(each)[:40],
)
async def test_what_cannot_be_kept_is_named(shared_api: Api, wrong: dict[str, Any], field: str) -> None:
    """Threats 31 to 34."""
    refused = await report(shared_api, await shared_api.key(Permission.AUDIT_APPEND), event(**wrong))
    assert (refused["code"], refused["problems"]) == ("INPUT_INVALID", [{"field": field}])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, str(2**63)])
async def test_a_number_that_not_every_reader_takes_is_bad_input(shared_api: Api, number: str) -> None:
    """As a variable and written out; nothing of it ends in an internal error."""
    key = await shared_api.key(Permission.AUDIT_APPEND)
    body = json.dumps({"query": REPORT, "variables": {"input": event(details={"a": "NUMBER"})}})
    answer = await shared_api.post(key, body.replace('"NUMBER"', number).encode())
    assert answer.status_code in {200, 400}
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    if not number.lstrip("-")[0].isdigit():
        return
    written = f"""mutation {{ appendAuditEvent(input: {{ id: "{uuid7()}", kind: "TENANT_MOVED", actor: "Ada",
      details: {{ a: [{number}] }} }}) {{ __typename }} }}"""
    assert (await shared_api.ask(key, written)).codes == ["BAD_USER_INPUT"]


async def test_a_bound_key_reports_for_its_own_tenant_only_and_for_that_by_default(shared_api: Api) -> None:
    own, other = await shared_api.world.somewhere(), await shared_api.world.somewhere()
    key = await shared_api.key(Permission.AUDIT_APPEND, tenant=own)
    assert (await report(shared_api, key, event(tenantId=ids.encode("Tenant", other.id))))["code"] == "NOT_FOUND"
    assert (await report(shared_api, key, event(tenantId=ids.encode("Tenant", uuid7()))))["code"] == "NOT_FOUND"
    assert (await report(shared_api, key, event()))["count"] == 1
    assert (await shared_api.world.entries(own.id))[-1].kind == "TENANT_MOVE_STARTED"


@pytest.mark.parametrize("role", list(Role))
async def test_no_person_reports(shared_api: Api, role: Role) -> None:
    answer = await shared_api.ask(await shared_api.world.operator(role), REPORT, input=event())
    assert answer.codes == ["FORBIDDEN"]
