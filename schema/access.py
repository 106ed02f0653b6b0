"""The requests that sessions made inside workspaces."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from db.pages import keyset
from resolvers import access as use_cases
from resolvers import presence as presence_cases
from schema import ids, impersonation, lazy
from schema.context import Info
from schema.paging import Connection, Node
from schema.refusals import Refused

if TYPE_CHECKING:
    from db.pages.access import Access


@strawberry.type(description="One request that a session made inside the tenant's product.")
class AccessRecord(Node):
    """As the guard reported it; a path never has its query string."""

    session_id: strawberry.Private[UUID]
    at: datetime = strawberry.field(description="When it was made.")
    method: str = strawberry.field(description="Its HTTP method.")
    path: str = strawberry.field(description="Its path.")
    route: str | None = strawberry.field(description="The product's route that answered.")
    status: int = strawberry.field(description="The status that was answered.")
    duration_ms: float = strawberry.field(description="How long the answer took, in milliseconds.")
    wrote: bool = strawberry.field(description="Whether it could write.")
    request_id: str | None = strawberry.field(description="The product's id of the request.")

    @classmethod
    def of(cls, row: Access) -> AccessRecord:
        """From its row."""
        return cls(
            id=ids.encode("AccessRecord", row.id),
            session_id=row.session_id,
            at=row.at,
            method=row.method,
            path=row.path,
            route=row.route,
            status=row.status,
            duration_ms=row.duration_ms,
            wrote=row.wrote,
            request_id=row.request_id,
        )

    @strawberry.field(description="The session that made it.")
    async def session(self, info: Info) -> lazy.ImpersonationSession:
        """Loaded for all records at once."""
        return await impersonation.need(info, self.session_id)


@strawberry.type(description="A page of requests.")
class AccessRecordConnection(Connection[AccessRecord]):
    """Some requests of a list."""


def page(found: keyset.Page[Access] | None) -> AccessRecordConnection:
    """The connection of a page of requests."""
    return AccessRecordConnection.of(found or keyset.Page(), AccessRecord.of)


@strawberry.input(
    description="One request to be recorded; its id, made by the sender, makes a repeated batch harmless."
)
class AccessRecordInput:
    """A request as a guard saw it."""

    id: UUID = strawberry.field(description="The sender's own id of the record.")
    session_uuid: UUID = strawberry.field(description="The session that made it.")
    at: datetime = strawberry.field(description="When it was made.")
    method: str = strawberry.field(description="Its HTTP method.")
    path: str = strawberry.field(description="Its path, without the query string.")
    route: str | None = strawberry.field(default=None, description="The product's route that answered.")
    status: int = strawberry.field(description="The status that was answered.")
    duration_ms: float = strawberry.field(description="How long the answer took, in milliseconds.")
    wrote: bool = strawberry.field(description="Whether it could write.")
    request_id: str | None = strawberry.field(default=None, description="The product's id of the request.")
    surface: str | None = strawberry.field(
        default=None,
        description="What the request touched of that which the platform manages in a workspace: it becomes an entry "
        "of the tenant's ledger.",
    )

    def record(self) -> use_cases.AccessRecord:
        """As the use case takes it."""
        return use_cases.AccessRecord(
            id=self.id,
            session_id=self.session_uuid,
            at=self.at,
            method=self.method,
            path=self.path,
            route=self.route,
            status=self.status,
            duration_ms=self.duration_ms,
            wrote=self.wrote,
            request_id=self.request_id,
            surface=self.surface,
        )


@strawberry.input(description="A batch of requests to be recorded: all of it, or none.")
class AppendAccessRecordsInput:
    """What a guard reports."""

    records: list[AccessRecordInput] = strawberry.field(description="The requests.")


@strawberry.input(description="What a guard knows of a session's life.")
class PresenceInput:
    """One session, as a guard sees it."""

    session_uuid: UUID = strawberry.field(description="The session.")
    last_request_at: datetime | None = strawberry.field(
        default=None, description="When this guard last let a request of it through; nothing where it knows of none."
    )
    page_open: bool = strawberry.field(description="Whether a page of its operator is open now.")

    def presence(self) -> presence_cases.Presence:
        """As the use case takes it."""
        return presence_cases.Presence(
            session_id=self.session_uuid, last_request_at=self.last_request_at, page_open=self.page_open
        )


@strawberry.input(description="What a guard knows of the sessions that live.")
class AppendPresenceInput:
    """What a guard reports every 15 s."""

    sessions: list[PresenceInput] = strawberry.field(description="The sessions.")


@strawberry.type(description="A batch was recorded.")
class Appended:
    """What became of it."""

    count: int = strawberry.field(description="How many were new.")
    duplicates: int = strawberry.field(description="How many had been recorded before.")


AppendResult = Annotated[Appended | Refused, strawberry.union("AppendResult", description="What became of a batch.")]
