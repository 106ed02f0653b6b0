"""What guards, and so the tenant's people, are told of a session while it lives, and where notices would go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from permissions.operators import Permission
from permissions.policy import AccessMode
from tests.conformance.house import codes, of

if TYPE_CHECKING:
    from tests.conformance.house import House
    from tests.schema.conftest import Socket

GUARD = """subscription { guardEvents { change sessionUuid mode expiresAt endCause
  banner { tenantName operatorName operatorEmail reason startedAt expiresAt presence } } }"""
NOTICES = "query ($id: ID!) { tenant(id: $id) { policy { notifyEmails notifyWebhook notifyKinds } } }"
NOBODY: dict[str, Any] = {"notifyEmails": [], "notifyWebhook": None, "notifyKinds": []}


async def next_of(guard: Socket, change: str) -> dict[str, Any]:
    told: dict[str, Any] = (await guard.until("guardEvents", change))[-1]
    return told


async def test_c_12_c_13_c_15_s1_27_guards_are_told_who_is_inside_why_until_when_and_who_may_see_it(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    assert jane.person
    async with house.api.socket(await house.api.key(Permission.GUARD_EVENTS, tenant=tenant)) as guard:
        await guard.subscribe(GUARD)
        await next_of(guard, "SNAPSHOT_END")
        session = await house.inside(jane, tenant)
        began = await next_of(guard, "SESSION_STARTED")
        assert began["banner"] == {
            "tenantName": tenant.name,
            "operatorName": jane.person.name,
            "operatorEmail": jane.person.email,
            "reason": session["reason"],
            "startedAt": session["startedAt"],
            "expiresAt": session["expiresAt"],
            "presence": house.policy.tenant_presence.value,
        }
        await house.leave(jane, session)
        ended = await next_of(guard, "SESSION_ENDED")
        assert (ended["sessionUuid"], ended["endCause"]) == (session["uuid"], "STOPPED")


async def test_c_16_guards_are_told_a_new_mode(house: House) -> None:
    house.needs(AccessMode.READ_ONLY, AccessMode.READ_WRITE)
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant, mode="READ_ONLY")
    async with house.api.socket(await house.api.key(Permission.GUARD_EVENTS, tenant=tenant)) as guard:
        await guard.subscribe(GUARD)
        await next_of(guard, "SNAPSHOT_END")
        await house.change_mode(jane, session, "READ_WRITE", house.reason)
        told = await next_of(guard, "SESSION_MODE")
        assert (told["sessionUuid"], told["mode"]) == (session["uuid"], "READ_WRITE")


async def test_c_12_a_tenant_may_want_all_of_its_people_to_see_the_banner_and_not_fewer(house: House) -> None:
    tenant = await house.tenant()
    order = ["NOBODY", "ADMINS", "EVERYONE"]
    held = order.index(house.policy.tenant_presence.value)
    for wanted in order:
        told = await house.set_rules(tenant, tenantPresence=wanted)
        assert codes(told) == ["POLICY_WEAKER"] if order.index(wanted) < held else "policy" in told, wanted


@pytest.mark.under("default", "timeboxed", "workday", "hourly")
async def test_c_14_s2_41_nobody_is_told_by_mail_unless_a_tenant_asked_for_it(house: House) -> None:
    assert (await house.tell(house.api.world.admin, NOTICES, id=of(await house.tenant())))["policy"] == NOBODY


async def test_c_14_s2_42_a_tenants_wish_for_notices_is_kept_beside_the_record_not_instead_of_it(house: House) -> None:
    if house.policy.allowed_notify_hosts is not None:
        pytest.skip("the deployment says itself where notices may go")
    tenant = await house.tenant()
    wish = {"notifyEmails": ["security@acme.example"], "notifyKinds": ["IMPERSONATION_STARTED"]}
    assert "policy" in await house.set_rules(tenant, **wish)
    told = (await house.tell(house.api.world.admin, NOTICES, id=of(tenant)))["policy"]
    assert told == {"notifyWebhook": house.policy.notify_webhook} | wish
    await house.inside(await house.jane(), tenant)
    assert len(await house.ledger(tenant, "STARTED")) == 1
