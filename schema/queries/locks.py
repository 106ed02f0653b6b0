"""Stops put on a subject."""

from __future__ import annotations

from typing import Annotated

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from schema.locks import Lock

InForceOnly = Annotated[bool | None, strawberry.argument(description="Only those that hold now.")]


@strawberry.type
class LockQueries:
    """Part of the root of queries."""

    @strawberry.field(
        description="Locks, the newest first. None can be placed yet.", extensions=[needs(Permission.TENANT_READ)]
    )
    def locks(self, in_force_only: InForceOnly = True) -> list[Lock] | None:  # noqa: ARG002, FBT002  GraphQL's form
        """There is none yet."""
        return []
