"""What operators looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from db.pages import activity as pages
from db.pages import keyset
from permissions.fields import needs
from permissions.operators import Permission
from schema import activity as records
from schema import ids
from schema.context import Info
from schema.paging import After, First

OperatorId = Annotated[strawberry.ID | None, strawberry.argument(description="Only what this operator looked at.")]
TenantId = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only what showed something of this tenant.")
]
Since = Annotated[datetime | None, strawberry.argument(description="Recorded at this instant or later.")]
Until = Annotated[datetime | None, strawberry.argument(description="Recorded before this instant.")]


@strawberry.type
class ActivityQueries:
    """Part of the root of queries."""

    @strawberry.field(
        description="What operators looked at, the newest first. Not for keys that read on a tenant's behalf.",
        extensions=[needs(Permission.AUDIT_READ)],
    )
    async def activity(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        operator_id: OperatorId = None,
        tenant_id: TenantId = None,
        since: Since = None,
        until: Until = None,
    ) -> records.ActivityRecordConnection | None:
        """A page of records."""
        records.need_sight(info)
        where = pages.ActivityWhere(
            operator_id=ids.optional(operator_id, "Operator", "operatorId"),
            tenant_id=ids.optional(tenant_id, "Tenant", "tenantId"),
            since=since,
            until=until,
        )
        window = keyset.window(pages.NEWEST_FIRST, first=first, after=after)
        return records.page(await info.context.read(pages.activity, where, window))
