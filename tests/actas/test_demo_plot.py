"""The demo's story before it is told: the same for the same seed, and with all that a newcomer should find in it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from actas.demo import acts, cast
from actas.demo.plot import ASKED_FOR, BEFELL, DAYS, SECOND, beginning, plot


def happening(kind: type[acts.Act]) -> list[acts.Act]:
    return [act for moment in plot() for act in moment.acts if isinstance(act, kind)]


def test_the_same_seed_tells_the_same_story_and_another_one_another() -> None:
    assert plot(7) == plot(7)
    assert plot(7) != plot(8)


@given(st.integers(min_value=0, max_value=40 * 366 * 86_400))
def test_it_begins_on_a_monday_at_least_ninety_days_ago(second: int) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    begins = beginning(now)
    assert (begins.weekday(), begins.hour, begins.minute, begins.second) == (0, 0, 0, 0)
    assert timedelta(days=DAYS) <= now - begins < timedelta(days=DAYS + 8)


def test_it_is_told_in_order_with_moments_that_are_apart() -> None:
    times = [moment.at for moment in plot()]
    assert times == sorted(set(times))


def test_sixty_tenants_come_and_everything_that_befalls_one_is_told() -> None:
    registered = [act.company.slug for act in happening(acts.Register) if isinstance(act, acts.Register)]
    assert sorted(registered) == sorted(company.slug for company in cast.TENANTS)
    assert len(registered) == 60
    changes = Counter((act.slug, act.to) for act in happening(acts.Change) if isinstance(act, acts.Change))
    assert changes.keys() >= {(slug, to) for slug, _, to, _ in BEFELL}
    assert len(happening(acts.SetRules)) == len(ASKED_FOR)


def test_every_way_that_a_session_ends_in_practice_is_in_it() -> None:
    kinds = {type(act) for moment in plot() for act in moment.acts}
    assert kinds >= {acts.Leave, acts.Revoke, acts.TenantStops, acts.TimeIsUp, acts.SignOut, acts.Elevate}


def test_one_colleague_is_at_work_in_two_browsers() -> None:
    """C-7: two sign-ins are two sessions."""
    seats = {act.visit.seat for act in happening(acts.Enter) if isinstance(act, acts.Enter)}
    assert SECOND in seats
    assert len({seat.short for seat in seats}) < len(seats)
