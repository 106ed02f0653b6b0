"""What the platform's console tells of a tenant, as values; made from its answers, which are checked here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True)
class Visit:
    """One impersonation session, as the tenant reads it."""

    uuid: UUID
    operator: str
    email: str
    reason: str
    ticket: str | None
    mode: str
    started: datetime
    expires: datetime
    ended: datetime | None
    cause: str | None
    ended_by: str | None
    seconds: int
    requests: int
    writes: int  # requests that could write


@dataclass(frozen=True)
class Entry:
    """One line of the tenant's ledger; `visit` is the session that it is about."""

    at: datetime
    kind: str
    summary: str
    actor: str
    sequence: int
    ip: str | None
    visit: UUID | None


@dataclass(frozen=True)
class Made:
    """One request that was made in a session."""

    at: datetime
    method: str
    path: str
    status: int
    milliseconds: float
    wrote: bool


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list, the newest first; `older` leads to the rest."""

    items: tuple[T, ...]
    older: str | None


@dataclass(frozen=True)
class Record:
    """What the ledger holds about the tenant."""

    inside: tuple[Visit, ...]
    past: Page[Visit]
    entries: Page[Entry]
    operators: dict[str, str]  # who has been here, by the console's id


@dataclass(frozen=True)
class Story:
    """One session, with what befell it and what it asked for."""

    visit: Visit
    entries: Page[Entry]
    made: Page[Made]


def record(tenant: dict[str, Any]) -> Record:
    """Raises KeyError, TypeError or ValueError for what is no record, as all below do."""
    everyone = (visit["operator"] for visit in tenant.get("visitors", {"nodes": ()})["nodes"])
    return Record(
        inside=tuple(map(visit, tenant["inside"]["nodes"])),
        past=page(tenant["past"], visit),
        entries=page(tenant["audit"], entry),
        operators={operator["id"]: operator["name"] for operator in everyone},
    )


def story(session: dict[str, Any]) -> Story:
    """One session's."""
    return Story(visit(session), page(session["audit"], entry), page(session["accessLog"], made))


def page(connection: dict[str, Any], item: Callable[[dict[str, Any]], T]) -> Page[T]:
    """A connection's page."""
    info = connection["pageInfo"]
    return Page(tuple(map(item, connection["nodes"])), info["endCursor"] if info["hasNextPage"] else None)


def visit(node: dict[str, Any]) -> Visit:
    """One session."""
    return Visit(
        uuid=UUID(node["uuid"]),
        operator=node["operator"]["name"],
        email=node["operator"]["email"],
        reason=node["reason"],
        ticket=node["ticket"],
        mode=node["mode"],
        started=_instant(node["startedAt"]),
        expires=_instant(node["expiresAt"]),
        ended=_instant(node["endedAt"]) if node["endedAt"] else None,
        cause=node["endCause"],
        ended_by=(node["endedBy"] or {}).get("name"),
        seconds=node["durationSeconds"] or 0,
        requests=node["requestCount"],
        writes=node["writeCount"],
    )


def entry(node: dict[str, Any]) -> Entry:
    """One line of the ledger."""
    return Entry(
        at=_instant(node["at"]),
        kind=node["kind"],
        summary=node["summary"],
        actor=node["actor"]["name"],
        sequence=int(node["sequence"]),
        ip=node["ipAddress"],
        visit=UUID(node["session"]["uuid"]) if node["session"] else None,
    )


def made(node: dict[str, Any]) -> Made:
    """One request."""
    return Made(
        at=_instant(node["at"]),
        method=node["method"],
        path=node["path"],
        status=node["status"],
        milliseconds=node["durationMs"],
        wrote=node["wrote"],
    )


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
