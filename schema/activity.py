"""What operators looked at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from db.pages import activity as pages
from permissions.operators import Permission
from permissions.reach import sees_platform
from permissions.refusals import Forbidden
from schema import ids, lazy, operators, tenants
from schema.context import Info
from schema.paging import Connection, Node

if TYPE_CHECKING:
    from db.pages import keyset


@strawberry.type(
    description="What an operator looked at: one record for each operation of the console or the API by a person."
)
class ActivityRecord(Node):
    """Written before the answer left."""

    operator_id: strawberry.Private[UUID]
    tenant_ids: strawberry.Private[tuple[UUID, ...]]
    at: datetime = strawberry.field(description="When it was recorded, by the database's clock.")
    operation: str = strawberry.field(description="The operation's kind and the name that its sender gave it.")
    fields: list[str] = strawberry.field(description="The root fields that it selected.")
    refused: bool = strawberry.field(description="Whether something of it was forbidden.")

    @classmethod
    def of(cls, row: pages.Activity) -> ActivityRecord:
        """From its row."""
        return cls(
            id=ids.encode("ActivityRecord", row.id),
            operator_id=row.operator_id,
            tenant_ids=tuple(row.tenants),
            at=row.at,
            operation=row.operation,
            fields=list(row.fields),
            refused=row.refused,
        )

    @strawberry.field(description="Who looked.")
    async def operator(self, info: Info) -> lazy.Operator:
        """Loaded for all records at once."""
        return await operators.need(info, self.operator_id)

    @strawberry.field(description="The tenants of which something was shown.")
    async def tenants(self, info: Info) -> list[lazy.Tenant]:
        """Loaded for all records at once."""
        return await tenants.load_all(info, self.tenant_ids)


@strawberry.type(description="A page of what operators looked at.")
class ActivityRecordConnection(Connection[ActivityRecord]):
    """Some records of a list."""


def page(found: keyset.Page[pages.Activity]) -> ActivityRecordConnection:
    """The connection of a page of records."""
    return ActivityRecordConnection.of(found, ActivityRecord.of)


async def load(info: Info, record_id: UUID) -> ActivityRecord | None:
    """The record with this id."""
    row = await info.context.load(pages.by_ids, record_id)
    return ActivityRecord.of(row) if row and sees_platform(info.context.caller, Permission.AUDIT_READ) else None


def need_sight(info: Info) -> None:
    """Let pass who reads across tenants: what operators looked at is the platform's, also where it was one tenant.

    Raises Forbidden for who reads on a tenant's behalf.
    """
    if not sees_platform(info.context.caller, Permission.AUDIT_READ):
        raise Forbidden("What operators looked at is told across tenants only: this key reads for one.")
