"""The platform's status."""

from __future__ import annotations

import strawberry

from db import ledger
from permissions.fields import needs
from permissions.operators import Permission
from schema.context import Info
from schema.status import PlatformStatus


@strawberry.type
class StatusQueries:
    """Part of the root of queries."""

    @strawberry.field(
        description="How the platform is. Nothing is reported yet.", extensions=[needs(Permission.STATUS_READ)]
    )
    async def platform_status(self, info: Info) -> PlatformStatus | None:
        """Nothing is known yet."""
        return PlatformStatus.unknown(await info.context.read(ledger.clock))
