"""The ledger: the one function that writes entries, and what an entry is."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from permissions.caller import Caller

PLATFORM: Final = UUID("00000000-0000-0000-0000-000000000001")
ATTEMPTS: Final = UUID("00000000-0000-0000-0000-000000000002")

_APPEND: Final = text("""
    select seq, at, hash from audit.append(
      :proof, :stated, :chain, :kind, :tenant, :session, :operator, :ip, :user_agent, :summary, :details, :clock)
""")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that was decided. Each kind is a subclass (resolvers/events.py); its fields are the entry's details."""

    kind: ClassVar[str]

    @property
    def chain(self) -> UUID:
        """The chain that it belongs to: its tenant's, so that nothing about a tenant is hidden from it (P3)."""
        return getattr(self, "tenant_id", None) or PLATFORM

    @property
    def stated(self) -> str | None:
        """A person of the tenant, or the command line's user, where a service or a process states who acted."""
        return None

    @property
    def summary(self) -> str:
        """One sentence that a tenant admin can read."""
        raise NotImplementedError

    @property
    def details(self) -> str:
        """The documented fields as canonical JSON: sorted names, no spaces; the bytes that are hashed."""
        values = {camel(field.name): plain(getattr(self, field.name)) for field in fields(self)}
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One written entry, as everybody who may reads it."""

    chain: UUID
    seq: int
    at: datetime
    kind: str
    tenant_id: UUID | None
    session_id: UUID | None
    operator_id: UUID | None
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    actor_proof: str
    ip: str | None
    user_agent: str | None
    summary: str
    details: str
    previous_hash: bytes
    hash: bytes


async def append(
    connection: AsyncConnection, caller: Caller | None, event: Event, process_clock: datetime
) -> tuple[int, datetime]:
    """Write one entry and hold its chain's head until the commit; the sequence and time that the database gave it."""
    result = await connection.execute(
        _APPEND,
        {
            "proof": caller.proof if caller else None,
            "stated": event.stated,
            "chain": event.chain,
            "kind": event.kind,
            "tenant": getattr(event, "tenant_id", None),
            "session": getattr(event, "session_id", None),
            "operator": getattr(event, "operator_id", None),
            "ip": caller.origin.ip if caller else None,
            "user_agent": caller.origin.user_agent if caller else None,
            "summary": event.summary,
            "details": event.details,
            "clock": process_clock,
        },
    )
    seq, at, _ = result.one()
    return seq, at


async def clock(connection: AsyncConnection) -> datetime:
    """The only clock: the database's (threat 38)."""
    now = await connection.scalar(text("select audit.clock()"))
    assert isinstance(now, datetime)
    return now


def order(chain: UUID) -> tuple[bool, UUID]:
    """The one order in which heads are locked: tenants by id, the platform's and the attempts' last."""
    return (chain in {PLATFORM, ATTEMPTS}, chain)


def camel(name: str) -> str:
    """`started_at` as the API spells it: `startedAt`."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def plain(value: Any) -> Any:
    """A field's value as JSON has it; instants in UTC by RFC 3339."""
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Enum():
            return value.value
        case tuple() | list() | frozenset():
            return [plain(each) for each in value]
        case _:
            return value
