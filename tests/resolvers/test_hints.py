"""What a stream tells outside of the feed: ends that are near, and use, at most once a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from db.impersonation import Session
from permissions.ids import uuid7
from permissions.policy import AccessMode
from resolvers.hints import Hints

if TYPE_CHECKING:
    from uuid import UUID

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def session(*, requests: int = 0, seconds: int = 600) -> Session:
    def uuid() -> UUID:
        return uuid7()

    return Session(
        id=uuid(),
        tenant_id=uuid(),
        operator_id=uuid(),
        sign_in_id=uuid(),
        state="ACTIVE",
        mode=AccessMode.READ_ONLY,
        reason="for the test",
        ticket=None,
        break_glass=False,
        policy_version=0,
        requested_at=NOW,
        started_at=NOW,
        expires_at=NOW + timedelta(seconds=seconds),
        ended_at=None,
        end_cause=None,
        ended_by_kind=None,
        ended_by_id=None,
        ended_by_name=None,
        ip=None,
        user_agent=None,
        requests=requests,
        last_seen_at=None,
        now=NOW,
    )


def test_a_session_in_use_is_told_of_once_for_what_it_did_and_looked_at_once_a_second() -> None:
    clock = Clock()
    hints, live = Hints(clock), session(requests=3)
    hints.watch([live])
    assert hints.looks()
    assert not hints.looks(), "within the same second"
    assert hints.used([live]) == []
    used = replace(live, requests=5)
    assert hints.used([used, session(requests=9)]) == [used], "and nothing of one that is not followed"
    assert hints.used([used]) == []
    clock.at += 0.9
    assert not hints.looks()
    clock.at += 0.1
    assert hints.next() == clock.at
    assert hints.looks()


def test_nothing_is_looked_at_while_nothing_is_live() -> None:
    clock = Clock()
    hints, live = Hints(clock), session()
    assert hints.next() is None
    assert not hints.looks()
    hints.watch([live])
    hints.watch([replace(live, state="ENDED")])
    assert not hints.looks()
    assert hints.used([replace(live, requests=1)]) == []


def test_an_end_is_near_five_minutes_and_one_minute_before_and_not_once_it_has_come() -> None:
    clock = Clock()
    hints, one, other = Hints(clock), session(seconds=400), session(seconds=90)
    hints.watch([one, other])
    clock.at += 30
    assert hints.ending() == [other.id]
    clock.at += 70
    hints.watch([replace(other, state="ENDED")])
    assert hints.ending() == [one.id]
    clock.at += 240
    assert hints.ending() == [one.id]
    assert hints.ending() == []
