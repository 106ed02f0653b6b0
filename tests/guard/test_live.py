"""The live set: who is inside, as far as the console has proved it (P7; facts/mechanisms.md H.5, H.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from actas_guard.events import Event, InvalidEvent
from actas_guard.live import LiveSet
from tests.guard.console import FakeConsole, FakeSession, FakeTenant, instant

BEGAN = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


class World:
    """A live set and the two clocks around it, which stand still unless moved."""

    def __init__(self) -> None:
        self.console = BEGAN
        self.own = 1000.0
        self.set = LiveSet(max_staleness=30, monotonic=lambda: self.own, clock=BEGAN.timestamp)
        self.acme = FakeTenant("acme", "Acme GmbH")
        self.position = 0

    def hear(self, change: str, *, at: datetime | None = None, **about: Any) -> None:
        self.position += 1
        event = {"change": change, "at": instant(at or self.console), "position": str(self.position), **about}
        self.set.apply(Event.read(event))

    def session(self, minutes: float = 30) -> FakeSession:
        return FakeSession(self.acme, "READ_WRITE", self.console, self.console + timedelta(minutes=minutes))

    def tenant(self, status: str = "ACTIVE") -> dict[str, Any]:
        return {"tenantUuid": str(self.acme.id), "tenantSlug": "acme", "tenantStatus": status, "supportUrl": None}

    def snapshot(self, *sessions: FakeSession, end: bool = True) -> None:
        self.hear("SNAPSHOT", **self.tenant())
        for session in sessions:
            self.hear("SNAPSHOT", **session.event())
        if end:
            self.hear("SNAPSHOT_END")

    def pass_time(self, seconds: float) -> None:
        self.own += seconds
        self.console += timedelta(seconds=seconds)


@pytest.fixture
def world() -> World:
    return World()


def test_nothing_is_known_before_the_first_snapshot_is_whole(world: World) -> None:
    session = world.session()
    world.snapshot(session, end=False)
    assert not world.set.ready
    assert world.set.stale
    assert world.set.session(session.id) is None
    world.hear("SNAPSHOT_END")
    assert world.set.ready
    assert not world.set.stale
    assert world.set.session(session.id)


def test_a_session_that_nobody_announced_does_not_live(world: World) -> None:
    """H.6: the live set, not a list of revocations."""
    world.snapshot()
    assert world.set.session(uuid4()) is None


def test_an_end_is_an_end_and_its_cause_is_remembered(world: World) -> None:
    session = world.session()
    world.snapshot(session)
    world.pass_time(60)
    world.hear("SESSION_ENDED", sessionUuid=str(session.id), endCause="REVOKED")
    assert world.set.session(session.id) is None
    ended = world.set.ended(session.id)
    assert ended
    assert (ended.cause, ended.at) == ("REVOKED", BEGAN + timedelta(minutes=1))


@pytest.mark.parametrize("again", ["SESSION_STARTED", "SNAPSHOT"])
def test_what_has_ended_does_not_come_back(world: World, again: str) -> None:
    """A replayed start, or a snapshot read before the end."""
    session = world.session()
    world.snapshot(session)
    world.hear("SESSION_ENDED", sessionUuid=str(session.id), endCause="STOPPED")
    if again == "SNAPSHOT":
        world.snapshot(session)
    else:
        world.hear("SESSION_STARTED", **session.event())
    assert world.set.session(session.id) is None


def test_a_deadline_holds_whether_or_not_anybody_says_so(world: World) -> None:
    """DESIGN section 4: deadlines are enforced on read as well; by the console's clock, not this machine's."""
    session = world.session(minutes=0.25)
    world.snapshot(session)
    world.pass_time(14)
    assert world.set.session(session.id)
    world.pass_time(1)
    assert world.set.session(session.id) is None
    assert world.set.sessions(world.acme.id) == []
    ended = world.set.ended(session.id)
    assert ended
    assert ended.cause == "EXPIRED"


def test_a_gap_lets_nobody_in_until_the_new_snapshot_is_whole(world: World) -> None:
    """Fail closed; the tenant's own people go on under the last known status."""
    session, gone = world.session(), world.session()
    world.snapshot(session, gone)
    world.hear("GAP")
    assert world.set.stale
    assert world.set.session(session.id) is None
    assert world.set.tenant("acme")
    world.snapshot(session, end=False)
    assert world.set.session(session.id) is None
    world.hear("SNAPSHOT_END")
    assert world.set.session(session.id)
    assert world.set.session(gone.id) is None
    assert world.set.ended(gone.id)


def test_a_heartbeat_after_a_gap_does_not_stand_for_the_snapshot(world: World) -> None:
    world.snapshot()
    world.hear("GAP")
    world.hear("HEARTBEAT")
    assert world.set.stale


def test_an_end_between_a_snapshots_parts_counts(world: World) -> None:
    session = world.session()
    world.snapshot(session, end=False)
    world.hear("SESSION_ENDED", sessionUuid=str(session.id), endCause="STOPPED")
    world.hear("SNAPSHOT_END")
    assert world.set.session(session.id) is None


def test_the_view_is_stale_after_thirty_seconds_of_silence_and_fresh_after_a_heartbeat(world: World) -> None:
    world.snapshot()
    world.pass_time(30)
    assert not world.set.stale
    world.pass_time(1)
    assert world.set.stale
    world.hear("HEARTBEAT")
    assert not world.set.stale
    assert world.set.age == 0


def test_a_heartbeat_is_as_old_as_the_read_that_it_proves(world: World) -> None:
    """H.5: a process whose feed is stuck still pings its guards happily."""
    world.snapshot()
    proved = world.console
    for _ in range(7):
        world.pass_time(5)
        world.hear("HEARTBEAT", at=proved)
    assert world.set.stale


def test_a_heartbeat_that_was_held_up_on_its_way_proves_only_what_it_says(world: World) -> None:
    world.snapshot()
    held_up = world.console + timedelta(seconds=5)
    world.pass_time(40)
    world.hear("HEARTBEAT", at=held_up)
    assert world.set.age == 35


def test_any_other_event_does_not_stand_for_a_heartbeat(world: World) -> None:
    """What comes in after a reconnect may be long past; only a proof of a fresh read counts."""
    world.snapshot()
    world.pass_time(31)
    world.hear("SESSION_STARTED", **world.session().event())
    assert world.set.stale


def test_the_consoles_clock_may_go_ahead(world: World) -> None:
    """An administrator moves a demo's time forward."""
    session = world.session()
    world.snapshot(session)
    world.console += timedelta(hours=1)
    world.hear("HEARTBEAT")
    assert not world.set.stale
    assert world.set.now() == world.console.timestamp()
    assert world.set.session(session.id) is None


def test_a_new_snapshot_makes_up_for_a_clock_that_went_back(world: World) -> None:
    world.snapshot()
    world.console -= timedelta(minutes=10)
    world.pass_time(31)
    world.hear("HEARTBEAT")
    assert world.set.stale
    world.snapshot()
    assert not world.set.stale


def test_a_tenant_may_change_its_slug(world: World) -> None:
    world.snapshot()
    world.hear("TENANT_STATUS", **{**world.tenant(), "tenantSlug": "acme-gmbh"})
    assert world.set.tenant("acme") is None
    assert world.set.tenant("acme-gmbh")


def test_remembered_ends_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actas_guard.live.REMEMBERED_ENDS", 3)
    world.snapshot()
    sessions = [world.session() for _ in range(5)]
    for session in sessions:
        world.hear("SESSION_STARTED", **session.event())
        world.hear("SESSION_ENDED", sessionUuid=str(session.id), endCause="STOPPED")
    assert [bool(world.set.ended(session.id)) for session in sessions] == [False, False, True, True, True]


def test_what_a_newer_console_adds_is_passed_over(world: World) -> None:
    world.snapshot()
    world.hear("SOMETHING_NEW")
    assert not world.set.stale


@pytest.mark.parametrize(
    "broken",
    [
        {"at": "yesterday"},
        {"at": "2026-11-21T14:00:00"},
        {"at": None},
        {"position": ...},
        {"change": ...},
        {"change": "SESSION_ENDED"},
        {"change": "SESSION_MODE"},
        {"change": "SESSION_STARTED", "sessionUuid": str(uuid4())},
        {"change": "SNAPSHOT"},
        {"change": "TENANT_STATUS", "tenantStatus": "ACTIVE"},
        {"change": "SESSION_ENDED", "sessionUuid": "1"},
        {"banner": "none"},
    ],
)
def test_an_event_that_cannot_be_understood_is_not_half_believed(broken: dict[str, Any]) -> None:
    whole = {"change": "HEARTBEAT", "at": instant(BEGAN), "position": "1", **broken}
    with pytest.raises(InvalidEvent):
        Event.read({name: value for name, value in whole.items() if value is not ...})


def test_the_stand_in_speaks_as_the_contract_says() -> None:
    """The names that contract.graphql has for GuardEvent and Banner."""
    session = FakeSession(FakeTenant("acme", "Acme GmbH"), "READ_ONLY", BEGAN, BEGAN)
    banner = "tenantName operatorName operatorEmail reason startedAt expiresAt presence"
    assert list(session.event()["banner"]) == banner.split()
    assert FakeConsole()._event("HEARTBEAT").keys() == {"change", "at", "position"}
