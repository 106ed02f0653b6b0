"""The kinds of things that happen in the demo's story, as plain data (plot.py orders them, story.py does them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, TypeAlias

from actas.demo.cast import Company
from permissions.operators import Role
from permissions.policy import AccessMode, TenantStatus


class Seat(NamedTuple):
    """Somebody at one browser: what a sign-in belongs to."""

    short: str
    browser: str


@dataclass(frozen=True)
class Request:
    """One request inside a workspace, so long after the session began."""

    after: timedelta
    method: str
    path: str
    route: str
    duration_ms: float


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One session: who asks for what, and what they look at."""

    number: int
    seat: Seat
    slug: str
    reason: str
    ticket: str | None
    seconds: int
    mode: AccessMode
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Register:
    """A new tenant."""

    company: Company
    seats: int
    industry: str


@dataclass(frozen=True)
class Change:
    """A tenant's status is set, a suspension lifted."""

    slug: str
    to: TenantStatus
    reason: str
    by: Seat


@dataclass(frozen=True)
class SetRules:
    """A tenant's own rules become stricter; the names are the API's."""

    slug: str
    rules: Mapping[str, Any]
    reason: str
    by: Seat


@dataclass(frozen=True)
class SignIn:
    """Somebody signs in and looks at the list of tenants."""

    seat: Seat


@dataclass(frozen=True)
class SignOut:
    """Somebody signs out, which ends what they began."""

    seat: Seat


@dataclass(frozen=True)
class Enter:
    """A session begins, and the browser is handed over to the workspace."""

    visit: Visit


@dataclass(frozen=True)
class Leave:
    """The operator's own Stop."""

    visit: Visit


@dataclass(frozen=True)
class Revoke:
    """An admin ends somebody's session."""

    visit: Visit
    reason: str
    by: Seat


@dataclass(frozen=True)
class TenantStops:
    """The tenant's owner ends a session."""

    visit: Visit


@dataclass(frozen=True)
class TurnedDown:
    """Somebody asks for what they are refused."""

    seat: Seat
    slug: str
    reason: str


@dataclass(frozen=True)
class Elevate:
    """A role is given for a time."""

    short: str
    role: Role
    lasts: timedelta
    by: Seat


@dataclass(frozen=True)
class TimeIsUp:
    """Something runs out."""


@dataclass(frozen=True)
class Report:
    """The workspace reports the day's requests."""


OfVisit: TypeAlias = Enter | Leave | Revoke | TenantStops | TurnedDown
Act: TypeAlias = Register | Change | SetRules | SignIn | SignOut | Elevate | TimeIsUp | Report | OfVisit


def lane(act: Act) -> object:
    """What an act keeps busy: at one moment the acts of one lane follow each other, those of different lanes do not."""
    match act:
        case Register(company=company):
            return company.slug
        case Change(slug=slug) | SetRules(slug=slug):
            return slug
        case Enter(visit=visit) | Leave(visit=visit) | Revoke(visit=visit) | TenantStops(visit=visit):
            return visit.seat
        case SignIn(seat=seat) | SignOut(seat=seat) | TurnedDown(seat=seat):
            return seat
        case _:
            return None
