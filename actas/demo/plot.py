"""What happens in the demo's fourteen weeks, and when: made from a seed alone, before anything is done.

The story begins on a Monday at midnight UTC and is told up to now, so weekends and office hours are where they belong.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from actas.demo import acts, cast
from actas.demo.acts import Act, Request, Seat, Visit
from permissions.operators import Role
from permissions.policy import AccessMode, TenantStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEED: Final = 20
# At least ninety whole days lie behind, whichever day of the week it is.
DAYS: Final = 90
LAST_DAY: Final = DAYS + 7
A_DAY: Final = timedelta(days=1)
A_MOMENT: Final = timedelta(seconds=1)
S = TenantStatus

LAPTOP: Final = Seat("support", "laptop")
SECOND: Final = Seat("support", "second browser")
ADMIN: Final = Seat("admin", "laptop")
BILLING: Final = Seat("billing", "laptop")
READONLY: Final = Seat("readonly", "laptop")

# How sessions end, in turns: mostly by the operator's own Stop.
ENDINGS: Final = (
    "STOPPED", "STOPPED", "EXPIRED", "STOPPED", "REPLACED", "STOPPED", "STOPPED", "TENANT_STOPPED", "STOPPED",
    "EXPIRED", "STOPPED", "REVOKED", "STOPPED", "SIGNED_OUT", "STOPPED", "EXPIRED", "STOPPED",
)  # fmt: skip
# Who came later, and on which day; all others are there from the first day.
JOINED: Final = {
    "quill": 4, "moss": 9, "wren": 14, "garnet": 17, "orchid": 23, "kiln": 29, "linden": 36, "opal": 42, "jade": 51,
    "pebble": 57, "heron": 64, "thistle": 71, "saffron": 78, "northwind": 85, "kestrel": 88,
}  # fmt: skip
# What befell whom: the tenant, the day, the status, and whether somebody is inside when it comes.
BEFELL: Final = (
    ("coral", 10, S.OFFBOARDING, False),
    ("lumen", 21, S.OFFBOARDING, False),
    ("bramble", 25, S.SUSPENDED, False),
    ("bramble", 28, S.ACTIVE, False),
    ("coral", 42, S.OFFBOARDED, False),
    ("anvil", 46, S.SUSPENDED, True),
    ("anvil", 49, S.ACTIVE, False),
    ("lumen", 50, S.OFFBOARDED, False),
    ("raven", 60, S.SUSPENDED, False),
    ("dune", 66, S.SUSPENDED, True),
    ("dune", 67, S.ACTIVE, False),
    ("juniper", 74, S.OFFBOARDING, True),
    ("slate", 79, S.READ_ONLY, False),
    ("otter", 81, S.OFFBOARDING, False),
    ("indigo", 84, S.SUSPENDED, True),
    ("harbor", 86, S.READ_ONLY, False),
)
# Who asked for stricter rules, and on which day.
ASKED_FOR: Final = (
    ("meridian", 11, {"maxDurationSeconds": 3600}, "Their contract allows one hour at a time."),
    ("ginkgo", 32, {"reasonMinLength": 20}, "Their auditors read every reason."),
    ("meridian", 44, {"ticketPattern": "SUP-[0-9]{4}"}, "They want to find each visit in our tickets."),
    ("falcon", 53, {"modes": ["READ_ONLY"]}, "Nobody but their own people may write."),
    ("amber-clinic", 70, {"maxDurationSeconds": 3600, "returnTo": "TENANT_LIST"}, "Agreed in the yearly review."),
)
ELEVATED_ON: Final = (31, 65)
READ_ONLY_BY_RULE: Final = "falcon"
FORGETS_TO_SIGN_OUT_EVERY: Final = 10
TURNED_DOWN_EVERY: Final = 4


@dataclass(frozen=True)
class Moment:
    """What happens at one time after the beginning: acts of different lanes happen at once."""

    at: timedelta
    acts: tuple[Act, ...]


def beginning(now: datetime) -> datetime:
    """The midnight with which the story of today's demo begins."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ninety_ago = midnight - timedelta(days=DAYS)
    return ninety_ago - timedelta(days=ninety_ago.weekday())


def plot(seed: int = SEED) -> list[Moment]:
    """The whole story, in order. The same seed tells the same story."""
    return _Plot(seed).moments()


class _Plot:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  believable, not secret
        self._told: list[tuple[timedelta, Act]] = []
        self._visits = 0

    def moments(self) -> list[Moment]:
        self._tenants_come()
        for day in range(LAST_DAY):
            self._live(day)
        in_order = sorted(self._told, key=lambda told: told[0])
        return [Moment(at, tuple(act for _, act in told)) for at, told in groupby(in_order, lambda told: told[0])]

    def _tell(self, at: timedelta, act: Act) -> None:
        self._told.append((at, act))

    def _tenants_come(self) -> None:
        for company in cast.TENANTS:
            at = timedelta(days=JOINED.get(company.slug, 0), hours=8, minutes=30)
            seats = self._random.randint(5, 240)
            industry = self._random.choice(("retail", "media", "tech", "health", "logistics"))
            self._tell(at, acts.Register(company, seats=seats, industry=industry))
            if company.status is not S.PROVISIONING:
                ready = at + timedelta(minutes=40) + (timedelta(days=2) if company.slug in JOINED else timedelta())
                self._tell(ready, acts.Change(company.slug, S.ACTIVE, cast.STATUS_REASONS[S.ACTIVE], ADMIN))
        for slug, day, rules, reason in ASKED_FOR:
            self._tell(timedelta(days=day, hours=9, minutes=5), acts.SetRules(slug, rules, reason, ADMIN))

    def _live(self, day: int) -> None:
        weekend = day % 7 >= 5
        begins = timedelta(days=day, hours=7, minutes=self._random.randint(0, 40), seconds=self._random.randint(0, 59))
        seats = [ADMIN] if weekend else [LAPTOP, ADMIN, SECOND]
        many = self._random.randint(0, 2) if weekend else self._random.randint(4, 6)
        for seat in seats:
            self._tell(begins, acts.SignIn(seat))
        ticks = list(self._ticks(begins))
        last = max(begins + timedelta(hours=3), self._visit_all(day, seats, ticks, many))
        if not weekend:
            last = max(last, self._befall(day, ticks), self._elevate(day, ticks), self._turn_down(day, ticks))
        self._tell(last + timedelta(minutes=9), acts.Report())
        for seat in seats:
            if seat is LAPTOP and day % FORGETS_TO_SIGN_OUT_EVERY == 3:
                self._tell(begins + timedelta(hours=12) + A_MOMENT, acts.TimeIsUp())
            else:
                self._tell(last + timedelta(minutes=12), acts.SignOut(seat))

    def _ticks(self, begins: timedelta) -> Iterator[timedelta]:
        """When something happens on this day; what happens in two lanes at the same tick happens at once."""
        at = begins
        for _ in range(18):
            at += timedelta(minutes=self._random.randint(16, 28), seconds=self._random.randint(0, 59))
            yield at

    def _visit_all(self, day: int, seats: Sequence[Seat], ticks: Sequence[timedelta], many: int) -> timedelta:
        free = dict.fromkeys(seats, 1)
        last = ticks[1]
        for slug in self._somewhere(day, many):
            seat = self._random.choices(seats, weights=(4, 2, 3)[: len(seats)])[0]
            came = free[seat] + self._random.choice((0, 0, 1))
            if came > 13:
                continue
            left = self._visit(seat, slug, ticks, came)
            free[seat] = left
            last = max(last, ticks[left])
        return last

    def _visit(self, seat: Seat, slug: str, ticks: Sequence[timedelta], came: int) -> int:
        """One session; the tick at which the seat is free again."""
        ending = ENDINGS[self._visits % len(ENDINGS)]
        stays = ticks[came + 1] - ticks[came]
        seconds = self._random.choice((900, 1800) if ending == "EXPIRED" else (1800, 1800, 3600))
        visit = self._planned(seat, slug, stays=min(stays, timedelta(seconds=seconds)), seconds=seconds)
        self._tell(ticks[came], acts.Enter(visit))
        leaves = ticks[came + 1]
        match ending:
            case "EXPIRED":
                self._tell(ticks[came] + timedelta(seconds=visit.seconds) + A_MOMENT, acts.TimeIsUp())
                return came + 3
            case "REVOKED":
                self._tell(leaves, acts.Revoke(visit, self._random.choice(cast.REVOKED_BECAUSE), ADMIN))
            case "TENANT_STOPPED":
                self._tell(leaves, acts.TenantStops(visit))
            case "REPLACED":
                other = self._planned(seat, self._other_than(slug), stays=ticks[came + 2] - leaves)
                self._tell(leaves, acts.Enter(other))
                self._tell(ticks[came + 2], acts.Leave(other))
                return came + 2
            case "SIGNED_OUT" if seat is not ADMIN:  # who is needed by others all day
                self._tell(leaves, acts.SignOut(seat))
                self._tell(leaves + timedelta(minutes=2), acts.SignIn(seat))
                return came + 2
            case _:
                self._tell(leaves, acts.Leave(visit))
        return came + 1

    def _planned(self, seat: Seat, slug: str, *, stays: timedelta, seconds: int = 1800) -> Visit:
        self._visits += 1
        writes = self._random.random() < 0.2 and slug != READ_ONLY_BY_RULE
        within = [self._random.random() for _ in range(self._random.randint(3, 14))]
        return Visit(
            number=self._visits,
            seat=seat,
            slug=slug,
            reason=self._random.choice(cast.REASONS),
            ticket=f"SUP-{self._random.randint(1200, 4800)}" if self._random.random() < 0.7 else None,
            seconds=seconds,
            mode=AccessMode.READ_WRITE if writes else AccessMode.READ_ONLY,
            requests=tuple(self._request(stays * part, writes=writes) for part in sorted(within)),
        )

    def _request(self, after: timedelta, *, writes: bool) -> Request:
        method, path, route = self._random.choice(cast.ROUTES if writes else cast.ROUTES[:-1])
        return Request(after, method, path, route, round(self._random.uniform(2, 60), 1))

    def _befall(self, day: int, ticks: Sequence[timedelta]) -> timedelta:
        last = ticks[0]
        for slug, when, status, inside in BEFELL:
            if when != day:
                continue
            by_billing = S.SUSPENDED in {status, _before(slug, day)}
            seat = BILLING if by_billing else ADMIN
            if by_billing:
                self._tell(ticks[0], acts.SignIn(BILLING))
            if inside:
                self._tell(ticks[15], acts.Enter(self._planned(LAPTOP, slug, stays=ticks[16] - ticks[15])))
            lifted = status is S.ACTIVE
            self._tell(ticks[16], acts.Change(slug, status, cast.PAID if lifted else cast.STATUS_REASONS[status], seat))
            if by_billing:
                self._tell(ticks[16] + timedelta(minutes=5), acts.SignOut(BILLING))
            last = ticks[17]
        return last

    def _elevate(self, day: int, ticks: Sequence[timedelta]) -> timedelta:
        """An auditor gets a role for a time, enters, and is still inside when the time is up (S3-7)."""
        if day not in ELEVATED_ON:
            return ticks[0]
        self._tell(ticks[9], acts.SignIn(READONLY))
        lasts = ticks[11] - ticks[9]
        self._tell(ticks[9] + A_MOMENT, acts.Elevate("readonly", Role.PLATFORM_SUPPORT, lasts, ADMIN))
        visit = self._planned(READONLY, self._somewhere(day, 1)[0], stays=ticks[11] - ticks[10])
        self._tell(ticks[10], acts.Enter(visit))
        self._tell(ticks[11] + 2 * A_MOMENT, acts.TimeIsUp())
        self._tell(ticks[12], acts.SignOut(READONLY))
        return ticks[12]

    def _turn_down(self, day: int, ticks: Sequence[timedelta]) -> timedelta:
        """Somebody who may not, and a tenant that may not be entered or a reason that says nothing (P8)."""
        if day % TURNED_DOWN_EVERY != 2:
            return ticks[0]
        slug = self._somewhere(day, 1)[0]
        self._tell(ticks[2], acts.SignIn(READONLY))
        self._tell(ticks[3], acts.TurnedDown(READONLY, slug, cast.CURIOUS))
        self._tell(ticks[4], acts.SignOut(READONLY))
        shut = [slug for slug, when, status, _ in BEFELL if when < day and status in {S.OFFBOARDING, S.SUSPENDED}]
        if shut and shut[-1] not in {"anvil", "dune", "bramble"}:
            self._tell(ticks[14], acts.TurnedDown(SECOND, shut[-1], self._random.choice(cast.REASONS)))
        else:
            self._tell(ticks[14], acts.TurnedDown(SECOND, slug, cast.TOO_SHORT))
        return ticks[15]

    def _somewhere(self, day: int, many: int) -> list[str]:
        """Different tenants that may be entered on this day; the old ones need more help."""
        there = [company.slug for company in cast.TENANTS if _open(company, day)]
        if not there:
            return []
        weights = [3 if slug in _OLDEST else 1 for slug in there]
        chosen: dict[str, None] = {}
        while len(chosen) < many:
            chosen |= dict.fromkeys(self._random.choices(there, weights))
        return list(chosen)[:many]

    def _other_than(self, slug: str) -> str:
        return self._random.choice([each for each in sorted(_OLDEST) if each != slug])


_OLDEST: Final = {"acme", "birch", "cobalt", "delta-foods", "ember", "fjord", "granite", "harbor"}
_FIRST_TROUBLE: Final = {slug: day for slug, day, status, _ in reversed(BEFELL) if status is not S.READ_ONLY}


def _open(company: cast.Company, day: int) -> bool:
    """Whether somebody may enter on this day, and no change of its status is near."""
    if company.status is S.PROVISIONING or (company.slug in JOINED and day <= JOINED[company.slug] + 2):
        return False
    return day > 0 and day < _FIRST_TROUBLE.get(company.slug, LAST_DAY + 1) - 1


def _before(slug: str, day: int) -> TenantStatus | None:
    earlier = [status for each, when, status, _ in BEFELL if each == slug and when < day]
    return earlier[-1] if earlier else None
