"""Expected refusals: nothing happened, and the caller can act on why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class RefusalCode(StrEnum):
    """Why something was refused (contract: RefusalCode)."""

    @staticmethod
    def _generate_next_value_(name: str, _start: int, _count: int, _last: list[str]) -> str:
        return name

    NOT_FOUND = auto()
    REASON_REQUIRED = auto()
    REASON_TOO_SHORT = auto()
    REASON_TOO_LONG = auto()
    REASON_INVALID = auto()
    TICKET_REQUIRED = auto()
    TICKET_INVALID = auto()
    DURATION_TOO_SHORT = auto()
    DURATION_TOO_LONG = auto()
    MODE_NOT_ALLOWED = auto()
    TENANT_SUSPENDED = auto()
    TENANT_OFFBOARDING = auto()
    TENANT_NOT_READY = auto()
    TENANT_GONE = auto()
    ALREADY_IMPERSONATING = auto()
    ALREADY_ENDED = auto()
    APPROVAL_REQUIRED = auto()
    GRANT_REQUIRED = auto()
    LOCKED = auto()
    EXCLUSIVE = auto()
    REAUTHENTICATION_REQUIRED = auto()
    REVIEW_OUTSTANDING = auto()
    OWN_ROLE = auto()
    LAST_ADMIN = auto()
    NO_CHANGE = auto()
    TRANSITION_NOT_ALLOWED = auto()
    POLICY_WEAKER = auto()
    CODE_SPENT = auto()
    CODE_EXPIRED = auto()
    INVOICE_NOT_SENDABLE = auto()
    UPSTREAM_FAILED = auto()
    CONFLICT = auto()
    INPUT_INVALID = auto()


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way; `field` names the input it belongs to."""

    code: RefusalCode
    message: str
    field: str | None = None


@dataclass(frozen=True)
class Refused:
    """Why nothing happened. `forbidden`: the role, the status or a lock forbids it, whatever the input."""

    problems: tuple[Problem, ...]
    forbidden: bool = False

    @property
    def code(self) -> RefusalCode:
        """The first problem's code."""
        return self.problems[0].code

    @property
    def message(self) -> str:
        """The first problem's message."""
        return self.problems[0].message


def refused(code: RefusalCode, message: str, field: str | None = None, *, forbidden: bool = False) -> Refused:
    """A refusal with one problem."""
    return Refused((Problem(code, message, field),), forbidden)


class ActasError(Exception):
    """A failure that the caller is told of by a code, and not by a refusal in the data.

    ActasError
    ├── Unauthenticated   the sign-in or key is missing, over or revoked
    ├── Forbidden         the caller's permissions do not cover it
    ├── BadInput          the request itself is malformed
    └── Unavailable       it could not be recorded, so it did not happen (P1)
    """

    code = "INTERNAL"


class Unauthenticated(ActasError):
    """Nobody is signed in, or no longer."""

    code = "UNAUTHENTICATED"


class Forbidden(ActasError):
    """The caller lacks a permission; the message names it, for operators only."""

    code = "FORBIDDEN"


class BadInput(ActasError):
    """A forged id or cursor, a page size out of range, text that no database takes."""

    code = "BAD_USER_INPUT"


class Unavailable(ActasError):
    """The database cannot be reached or cannot record; nothing happened, try again."""

    code = "UNAVAILABLE"
