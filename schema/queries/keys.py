"""Service keys."""

from __future__ import annotations

import strawberry

from db.pages import keys as pages
from permissions.fields import needs
from permissions.operators import Permission
from schema import keys
from schema.context import Info


@strawberry.type
class KeyQueries:
    """Part of the root of queries."""

    @strawberry.field(
        description="All service keys, the newest first; also those that were revoked.",
        extensions=[needs(Permission.SERVICE_KEY_MANAGE)],
    )
    async def service_keys(self, info: Info) -> list[keys.ServiceKey] | None:
        """All of them: there are few."""
        return [keys.ServiceKey.of(row) for row in await info.context.read(pages.everything)]
