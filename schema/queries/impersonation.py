"""Sessions."""

from __future__ import annotations

from typing import Annotated

import strawberry

from db.pages import impersonation as session_pages
from db.pages import keyset
from permissions.fields import needs
from permissions.operators import Permission
from permissions.reach import confined_to
from schema import filters, ids, impersonation
from schema.context import Info
from schema.paging import After, First

SessionId = Annotated[strawberry.ID, strawberry.argument(description="Its global id.")]


@strawberry.type
class ImpersonationQueries:
    """Part of the root of queries."""

    @strawberry.field(description="One session; null where there is none.", extensions=[needs(Permission.TENANT_READ)])
    async def impersonation_session(self, info: Info, id: SessionId) -> impersonation.ImpersonationSession | None:
        """By id."""
        return await impersonation.load(info, ids.decode(id, "ImpersonationSession", "id"))

    @strawberry.field(
        description=(
            "Sessions, the newest first. A key that reads on the tenants' behalf names the tenant in the filter, "
            "unless it is bound to one."
        ),
        extensions=[needs(Permission.TENANT_READ)],
    )
    async def impersonation_sessions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        filter: filters.Sessions = None,
    ) -> impersonation.ImpersonationSessionConnection | None:
        """A page of sessions."""
        named = filter is not None and filter.tenant_id is not None
        where = filters.sessions(filter, only=confined_to(info.context.caller, Permission.TENANT_READ, named=named))
        window = keyset.window(session_pages.NEWEST_FIRST, first=first, after=after)
        return impersonation.page(info, await info.context.read(session_pages.sessions, where, window))
