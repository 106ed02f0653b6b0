"""The page of event kinds, from the table of them."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from db.ledger import ATTEMPTS, Event, camel
from resolvers.events import KINDS
from tools.reference.markdown import code, page, section, table

SOURCE: Final = "resolvers/events.py"
INTRO: Final = """
Every kind of entry that Actas writes, and the fields of its `details`. Each entry has besides, whatever its kind, the
time by the database's clock, who did it, one sentence that a tenant's admin can read, and its place in a hash chain:
what a tenant is concerned by is in the tenant's own chain, the rest in the platform's. Services add kinds of their
own (`appendAuditEvent`); treat a kind that you do not know by its sentence.

**Who did it** is found by the secret that the caller brought, never by a name that somebody sent. An entry's
`actorProof` says how it is known: `SIGN_IN` an operator's sign-in, `SERVICE_KEY` a service's key, `STATED` a person
whom a service names ("X, as stated by key K"), `CLAIMED` the user of the command line or another process that has the
database's credentials, `NONE` nobody: Actas itself, because a time was up, or somebody unknown.
"""
# For the example sentences; a field that is not here is said by its type.
EXAMPLES: Final[dict[str, Any]] = {
    "operator_name": "Jane Doe",
    "operator_email": "jane@example.com",
    "email": "jane@example.com",
    "role": "PLATFORM_SUPPORT",
    "mode": "READ_ONLY",
    "reason": "webhook 500s since this morning",
    "ticket": "SUP-41",
    "note": None,
    "duration_seconds": 1020,
    "cause": "STOPPED",
    "code": "TENANT_SUSPENDED",
    "message": "Acme GmbH is suspended: lift the suspension first.",
    "slug": "acme",
    "prefix": "actas_Zk3f9a",
    "permissions": ("TOKEN_EXCHANGE", "GUARD_EVENTS"),
    "address": "203.0.113.0/24",
    "form": "csv",
    "changed": ("plan", "region"),
    "why": "signed out",
    "count": 3,
    "sessions_ended": 2,
    "sign_ins_ended": 5,
}
# Where the same name means different things.
OF_A_KIND: Final[dict[str, dict[str, Any]]] = {
    "IMPERSONATION_MODE_CHANGED": {"was": "READ_ONLY", "to": "READ_WRITE"},
    "IMPERSONATION_FORBIDDEN": {"session_id": None},
    "IMPERSONATION_REFUSED": {
        "session_id": None,
        "code": "REASON_TOO_SHORT",
        "message": "The reason has 5 characters, at least 10 are needed.",
    },
    "POLICY_SET": {"was": {}, "rules": {"maxDurationSeconds": 3600}},
    "SERVICE_KEY_ISSUED": {"name": "my product"},
    "SERVICE_KEY_REVOKED": {"name": "my product", "reason": "the product was retired"},
    "TENANT_STATUS_CHANGED": {"was": "ACTIVE", "to": "READ_ONLY", "reason": "moves to another region tonight"},
    "TENANT_SUSPENDED": {"was": "ACTIVE", "to": "SUSPENDED", "reason": "unpaid since August"},
    "TENANT_SUSPENSION_LIFTED": {"was": "SUSPENDED", "to": "ACTIVE", "reason": "paid today"},
}
# Where the code says what a rule comes from.
IDS: Final = re.compile(r" \((?:[^()]*\b(?:[SC]\d?-\d+|P\d|DESIGN|mechanisms|threats?)\b[^()]*)\)")
PYTHON: Final = re.compile(r"`([a-z]+(?:_[a-z]+)*)`")
PEOPLE: Final = re.compile(r"OPERATOR|ROLE")
BY_TYPE: Final[dict[Any, Any]] = {
    UUID: UUID(int=7),
    datetime: datetime(2026, 3, 1, 9, tzinfo=UTC),
    int: 1,
    str: "Acme GmbH",
    bool: True,
}
IN_WORDS: Final = {UUID: "UUID", datetime: "instant", int: "integer", str: "text", bool: "boolean", Any: "JSON"}


def entries() -> str:
    """The page."""
    return page("Ledger entries", SOURCE, INTRO, *(_kind(cls) for cls in KINDS.values()))


def _kind(cls: type[Event]) -> str:
    hints = typing.get_type_hints(cls, {"UUID": UUID, "datetime": datetime, "ClassVar": typing.ClassVar, "Any": Any})
    event = _example(cls, hints)
    rows = ((code(camel(each.name)), _words(hints[each.name])) for each in dataclasses.fields(cls))
    return section(
        2,
        cls.kind,
        _meaning(cls),
        f"{_where(cls, event)}{_stated(cls)}",
        f"> {event.summary}",
        table(("field of details", "type"), rows),
    )


def _meaning(cls: type[Event]) -> str:
    """What the class says of itself, in the words of the entry's reader."""
    said = IDS.sub("", " ".join((cls.__doc__ or "").split()))
    return PYTHON.sub(lambda name: code(camel(name[1])), said).replace("is None", "is null")


def _where(cls: type[Event], event: Event) -> str:
    if event.chain == ATTEMPTS:
        return "In the chain of attempts."
    if "tenant_id" not in {each.name for each in dataclasses.fields(cls)}:
        return "In the platform's ledger."
    hint = typing.get_type_hints(cls, {"UUID": UUID, "datetime": datetime, "ClassVar": typing.ClassVar, "Any": Any})
    if type(None) in typing.get_args(hint["tenant_id"]):
        return "In the tenant's ledger; in the platform's where there is no tenant."
    return "In the tenant's ledger."


def _stated(cls: type[Event]) -> str:
    """Whether somebody other than the secret's owner can be named as the actor."""
    if cls.stated is Event.stated:
        return ""
    names = {each.name for each in dataclasses.fields(cls)}
    if "on_behalf_of" in names:
        return " May state a person of the tenant."
    return " May be claimed on the command line." if "stated_by" in names else ""


def _example(cls: type[Event], hints: dict[str, Any]) -> Event:
    own = OF_A_KIND.get(cls.kind, {})
    people = {"name": "Jane Doe", "reason": "joins the support team"} if PEOPLE.search(cls.kind) else {}
    given = {**EXAMPLES, **people, **own}
    values = {
        each.name: given[each.name] if each.name in given else _some(hints[each.name])
        for each in dataclasses.fields(cls)
    }
    return cls(**values)


def _some(hint: Any) -> Any:
    """Anything of this type; None where that is one."""
    arguments = typing.get_args(hint)
    if type(None) in arguments:
        return None
    origin = typing.get_origin(hint)
    if origin is dict:
        return {}
    if origin is tuple:
        return ()
    return BY_TYPE[hint]


def _words(hint: Any) -> str:
    """A type as a reader of JSON calls it."""
    arguments = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        return " or ".join("null" if each is type(None) else _words(each) for each in arguments)
    if origin is tuple:
        return f"list of {_words(arguments[0])}"
    if origin is dict:
        return f"object of {_words(arguments[1])}"
    return IN_WORDS[hint]
