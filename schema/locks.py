"""Stops put on a subject."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema import lazy
from schema.enums import LockTarget
from schema.paging import Node


@strawberry.type(description="A stop put on a subject: while it lasts, no session that it covers starts or goes on.")
class Lock(Node):
    """Until locks can be placed there is none."""

    target: LockTarget = strawberry.field(description="What kind of subject.")
    value: str | None = strawberry.field(description="Which one; none where it is everyone.")
    message: str = strawberry.field(description="What who is stopped reads.")
    created_at: datetime = strawberry.field(description="Since when it holds.")
    expires_at: datetime | None = strawberry.field(description="Until when, where it ends by itself.")
    lifted_at: datetime | None = strawberry.field(description="When it was lifted.")
    created_by: lazy.Actor = strawberry.field(description="Who placed it.")
