"""Who may be inside at the same time: one's other browsers, and other operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from permissions.policy import Concurrency, OnConflict
from tests.conformance.house import codes, of

if TYPE_CHECKING:
    from tests.conformance.house import House

INSIDE = "query ($id: ID!) { tenant(id: $id) { activeSessions { uuid } } }"


async def test_c_7_s1_13_s2_27_another_browser_is_independent_or_not_as_the_policy_counts(house: House) -> None:
    jane = await house.jane()
    here = await house.inside(jane, await house.tenant())
    told = await house.start(await house.again(jane), await house.tenant())
    now = await house.read(here)
    if house.policy.concurrency is Concurrency.PER_SIGN_IN:
        assert (told["session"]["state"], now["state"]) == ("ACTIVE", "ACTIVE")
    elif house.policy.on_conflict is OnConflict.REPLACE:
        assert (told["session"]["state"], now["endCause"]) == ("ACTIVE", "REPLACED")
    else:
        assert (codes(told), now["state"]) == (["ALREADY_IMPERSONATING"], "ACTIVE")


@pytest.mark.parametrize("strict", ["left", "entered"])
async def test_c_7_one_tenants_wish_for_the_whole_operator_holds_whichever_is_entered_first(
    house: House, strict: str
) -> None:
    jane, tenants = await house.jane(), {"left": await house.tenant(), "entered": await house.tenant()}
    await house.set_rules(tenants[strict], concurrency="PER_OPERATOR")
    here = await house.inside(jane, tenants["left"])
    told = await house.start(await house.again(jane), tenants["entered"])
    live = [(await house.read(here))["state"] == "ACTIVE", "session" in told]
    assert live.count(True) == 1


async def test_c_8_a_tenant_may_ask_that_nobody_is_replaced_by_entering_it(house: House) -> None:
    jane, left, strict = await house.jane(), await house.tenant(), await house.tenant()
    await house.set_rules(strict, onConflict="REJECT")
    here = await house.inside(jane, left)
    assert codes(await house.start(jane, strict)) == ["ALREADY_IMPERSONATING"]
    assert (await house.read(here))["state"] == "ACTIVE"


async def test_c_9_s2_39_two_operators_may_be_inside_at_once_and_the_log_shows_both(house: House) -> None:
    tenant, jane, other = await house.tenant(), await house.jane(), await house.jane()
    first = await house.inside(jane, tenant)
    told = await house.start(other, tenant)
    live = {each["uuid"] for each in (await house.tell(house.api.world.admin, INSIDE, id=of(tenant)))["activeSessions"]}
    if house.policy.exclusive:
        assert (codes(told), live) == (["EXCLUSIVE"], {first["uuid"]})
    else:
        assert live == {first["uuid"], told["session"]["uuid"]}
        assert [entry.operator_id for entry in await house.ledger(tenant, "STARTED")] == [jane.id, other.id]


async def test_c_9_a_tenant_may_want_one_operator_at_a_time(house: House) -> None:
    tenant, jane = await house.tenant(), await house.jane()
    await house.set_rules(tenant, exclusive=True)
    session = await house.inside(jane, tenant)
    assert codes(await house.start(await house.jane(), tenant)) == ["EXCLUSIVE"]
    await house.leave(jane, session)
    await house.inside(await house.jane(), tenant)
