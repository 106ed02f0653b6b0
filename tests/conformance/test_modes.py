"""To read, and to write: chosen at the start, changed inside, each on the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from permissions.operators import Role
from permissions.policy import AccessMode
from tests.conformance.house import MODE, codes, details, person

if TYPE_CHECKING:
    from tests.conformance.house import House

READ, WRITE = AccessMode.READ_ONLY, AccessMode.READ_WRITE


async def test_c_16_writing_is_asked_for_by_name_and_allowed_where_the_policy_has_it(house: House) -> None:
    told = await house.start(await house.jane(), await house.tenant(), mode="READ_WRITE")
    if WRITE in house.policy.modes:
        assert told["session"]["mode"] == "READ_WRITE"
    else:
        assert codes(told) == ["MODE_NOT_ALLOWED"]


async def test_c_16_inside_one_may_begin_to_write_for_a_reason_of_its_own_and_go_back(house: House) -> None:
    house.needs(READ, WRITE)
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant, mode="READ_ONLY")
    changed = (await house.change_mode(jane, session, "READ_WRITE", house.reason[::-1]))["session"]
    assert (changed["mode"], changed["reason"]) == ("READ_WRITE", session["reason"])
    assert codes(await house.change_mode(jane, session, "READ_WRITE", house.reason)) == ["NO_CHANGE"]
    assert (await house.change_mode(jane, session, "READ_ONLY", ""))["session"]["mode"] == "READ_ONLY"
    told = [details(entry) for entry in await house.ledger(tenant, "MODE_CHANGED")]
    assert [(each["was"], each["to"]) for each in told] == [("READ_ONLY", "READ_WRITE"), ("READ_WRITE", "READ_ONLY")]
    assert told[0]["reason"] == house.reason[::-1]


async def test_c_16_the_reason_for_writing_is_held_to_the_policys_length(house: House) -> None:
    house.needs(READ, WRITE)
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant, mode="READ_ONLY")
    told = await house.change_mode(jane, session, "READ_WRITE", "x" * (house.policy.reason_max_length + 1))
    assert codes(told) == ["REASON_TOO_LONG"]
    told = await house.change_mode(jane, session, "READ_WRITE", "")
    if house.policy.reason_required:
        assert codes(told) == ["REASON_REQUIRED"]
        assert [details(entry)["code"] for entry in await house.ledger(tenant, "REFUSED")] == [
            "REASON_TOO_LONG",
            "REASON_REQUIRED",
        ]
    else:
        assert told["session"]["mode"] == "READ_WRITE"


async def test_c_16_a_tenant_may_forbid_writing_also_to_who_is_inside(house: House) -> None:
    house.needs(READ, WRITE)
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant, mode="READ_ONLY")
    await house.set_rules(tenant, modes=["READ_ONLY"])
    assert codes(await house.change_mode(jane, session, "READ_WRITE", house.reason)) == ["MODE_NOT_ALLOWED"]
    assert codes(await house.start(await house.jane(), tenant, mode="READ_WRITE")) == ["MODE_NOT_ALLOWED"]


async def test_c_16_c_17_only_who_is_inside_changes_the_mode(house: House) -> None:
    house.needs(READ, WRITE)
    session = await house.inside(await house.jane(), await house.tenant(), mode="READ_ONLY")
    given = {"sessionId": session["id"], "mode": "READ_WRITE", "reason": house.reason}
    for other in (await house.jane(), await house.jane(Role.PLATFORM_ADMIN)):
        assert (await house.api.ask(other, MODE, input=given)).codes == ["FORBIDDEN"]
    assert (await house.read(session))["mode"] == "READ_ONLY"


async def test_c_17_s3_1_a_role_that_was_lost_inside_does_not_begin_to_write(house: House) -> None:
    house.needs(READ, WRITE)
    jane = await house.jane()
    session = await house.inside(jane, await house.tenant(), mode="READ_ONLY")
    lost = await house.change("revokeRole", operatorId=person(jane), role=Role.PLATFORM_SUPPORT.value)
    assert lost["operator"]["roles"] == []
    told = await house.read(session)
    assert (told["state"], told["endCause"]) == ("ENDED", "ROLE_LOST")
    given = {"sessionId": session["id"], "mode": "READ_WRITE", "reason": house.reason}
    answer = await house.api.ask(jane, MODE, input=given)
    assert answer.codes or codes((answer.data or {})["changeImpersonationMode"]) == ["ALREADY_ENDED"]
