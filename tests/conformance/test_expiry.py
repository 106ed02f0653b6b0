"""What ends because its time is up: at its deadline, on the record, and also where nobody has written it down yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.house import codes, details, moment

if TYPE_CHECKING:
    from tests.conformance.house import House


async def test_c_3_s1_28_s1_30_s2_29_s3_24_a_session_that_runs_out_has_its_one_end_at_the_true_time(
    house: House,
) -> None:
    tenant = await house.tenant()
    session = await house.inside(await house.jane(), tenant)
    await house.later(house.policy.default_duration_seconds + 100)
    await house.expire()
    await house.expire()
    ended = await house.read(session)
    assert (ended["endCause"], ended["endedBy"]["kind"]) == ("EXPIRED", "SYSTEM")
    assert ended["endedAt"] == session["expiresAt"]
    assert ended["durationSeconds"] == house.policy.default_duration_seconds
    (entry,) = await house.ledger(tenant, "ENDED")
    told = details(entry)
    assert (told["cause"], moment(told["endedAt"])) == ("EXPIRED", moment(session["expiresAt"]))


async def test_c_3_s3_24_past_its_deadline_it_is_over_for_everybody_before_anything_is_written(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    service, code = await house.hand_over(jane, tenant, session)
    await house.later(house.policy.default_duration_seconds)
    told = await house.read(session)
    assert (told["state"], told["endCause"], told["endedAt"]) == ("ENDED", "EXPIRED", session["expiresAt"])
    assert not await house.ledger(tenant, "ENDED")
    assert "accessToken" not in await house.exchange(service, code)
    admin = house.api.world.admin
    live = await house.tell(
        admin, "query ($slug: String!) { tenant(slug: $slug) { activeSessions { uuid } } }", slug=tenant.slug
    )
    assert live == {"activeSessions": []}


async def test_c_3_a_stop_after_the_deadline_does_not_make_it_last_longer(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant, **one_second(house))
    await house.later(house.policy.default_duration_seconds + 1)
    await house.leave(jane, session)
    await house.expire()
    ended = await house.read(session)
    assert (ended["endCause"], ended["endedAt"]) == ("EXPIRED", session["expiresAt"])
    assert len(await house.ledger(tenant, "ENDED")) == 1


async def test_c_8_c_3_what_had_run_out_is_expired_and_not_replaced(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    await house.inside(jane, tenant, **one_second(house))
    await house.later(house.policy.default_duration_seconds + 1)
    await house.inside(jane, tenant)
    (ended,) = await house.ledger(tenant, "ENDED")
    assert (details(ended)["cause"], details(ended)["replacedBy"]) == ("EXPIRED", None)


async def test_s2_40_work_over_two_days_is_two_starts_and_alarms_nobody(house: House) -> None:
    tenant, jane = await house.tenant(), await house.jane()
    await house.inside(jane, tenant)
    await house.later(24 * 3600)
    await house.expire()
    await house.inside(await house.again(jane), tenant)
    kinds = [entry.kind.removeprefix("IMPERSONATION_") for entry in await house.ledger(tenant, "STARTED", "ENDED")]
    assert kinds == ["STARTED", "ENDED", "STARTED"]


async def test_s3_25_how_an_operators_sessions_ended_is_counted_by_cause(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    await house.leave(jane, await house.inside(jane, tenant))
    await house.inside(jane, await house.tenant(), **one_second(house))
    await house.later(house.policy.default_duration_seconds)
    await house.expire()
    assert jane.person
    told = await house.tell(
        house.api.world.admin,
        """query ($search: String) { operators(search: $search) { nodes {
             conduct { started stopped expired abandoned tenants } } } }""",
        search=jane.person.email,
    )
    assert told["nodes"][0]["conduct"] == {"started": 2, "stopped": 1, "expired": 1, "abandoned": 0, "tenants": 2}


async def test_s1_14_s1_15_s1_16_what_is_over_lets_nobody_in_again(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    service, code = await house.hand_over(jane, tenant, session)
    await house.leave(jane, session)
    assert codes(await house.exchange(service, code)) == ["ALREADY_ENDED"]
    assert not isinstance(await house.code(jane, tenant, session), str)


def one_second(house: House) -> dict[str, int]:
    """The shortest session that the policy lets one choose."""
    return {"durationSeconds": 1} if house.policy.duration_selectable else {}
