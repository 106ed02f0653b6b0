"""The table of transitions, every pair of it through the API (DESIGN section 5, S1-32 to S1-36, S3-3, S3-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from permissions.operators import Permission
from permissions.policy import TenantStatus as S
from schema import ids

if TYPE_CHECKING:
    from tests.schema.conftest import Api

SET = """mutation ($input: SetTenantStatusInput!) { setTenantStatus(input: $input) { __typename
  ... on TenantChanged { tenant { status statusReason } sessionsEnded { uuid endCause } }
  ... on Refused { code problems { code field } } } }"""

# Read a row as: from this status, to each of the columns. A suspended one was ACTIVE before.
OK, SAME, NO, EXCEPTION = "ok", "NO_CHANGE", "TRANSITION_NOT_ALLOWED", "REASON_REQUIRED"
COLUMNS = (S.PROVISIONING, S.ACTIVE, S.READ_ONLY, S.SUSPENDED, S.OFFBOARDING, S.OFFBOARDED)
TABLE = {
    S.PROVISIONING: (SAME, OK, NO, NO, NO, NO),
    S.ACTIVE: (NO, SAME, OK, OK, OK, NO),
    S.READ_ONLY: (NO, OK, SAME, OK, OK, NO),
    S.SUSPENDED: (NO, OK, NO, SAME, OK, NO),
    S.OFFBOARDING: (NO, EXCEPTION, NO, NO, SAME, OK),
    S.OFFBOARDED: (NO, NO, NO, NO, NO, SAME),
}
PAIRS = [(now, to, answer) for now, row in TABLE.items() for to, answer in zip(COLUMNS, row, strict=True)]


async def set_status(api: Api, tenant_id: Any, to: S, **more: Any) -> dict[str, Any]:
    given = {"tenantId": ids.encode("Tenant", tenant_id), "status": to.value, "reason": "for the test"} | more
    answer: dict[str, Any] = (await api.data(api.world.admin, SET, input=given))["setTenantStatus"]
    return answer


@pytest.mark.parametrize(("now", "to", "answer"), PAIRS, ids=str)
async def test_each_pair_of_statuses_is_allowed_or_refused_as_the_table_says(
    shared_api: Api, now: S, to: S, answer: str
) -> None:
    world = shared_api.world
    tenant = await world.somewhere(now)
    written = len(await world.entries(tenant.id))
    tried = await set_status(shared_api, tenant.id, to, dryRun=True)
    told = await set_status(shared_api, tenant.id, to)
    stored = await world.admin_sql("select status from identity.tenant where id = $1", tenant.id)
    if answer == OK:
        assert told["tenant"] == {"status": to.value, "statusReason": "for the test"}
        assert tried["tenant"]["status"] == now.value, "a dry run changes nothing"
        assert (stored, len(await world.entries(tenant.id))) == (to.value, written + 1)
    else:
        assert told["code"] == tried["code"] == answer
        assert (stored, len(await world.entries(tenant.id))) == (now.value, written)


async def test_a_suspended_tenant_goes_back_to_what_it_was_and_to_nothing_else(shared_api: Api) -> None:
    """S1-36: the one pair that the table cannot show."""
    tenant = await shared_api.world.somewhere(S.READ_ONLY)
    await set_status(shared_api, tenant.id, S.SUSPENDED)
    assert (await set_status(shared_api, tenant.id, S.ACTIVE))["code"] == NO
    assert (await set_status(shared_api, tenant.id, S.READ_ONLY))["tenant"]["status"] == "READ_ONLY"


async def test_leaving_offboarding_needs_an_exception_in_writing_which_the_ledger_keeps(shared_api: Api) -> None:
    """S3-5."""
    tenant = await shared_api.world.somewhere(S.OFFBOARDING)
    for exception in ("", "  ", "ok", "\u200b\u200b\u200b"):
        refused = await set_status(shared_api, tenant.id, S.ACTIVE, exception=exception)
        assert refused["problems"] == [{"code": EXCEPTION, "field": "exception"}]
    assert (await set_status(shared_api, tenant.id, S.ACTIVE, exception="a\u202eb c"))["code"] == "REASON_INVALID"
    told = await set_status(shared_api, tenant.id, S.ACTIVE, exception="The board decided on 1 March")
    assert told["tenant"]["status"] == "ACTIVE"
    last = (await shared_api.world.entries(tenant.id))[-1]
    assert '"exception":"The board decided on 1 March"' in last.details


@pytest.mark.parametrize(("to", "cause"), [(S.SUSPENDED, "TENANT_SUSPENDED"), (S.OFFBOARDING, "TENANT_OFFBOARDING")])
async def test_a_dry_run_names_who_would_be_sent_out_and_sends_nobody(shared_api: Api, to: S, cause: str) -> None:
    world = shared_api.world
    tenant = await world.somewhere()
    started = await shared_api.start(await world.operator(), tenant)
    tried = await set_status(shared_api, tenant.id, to, dryRun=True, idempotencyKey=f"try {to}")
    assert tried["sessionsEnded"] == [{"uuid": str(started.session.id), "endCause": None}]
    told = await set_status(shared_api, tenant.id, to, idempotencyKey=f"try {to}")
    assert told["sessionsEnded"] == [{"uuid": str(started.session.id), "endCause": cause}]


async def test_a_key_that_is_bound_to_a_tenant_sets_no_others_status(shared_api: Api) -> None:
    own, other = await shared_api.world.somewhere(), await shared_api.world.somewhere()
    key = await shared_api.key(Permission.TENANT_STATUS_SET, tenant=own)
    given = {"tenantId": ids.encode("Tenant", other.id), "status": "READ_ONLY", "reason": "for the test"}
    assert (await shared_api.data(key, SET, input=given))["setTenantStatus"]["code"] == "NOT_FOUND"
