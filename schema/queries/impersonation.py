"""Sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from db.pages import impersonation as session_pages
from db.pages import keyset
from permissions.fields import needs
from permissions.operators import Permission
from permissions.reach import confined_to
from permissions.refusals import BadInput
from schema import filters, ids, impersonation
from schema.context import Info
from schema.paging import After, First

SessionId = Annotated[strawberry.ID | None, strawberry.argument(description="Its global id.")]
SessionUuid = Annotated[UUID | None, strawberry.argument(description="The id that tokens carry as `sid`.")]


@strawberry.type
class ImpersonationQueries:
    """Part of the root of queries."""

    @strawberry.field(
        description="One session, by exactly one of the two; null where there is none.",
        extensions=[needs(Permission.TENANT_READ)],
    )
    async def impersonation_session(
        self, info: Info, id: SessionId = None, uuid: SessionUuid = None
    ) -> impersonation.ImpersonationSession | None:
        """By global id, or by what tokens and addresses call it."""
        if (id is None) == (uuid is None):
            raise BadInput("Give exactly one of `id` and `uuid`.")
        session_id = uuid or ids.decode(str(id), "ImpersonationSession", "id")
        return await impersonation.load(info, session_id)

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
