"""How sessions end when somebody ends them: once each, with one cause, for the tenant to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from permissions.operators import Permission
from permissions.policy import OnConflict
from tests.conformance.house import END, codes, details, moment

if TYPE_CHECKING:
    from tests.conformance.house import House


async def test_s1_28_s2_24_s3_17_an_operator_stops_and_the_entry_says_who_where_from_when_to_when(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    ended = (await house.leave(jane, session))["session"]
    assert (ended["state"], ended["endCause"], ended["endedBy"]["kind"]) == ("ENDED", "STOPPED", "OPERATOR")
    (entry,) = await house.ledger(tenant, "ENDED")
    told = details(entry)
    assert (entry.operator_id, entry.tenant_id, str(entry.session_id)) == (jane.id, tenant.id, session["uuid"])
    assert moment(told["startedAt"]) == moment(session["startedAt"])
    assert moment(told["endedAt"]) == moment(ended["endedAt"]) <= entry.at


async def test_c_3_s1_30_s3_31_however_often_it_is_ended_there_is_one_end(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    first = (await house.leave(jane, session))["session"]
    assert codes(await house.leave(jane, session)) == ["ALREADY_ENDED"]
    revoked = await house.change("revokeImpersonation", sessionId=session["id"])
    assert codes(revoked) == ["ALREADY_ENDED"]
    assert await house.read(session) == first
    assert len(await house.ledger(tenant, "ENDED")) == 1


async def test_c_3_a_retry_of_a_stop_tells_the_same_end(house: House) -> None:
    jane = await house.jane()
    session = await house.inside(jane, await house.tenant())
    given = {"sessionId": session["id"], "idempotencyKey": "over"}
    first, again = [await house.tell(jane, END, input=given) for _ in range(2)]
    assert first == again
    assert first["session"]["endCause"] == "STOPPED"


async def test_c_3_nobody_stops_anothers_session_but_an_admin_revokes_it_for_a_reason_that_the_tenant_reads(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    other = await house.jane()
    assert (await house.api.ask(other, END, input={"sessionId": session["id"]})).codes == ["FORBIDDEN"]
    assert (await house.read(session))["state"] == "ACTIVE"
    done = await house.change("revokeImpersonation", sessionId=session["id"], reason="wrong customer")
    assert (done["session"]["endCause"], done["session"]["endedBy"]["name"]) == ("REVOKED", "Admin")
    (entry,) = await house.ledger(tenant, "ENDED")
    assert "wrong customer" in entry.summary


async def test_c_3_the_tenants_own_people_send_an_operator_out_by_name(house: House) -> None:
    tenant = await house.tenant()
    session = await house.inside(await house.jane(), tenant)
    key = await house.api.key(Permission.TENANT_SIDE_DECIDE, tenant=tenant)
    told = await house.tell(key, END, input={"sessionId": session["id"], "onBehalfOf": "Olga Owner"})
    assert told["session"]["endCause"] == "TENANT_STOPPED"
    assert told["session"]["endedBy"]["name"].startswith("Olga Owner, as stated by key")


async def test_c_8_s2_30_a_second_start_in_the_same_browser_replaces_or_is_rejected_as_the_policy_says(
    house: House,
) -> None:
    jane, left, entered = await house.jane(), await house.tenant(), await house.tenant()
    old = await house.inside(jane, left)
    told = await house.start(jane, entered)
    if house.policy.on_conflict is OnConflict.REJECT:
        assert codes(told) == ["ALREADY_IMPERSONATING"]
        assert (await house.read(old))["state"] == "ACTIVE"
        assert not await house.ledger(entered, "STARTED")
        return
    new = told["session"]
    assert (await house.read(old))["endCause"] == "REPLACED"
    (ended,), (started,) = await house.ledger(left, "ENDED"), await house.ledger(entered, "STARTED")
    assert details(ended)["replacedBy"] == new["uuid"]
    assert details(started)["replaces"] == [old["uuid"]]
    assert ended.at <= started.at


async def test_c_8_s2_30_within_one_tenant_the_old_end_is_written_before_the_new_start(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    await house.inside(jane, tenant)
    told = await house.start(jane, tenant)
    kinds = [entry.kind.removeprefix("IMPERSONATION_") for entry in await house.ledger(tenant, "STARTED", "ENDED")]
    if house.policy.on_conflict is OnConflict.REJECT:
        assert (codes(told), kinds) == (["ALREADY_IMPERSONATING"], ["STARTED"])
    else:
        assert kinds == ["STARTED", "ENDED", "STARTED"]


async def test_c_6_s2_25_a_browser_that_is_merely_silent_ends_nothing_where_no_time_is_set_for_that(
    house: House,
) -> None:
    jane = await house.jane()
    session = await house.inside(jane, await house.tenant())
    await house.later(house.policy.default_duration_seconds - 1)
    await house.expire()
    assert (await house.read(session))["state"] == "ACTIVE"
