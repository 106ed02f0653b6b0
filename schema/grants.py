"""A tenant's own standing consents."""

from __future__ import annotations

from datetime import datetime

import strawberry

from permissions.policy import AccessMode
from schema import lazy
from schema.paging import Node


@strawberry.type(
    description=(
        "A tenant's own standing consent: while it lasts, its operators need no further approval within its bounds."
    )
)
class Grant(Node):
    """Until tenants can grant access there is none."""

    tenant: lazy.Tenant = strawberry.field(description="Whose consent it is.")
    mode: AccessMode = strawberry.field(description="What sessions under it may do.")
    ticket: str | None = strawberry.field(description="The ticket that it is about.")
    note: str | None = strawberry.field(description="What the tenant wrote.")
    granted_by: lazy.Actor = strawberry.field(description="Who granted it.")
    created_at: datetime = strawberry.field(description="Since when it holds.")
    expires_at: datetime = strawberry.field(description="Until when it holds.")
    one_shot: bool = strawberry.field(description="Whether it is good for one session only.")
    withdrawn_at: datetime | None = strawberry.field(description="When the tenant withdrew it.")
