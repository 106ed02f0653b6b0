"""Statuses: who may be entered, what a suspension ends, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from permissions.operators import Permission, Role
from permissions.policy import TenantStatus
from tests.conformance.house import codes, details, of

if TYPE_CHECKING:
    from tests.conformance.house import House

S = TenantStatus
REFUSED = {
    S.SUSPENDED: "TENANT_SUSPENDED",
    S.OFFBOARDING: "TENANT_OFFBOARDING",
    S.PROVISIONING: "TENANT_NOT_READY",
    S.OFFBOARDED: "TENANT_GONE",
}
CONTROL = """query ($id: ID!) { tenant(id: $id) { impersonability { state code explanation modes } } }"""
KEPT = "query ($id: ID!) { tenant(id: $id) { uuid slug name sessions { nodes { uuid reason endedAt } } } }"


@pytest.mark.parametrize("status", REFUSED, ids=str)
async def test_c_18_s3_3_s3_4_s3_6_s3_30_a_status_that_forbids_it_is_named_to_the_operator_and_in_the_tenants_ledger(
    house: House, status: TenantStatus
) -> None:
    jane, tenant = await house.jane(), await house.api.world.somewhere(status)
    assert codes(await house.start(jane, tenant)) == [REFUSED[status]]
    (entry,) = await house.ledger(tenant, "FORBIDDEN", "STARTED")
    assert (entry.kind, entry.operator_id) == ("IMPERSONATION_FORBIDDEN", jane.id)
    assert details(entry)["code"] == REFUSED[status]


async def test_c_18_a_tenant_that_only_reads_may_be_entered(house: House) -> None:
    await house.inside(await house.jane(), await house.api.world.somewhere(S.READ_ONLY))


@pytest.mark.parametrize("status", [S.ACTIVE, *REFUSED], ids=str)
async def test_c_11_s3_14_who_never_may_sees_no_control_and_who_may_a_disabled_one_with_the_reason(
    house: House, status: TenantStatus
) -> None:
    tenant = await house.api.world.somewhere(status)
    seen = [
        (await house.tell(await house.jane(role), CONTROL, id=of(tenant)))["impersonability"]
        for role in (Role.PLATFORM_SUPPORT, Role.PLATFORM_READONLY)
    ]
    assert seen[1]["state"] == "HIDDEN"
    if status in REFUSED:
        assert (seen[0]["state"], seen[0]["code"]) == ("DISABLED", REFUSED[status])
        assert tenant.name in seen[0]["explanation"]
    elif house.policy.approval == "NOT_NEEDED":
        assert (seen[0]["state"], seen[0]["modes"]) == ("ENABLED", [mode.value for mode in house.policy.modes])
    else:
        assert seen[0]["state"] == "DISABLED"


@pytest.mark.parametrize("reason", ["", "  ", "ab"])
async def test_s1_10_nobody_is_suspended_without_a_reason(house: House, reason: str) -> None:
    tenant = await house.tenant()
    told = await house.change("suspendTenant", tenantId=of(tenant), reason=reason)
    assert codes(told)[0] in {"REASON_REQUIRED", "REASON_TOO_SHORT"}
    assert not await house.api.world.entries(tenant.id, "TENANT_SUSPENDED")


@pytest.mark.parametrize("ground", ["CHARGEBACK_ABUSE", "ILLEGAL_USE", "UNPAID", "SECURITY", "OTHER"])
async def test_s1_10_s1_32_a_suspension_has_its_reason_and_ground_in_the_tenants_ledger(
    house: House, ground: str
) -> None:
    tenant = await house.tenant()
    told = await house.change("suspendTenant", tenantId=of(tenant), ground=ground, reason="as agreed with legal")
    assert told["tenant"] == {"status": "SUSPENDED"}
    entry = (await house.api.world.entries(tenant.id))[-1]
    assert (details(entry)["ground"], details(entry)["reason"]) == (ground, "as agreed with legal")


@pytest.mark.parametrize(
    ("status", "cause"), [("SUSPENDED", "TENANT_SUSPENDED"), ("OFFBOARDING", "TENANT_OFFBOARDING")]
)
async def test_c_18_s1_33_s3_6_a_status_that_forbids_it_ends_who_is_inside_at_once(
    house: House, status: str, cause: str
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    service, code = await house.hand_over(jane, tenant, session)
    tried = await house.change("setTenantStatus", tenantId=of(tenant), status=status, dryRun=True)
    assert tried["sessionsEnded"] == [{"uuid": session["uuid"], "endCause": None}]
    told = await house.change("setTenantStatus", tenantId=of(tenant), status=status)
    assert told["sessionsEnded"] == [{"uuid": session["uuid"], "endCause": cause}]
    assert (await house.read(session))["endCause"] == cause
    assert "accessToken" not in await house.exchange(service, code)
    assert len(await house.ledger(tenant, "ENDED")) == 1


async def test_s1_34_s1_36_lifting_a_suspension_brings_back_everything_as_it_was(house: House) -> None:
    jane, tenant, admin = await house.jane(), await house.tenant(), house.api.world.admin
    await house.leave(jane, await house.inside(jane, tenant))
    before = await house.tell(admin, KEPT, id=of(tenant))
    written = await house.api.world.entries(tenant.id)
    await house.change("suspendTenant", tenantId=of(tenant))
    lifted = await house.change("liftSuspension", tenantId=of(tenant))
    assert lifted["tenant"] == {"status": "ACTIVE"}
    assert await house.tell(house.api.world.admin, KEPT, id=of(tenant)) == before
    assert (await house.api.world.entries(tenant.id))[: len(written)] == written
    await house.inside(jane, tenant)


async def test_s3_5_a_tenant_leaves_offboarding_only_with_a_written_exception(house: House) -> None:
    tenant = await house.api.world.somewhere(S.OFFBOARDING)
    told = await house.change("setTenantStatus", tenantId=of(tenant), status="ACTIVE")
    assert codes(told) == ["REASON_REQUIRED"]
    told = await house.change("setTenantStatus", tenantId=of(tenant), status="ACTIVE", exception="signed by the board")
    assert told["tenant"] == {"status": "ACTIVE"}
    entry = (await house.api.world.entries(tenant.id))[-1]
    assert details(entry)["exception"] == "signed by the board"


async def test_c_18_s1_33_s1_35_guards_hear_of_a_suspension_with_the_link_to_support(house: House) -> None:
    tenant, link = await house.tenant(), "https://help.example/suspended"
    await house.change("updateTenant", tenantId=of(tenant), supportUrl=link)
    key = await house.api.key(Permission.GUARD_EVENTS, tenant=tenant)
    async with house.api.socket(key) as guard:
        await guard.subscribe("subscription { guardEvents { change tenantUuid tenantStatus supportUrl } }")
        await guard.until("guardEvents", "SNAPSHOT_END")
        await house.change("suspendTenant", tenantId=of(tenant))
        told = (await guard.until("guardEvents", "TENANT_STATUS"))[-1]
    assert (told["tenantUuid"], told["tenantStatus"], told["supportUrl"]) == (str(tenant.id), "SUSPENDED", link)
