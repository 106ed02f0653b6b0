"""The ledger: entries, and the head of each tenant's chain."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson
import strawberry
from strawberry.scalars import JSON

from db.ledger import Entry
from db.pages import keyset
from db.pages import ledger as pages
from permissions.fields import needs
from permissions.operators import Permission
from resolvers import ledger as use_cases
from resolvers import ledger_check
from schema import ids, impersonation, lazy, operators, tenants
from schema.context import Info
from schema.paging import Connection, Node
from schema.scalars import BigInt


@strawberry.type(
    description=(
        "One entry of the ledger: append-only, gap-free and hash-chained for each tenant, and once for the platform. "
        "`kind` is one of the documented kinds, such as IMPERSONATION_STARTED; `details` has that kind's fields."
    )
)
class AuditEntry(Node):
    """What was decided, by whom, when."""

    row: strawberry.Private[Entry]
    at: datetime = strawberry.field(description="When it was written, by the database's clock.")
    kind: str = strawberry.field(description="What happened.")
    actor: lazy.Actor = strawberry.field(description="Who did it.")
    summary: str = strawberry.field(description="One sentence that a tenant admin can read.")
    ip_address: str | None = strawberry.field(
        description="Where it was done from; a tenant sees it in its own ledger.",
        extensions=[needs(Permission.ORIGIN_READ)],
    )
    user_agent: str | None = strawberry.field(
        description="With which browser; a tenant sees it in its own ledger.",
        extensions=[needs(Permission.ORIGIN_READ)],
    )
    sequence: BigInt = strawberry.field(description="Its place in its chain: 1, 2, 3 and so on, without a gap.")
    hash: str = strawberry.field(description="SHA-256 over the entry and the hash before it, in hexadecimal.")
    previous_hash: str = strawberry.field(description="The hash of the entry before it; empty for the first.")

    @classmethod
    def of(cls, row: Entry) -> AuditEntry:
        """From its row."""
        return cls(
            id=ids.entry(row.chain, row.seq),
            row=row,
            at=row.at,
            kind=row.kind,
            actor=operators.Actor.of(row.actor_kind, row.actor_id, row.actor_name),
            summary=row.summary,
            ip_address=row.ip,
            user_agent=row.user_agent,
            sequence=BigInt(row.seq),
            hash=row.hash.hex(),
            previous_hash=row.previous_hash.hex(),
        )

    @strawberry.field(description="The fields of its kind, as they were hashed.")
    def details(self) -> JSON:
        """Parsed only where asked for."""
        return JSON(orjson.loads(self.row.details))

    @strawberry.field(description="The tenant that it is about.")
    async def tenant(self, info: Info) -> lazy.Tenant | None:
        """Loaded for all entries at once."""
        return await tenants.load(info, self.row.tenant_id) if self.row.tenant_id else None

    @strawberry.field(description="The session that it is about.")
    async def session(self, info: Info) -> lazy.ImpersonationSession | None:
        """Loaded for all entries at once."""
        return await impersonation.load(info, self.row.session_id) if self.row.session_id else None


@strawberry.type(description="A page of entries.")
class AuditEntryConnection(Connection[AuditEntry]):
    """Some entries of a list."""


@strawberry.type(description="The last entry of a chain.")
class LedgerHead:
    """How far a chain has come; its signature comes with the signed checkpoints."""

    sequence: BigInt = strawberry.field(description="How many entries there are.")
    hash: str = strawberry.field(description="The last entry's hash; empty where there is none.")
    at: datetime | None = strawberry.field(description="When the last entry was written.")
    signature: str | None = strawberry.field(default=None, description="A signature over the head.")
    key_id: str | None = strawberry.field(default=None, description="The key that signed it.")

    @classmethod
    def of(cls, head: pages.Head) -> LedgerHead:
        """From its row."""
        return cls(sequence=BigInt(head.seq), hash=head.hash.hex(), at=head.at)


@strawberry.type(description="Whether a chain is whole: dense, each entry joined to the one before, and unchanged.")
class LedgerCheck:
    """What a walk over a chain found."""

    ok: bool = strawberry.field(description="Whether nothing was found.")
    entries: BigInt = strawberry.field(description="How many entries were found whole, from the first on.")
    broken_at: BigInt | None = strawberry.field(description="The sequence of the first entry that is not.")
    explanation: str | None = strawberry.field(description="What is wrong with it.")

    @classmethod
    def of(cls, found: ledger_check.LedgerCheck) -> LedgerCheck:
        """From what the walk says."""
        return cls(
            ok=found.broken_at is None,
            entries=BigInt(found.entries),
            broken_at=None if found.broken_at is None else BigInt(found.broken_at),
            explanation=found.explanation,
        )


@strawberry.input(description="Something that happened outside of Actas and belongs into the ledger.")
class AppendAuditEventInput:
    """What a service reports."""

    id: UUID = strawberry.field(description="The sender's own id of the event: the same id again enters nothing twice.")
    kind: str = strawberry.field(
        description=(
            "What happened, in capitals: TENANT_MOVE_STARTED, PLATFORM_PROVISION_REQUESTED. The kinds that Actas "
            "writes itself are refused."
        )
    )
    tenant_id: strawberry.ID | None = strawberry.field(
        default=None, description="The tenant that it is about; without one it goes into the platform's ledger."
    )
    actor: str = strawberry.field(description="Who did it; the ledger says `X, as stated by key K`.")
    details: JSON = strawberry.field(description="What else there is to tell: an object of at most 16 KiB.")


def page(info: Info, found: keyset.Page[Entry] | None) -> AuditEntryConnection:
    """The connection of a page of entries."""
    return AuditEntryConnection.of(found or keyset.Page(), lambda row: wrap(info, row))


def wrap(info: Info, row: Entry) -> AuditEntry:
    """An entry as the API tells of it; its tenant has been looked at."""
    if row.tenant_id:
        info.context.seen.add(row.tenant_id)
    return AuditEntry.of(row)


async def load(info: Info, place: tuple[UUID, int]) -> AuditEntry | None:
    """The entry at a place of a chain."""
    row = await info.context.load(pages.by_places, place, tenant=info.context.caller.tenant_id)
    return wrap(info, row) if row and use_cases.exists_for(info.context.caller, row) else None
