"""What a start must say, how long it lets in, and what nobody gets without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from permissions.policy import AccessMode
from tests.conformance.house import codes, details, moment

if TYPE_CHECKING:
    from tests.conformance.house import House

EIGHT_HOURS = 8 * 3600
PAGE = """query ($slug: String!) { tenant(slug: $slug) { status policy { version } audit { nodes { kind } }
  accessLog { nodes { path } } activeSessions { uuid } } }"""


def lasts(session: dict[str, Any]) -> float:
    return (moment(session["expiresAt"]) - moment(session["startedAt"])).total_seconds()


async def test_c_1_s1_13_s1_19_s2_21_s3_8_a_session_lasts_as_long_as_the_policy_says_where_nothing_is_asked(
    house: House,
) -> None:
    session = await house.inside(await house.jane(), await house.tenant())
    assert lasts(session) == house.policy.default_duration_seconds


async def test_c_1_s1_20_who_may_choose_a_duration_gets_the_one_chosen_up_to_the_longest(house: House) -> None:
    jane, tenant, longest = await house.jane(), await house.tenant(), house.policy.max_duration_seconds
    if not house.policy.duration_selectable:
        for asked in (1, house.policy.default_duration_seconds - 1):
            assert codes(await house.start(jane, tenant, durationSeconds=asked)) == ["DURATION_TOO_SHORT"]
        fixed = house.policy.default_duration_seconds
        assert lasts(await house.inside(jane, tenant, durationSeconds=fixed)) == fixed
        return
    for asked in (1, longest):
        session = await house.inside(jane, tenant, durationSeconds=asked)
        assert lasts(session) == asked
        await house.leave(jane, session)


async def test_c_1_s1_20_s3_8_nobody_gets_longer_than_the_policy_and_than_eight_hours(house: House) -> None:
    jane, tenant, longest = await house.jane(), await house.tenant(), house.policy.max_duration_seconds
    assert longest <= EIGHT_HOURS
    for asked in (longest + 1, EIGHT_HOURS + 1, 2**31 - 1):
        assert codes(await house.start(jane, tenant, durationSeconds=asked)) == ["DURATION_TOO_LONG"]
    assert codes(await house.start(jane, tenant, durationSeconds=0)) == ["DURATION_TOO_SHORT"]


@pytest.mark.parametrize("given", [None, "", "   ", "\u200b\u200b"])
async def test_c_2_s1_21_s2_18_s3_19_no_reason_is_refused_where_one_is_required(
    house: House, given: str | None
) -> None:
    told = await house.start(await house.jane(), await house.tenant(), reason=given)
    if house.policy.reason_required:
        assert codes(told) == ["REASON_REQUIRED"]
    else:
        assert told["session"]["state"] == "ACTIVE"


async def test_c_2_s1_21_s2_18_a_reason_is_as_long_as_the_policy_says_counted_in_visible_code_points(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    least, most = max(house.policy.reason_min_length, 1), house.policy.reason_max_length
    if least > 1:
        for short in ("x" * (least - 1), f"  {'x' * (least - 1)}  ", "x" * (least - 1) + "\u200b\u200b"):
            assert codes(await house.start(jane, tenant, reason=short)) == ["REASON_TOO_SHORT"], repr(short)
    assert codes(await house.start(jane, tenant, reason="x" * (most + 1))) == ["REASON_TOO_LONG"]
    for fit in ("\u00fc" * least, "\U0001f511" * least, "x" * most):
        session = await house.inside(jane, tenant, reason=f"  {fit}  ")
        assert session["reason"] == fit
        await house.leave(jane, session)


async def test_s2_19_what_a_reason_says_is_the_operators_own_word_for_word(house: House) -> None:
    words = 'Straße 東京 <b>"it\'s"</b>; drop table; 100 %'
    reason = words[: house.policy.reason_max_length].ljust(house.policy.reason_min_length, ".")
    tenant = await house.tenant()
    session = await house.inside(await house.jane(), tenant, reason=reason)
    assert session["reason"] == reason
    (entry,) = await house.ledger(tenant, "STARTED")
    assert (details(entry)["reason"], reason in entry.summary) == (reason, True)


async def test_c_2_s2_19_a_reason_that_would_not_read_as_it_is_written_is_refused(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    for flaw in ("\0", "\u202e", "\u2066"):
        reason = house.reason[:-1] + flaw
        assert codes(await house.start(jane, tenant, reason=reason)) == ["REASON_INVALID"], repr(flaw)


async def test_c_2_a_ticket_is_named_where_the_policy_wants_one_and_kept_where_it_does_not(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    if house.policy.ticket_required:
        assert codes(await house.start(jane, tenant, ticket=None)) == ["TICKET_REQUIRED"]
    ticket = house.ticket or (house.policy.ticket_pattern is None and "SUP-1") or None
    assert (await house.inside(jane, tenant, ticket=ticket))["ticket"] == ticket


async def test_c_2_a_tenants_own_pattern_decides_which_tickets_are_any(house: House) -> None:
    if house.policy.ticket_pattern is not None:
        pytest.skip("the deployment's own pattern is in force")
    jane, tenant = await house.jane(), await house.tenant()
    assert "policy" in await house.set_rules(tenant, ticketRequired=True, ticketPattern="(INC|SUP)-[0-9]{3,8}")
    assert codes(await house.start(jane, tenant, ticket=None)) == ["TICKET_REQUIRED"]
    for wrong in ("SUP-12", "sup-123", "SUP-123 and more", "x" * 101):
        assert codes(await house.start(jane, tenant, ticket=wrong)) == ["TICKET_INVALID"], wrong
    assert (await house.inside(jane, tenant, ticket=" SUP-123 "))["ticket"] == "SUP-123"


async def test_c_16_one_only_reads_unless_one_asks_for_more(house: House) -> None:
    if AccessMode.READ_ONLY in house.policy.modes:
        assert (await house.inside(await house.jane(), await house.tenant(), mode=None))["mode"] == "READ_ONLY"
    else:
        told = await house.start(await house.jane(), await house.tenant(), mode=None)
        assert codes(told) == ["MODE_NOT_ALLOWED"]


async def test_c_4_a_retry_of_a_start_is_the_same_session_and_one_entry(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    once = await house.inside(jane, tenant, idempotencyKey="once")
    assert (await house.inside(jane, tenant, idempotencyKey="once"))["uuid"] == once["uuid"]
    assert len(await house.ledger(tenant, "STARTED", "ENDED")) == 1


async def test_s1_14_s2_5_nobody_of_the_tenants_is_needed_and_the_operator_stays_themselves(house: House) -> None:
    jane = await house.jane()
    session = await house.inside(jane, await house.tenant())
    own = await house.tell(jane, "{ viewer { operator { email } impersonation { uuid } } }")
    assert jane.person
    assert own == {"operator": {"email": jane.person.email}, "impersonation": {"uuid": session["uuid"]}}
    assert session["operator"] == {"email": jane.person.email}


async def test_s2_14_administering_a_tenant_needs_no_session(house: House) -> None:
    tenant = await house.tenant()
    told = await house.tell(house.api.world.admin, PAGE, slug=tenant.slug)
    assert (told["status"], told["activeSessions"]) == ("ACTIVE", [])
    assert told["audit"]["nodes"]
