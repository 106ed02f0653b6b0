"""Rules as people write them: read, checked field by field, and written again (the API, a policy file, the database).

A rule is known by its field's name in `ImpersonationPolicy`.
"""

from __future__ import annotations

import re
from dataclasses import fields
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from permissions.policy import (
    SHORTEST_SECONDS,
    SYSTEM_CAP_SECONDS,
    AccessMode,
    ApprovalMode,
    Carrier,
    Concurrency,
    ImpersonationPolicy,
    OnConflict,
    Presence,
    ReturnTo,
)
from permissions.profiles import PROFILES
from permissions.refusals import Problem, RefusalCode
from permissions.strictness import api_name
from permissions.tickets import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

FIELDS: Final = tuple(field.name for field in fields(ImpersonationPolicy) if field.name != "version")
BY_API_NAME: Final = {api_name(name): name for name in FIELDS}
SHORTEST_TIMEOUT: Final = 60  # guards report every 15 s
LONGEST_REASON: Final = 2000  # of four bytes each: what the table takes
MOST_NOTICES: Final = 20
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,190}\Z)[a-z0-9-]+(\.[a-z0-9-]+)+")
_HOST: Final = re.compile(r"(?=.{1,190}\Z)[a-z0-9-]+(\.[a-z0-9-]+)*")
_KIND: Final = re.compile(r"[A-Z][A-Z0-9_]{2,63}")


class UnfitRules(ValueError):
    """Rules that cannot be taken; `problems` says of each field what would do."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


def read(written: Mapping[str, Any]) -> dict[str, Any]:
    """Rules by the names of their fields, from the API's names and JSON's values; raises UnfitRules."""
    rules: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in written.items():
        field = BY_API_NAME.get(name)
        if field is None:
            problems.append(Problem(RefusalCode.INPUT_INVALID, f"{name[:60]} is no rule that Actas has.", name[:60]))
            continue
        try:
            rules[field] = _READ[field](value)
        except ValueError as error:
            problems.append(Problem(RefusalCode.INPUT_INVALID, f"{name} {error}.", name))
    if problems:
        raise UnfitRules(problems)
    return rules


def written(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Rules as JSON has them, under the API's names: what is stored, and what the ledger's entry says."""
    return {api_name(name): _plain(value) for name, value in rules.items()}


def contradictions(policy: ImpersonationPolicy) -> list[Problem]:
    """What could never be satisfied together."""
    found = []
    if policy.reason_min_length > policy.reason_max_length:
        found.append(
            Problem(
                RefusalCode.INPUT_INVALID,
                f"No reason could be long and short enough: reasonMinLength would be {policy.reason_min_length} and "
                f"reasonMaxLength {policy.reason_max_length}.",
                "reasonMinLength",
            )
        )
    if policy.landing_path not in (policy.allowed_landing_paths or (policy.landing_path,)):
        found.append(_not_among("landingPath", "allowedLandingPaths"))
    if policy.carrier not in policy.allowed_carriers:
        found.append(_not_among("carrier", "allowedCarriers"))
    if policy.return_to not in policy.allowed_return_to:
        found.append(_not_among("returnTo", "allowedReturnTo"))
    return found


def _not_among(name: str, allowed: str) -> Problem:
    return Problem(RefusalCode.INPUT_INVALID, f"The deployment's own {name} must be among its {allowed}.", name)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def _whole(least: int, most: int | None = None) -> Callable[[Any], int]:
    def read_(value: Any) -> int:
        if type(value) is not int or value < least or (most is not None and value > most):
            raise ValueError(
                f"is a whole number from {least} to {most}" if most is not None else f"is a whole number from {least}"
            )
        return value

    return read_


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("is true or false")
    return value


def _one_of(kind: type[E]) -> Callable[[Any], E]:
    def read_(value: Any) -> E:
        try:
            return kind(value)
        except ValueError as error:
            raise ValueError(f"is one of {', '.join(kind)}") from error

    return read_


def _some_of(kind: type[E]) -> Callable[[Any], tuple[E, ...]]:
    def read_(value: Any) -> tuple[E, ...]:
        if not isinstance(value, list | tuple) or not value or any(each not in list(kind) for each in value):
            raise ValueError(f"names at least one of {', '.join(kind)}")
        return tuple(each for each in kind if each in value)

    return read_


def _each(one: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    def read_(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list | tuple) or len(value) > MOST_NOTICES:
            raise ValueError(f"is a list of at most {MOST_NOTICES}")
        return tuple(dict.fromkeys(one(each) for each in value))

    return read_


def _text_like(pattern: re.Pattern[str], what: str) -> Callable[[Any], str]:
    def read_(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(what)
        return value

    return read_


def _ticket_pattern(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is a text")  # noqa: TRY004  one kind of error for whoever wrote the rule
    compiled(value)
    return value


def landing_path(value: Any) -> str:
    """A path on the workspace's own host, whatever a browser makes of it (threat: open redirect); raises ValueError."""
    fit = isinstance(value, str) and 0 < len(value) <= 200 and all("!" <= character <= "~" for character in value)
    if not fit or not value.startswith("/") or value.startswith("//") or "\\" in value:
        raise ValueError("begins with one `/` and has up to 200 plain characters, none of them a space or a backslash")
    return str(value)


def _webhook(value: Any) -> str:
    fault = ValueError("is https://host[:port]/path, without a user, a fragment, spaces or capitals in the host")
    if not isinstance(value, str) or len(value) > 500 or not all("!" <= character <= "~" for character in value):
        raise fault
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise fault from None
    host = parts.hostname or ""
    place = host if port is None else f"{host}:{port}"
    if parts.scheme != "https" or not _HOST.fullmatch(host) or parts.netloc != place or "#" in value or "\\" in value:
        raise fault
    return value


def _profile(value: Any) -> str:
    if not isinstance(value, str) or value not in PROFILES:
        raise ValueError(f"is one of {', '.join(PROFILES)}")
    return value


_EMAIL_ADDRESS = _text_like(_EMAIL, "is a list of plain e-mail addresses with their domain in small letters")
_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "profile": _profile,
    "default_duration_seconds": _whole(SHORTEST_SECONDS),
    "max_duration_seconds": _whole(SHORTEST_SECONDS),
    "duration_selectable": _flag,
    "reason_required": _flag,
    "reason_min_length": _whole(0, LONGEST_REASON),
    "reason_max_length": _whole(1, LONGEST_REASON),
    "ticket_required": _flag,
    "ticket_pattern": _ticket_pattern,
    "concurrency": _one_of(Concurrency),
    "on_conflict": _one_of(OnConflict),
    "carrier": _one_of(Carrier),
    "landing_path": landing_path,
    "modes": _some_of(AccessMode),
    "approval": _one_of(ApprovalMode),
    "idle_timeout_seconds": _whole(SHORTEST_TIMEOUT, SYSTEM_CAP_SECONDS),
    "abandon_after_seconds": _whole(SHORTEST_TIMEOUT, SYSTEM_CAP_SECONDS),
    "exclusive": _flag,
    "tenant_presence": _one_of(Presence),
    "return_to": _one_of(ReturnTo),
    "notify_emails": _each(_EMAIL_ADDRESS),
    "notify_webhook": _webhook,
    "notify_kinds": _each(_text_like(_KIND, "is a list of kinds of entries, such as IMPERSONATION_STARTED")),
    "allowed_carriers": _some_of(Carrier),
    "allowed_landing_paths": _each(landing_path),
    "allowed_return_to": _some_of(ReturnTo),
    "allowed_notify_hosts": _each(_text_like(_HOST, "is a list of hosts in small letters")),
}
assert _READ.keys() == set(FIELDS), "each rule has its reader"
