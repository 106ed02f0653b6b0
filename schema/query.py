"""The root of queries: each field is a guard, one call, one mapping."""

from __future__ import annotations

from typing import Annotated

import strawberry

from db.pages import impersonation as session_pages
from db.pages import keyset
from db.pages import ledger as ledger_pages
from db.pages import tenants as tenant_pages
from permissions.fields import needs
from permissions.operators import Permission
from permissions.reach import confined_to
from permissions.refusals import BadInput
from resolvers import policies as use_cases
from schema import filters, ids, impersonation, ledger, nodes, tenants
from schema import policy as policies
from schema import viewer as viewers
from schema.context import Info
from schema.enums import TenantOrder
from schema.paging import After, Before, First, Last, Node

SessionId = Annotated[strawberry.ID, strawberry.argument(description="Its global id.")]


@strawberry.type(description="Everything that can be read.")
class Query:
    """Reads."""

    @strawberry.field(description="Who is calling. For everybody who is signed in.")
    def viewer(self) -> viewers.Viewer:
        """Public to whoever is authenticated: one's own name and permissions."""
        return viewers.Viewer()

    @strawberry.field(
        description="Anything by its global id, under the permissions of its direct path; null where there is none."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")],
    ) -> Node | None:
        """Guarded for each type (schema/nodes.py)."""
        return await nodes.find(info, id)

    @strawberry.field(
        description="One tenant, by exactly one of the two; null where there is none.",
        extensions=[needs(Permission.TENANT_READ)],
    )
    async def tenant(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Its global id.")] = None,
        slug: Annotated[str | None, strawberry.argument(description="Its short name.")] = None,
    ) -> tenants.Tenant | None:
        """By id or by slug."""
        if (id is None) == (slug is None):
            raise BadInput("Give exactly one of `id` and `slug`.")
        if slug is not None:
            return await tenants.load_by_slug(info, filters.plain(slug, "slug"))
        return await tenants.load(info, ids.decode(str(id), "Tenant", "id"))

    @strawberry.field(description="The deployment's own rules.", extensions=[needs(Permission.TENANT_READ)])
    async def policy(self, info: Info) -> policies.ImpersonationPolicy | None:
        """What tenants inherit."""
        return policies.ImpersonationPolicy.of(await use_cases.deployment(info.context.database))

    @strawberry.field(description="Tenants.", extensions=[needs(Permission.TENANT_READ)])
    async def tenants(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: filters.Tenants = None,
        order_by: Annotated[
            TenantOrder | None, strawberry.argument(description="In which order: by name unless given.")
        ] = None,
    ) -> tenants.TenantConnection | None:
        """A page of tenants."""
        where = filters.tenants(filter, only=confined_to(info.context.caller, Permission.TENANT_READ, named=False))
        ordering = tenant_pages.ORDERINGS[(order_by or TenantOrder.NAME).value]
        window = keyset.window(ordering, first=first, after=after, last=last, before=before)
        return tenants.page(info, await info.context.read(tenant_pages.tenants, where, ordering, window), where)

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

    @strawberry.field(
        description=(
            "The ledger, the newest entry first. A key that reads on the tenants' behalf names the tenant in the "
            "filter, unless it is bound to one."
        ),
        extensions=[needs(Permission.AUDIT_READ)],
    )
    async def audit_entries(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        filter: filters.Audit = None,
    ) -> ledger.AuditEntryConnection | None:
        """A page of entries."""
        named = filter is not None and filter.tenant_id is not None
        only = confined_to(info.context.caller, Permission.AUDIT_READ, named=named)
        where = filters.audit(info.context.caller, filter, only=only)
        window = keyset.window(ledger_pages.NEWEST_FIRST, first=first, after=after)
        return ledger.page(info, await info.context.read(ledger_pages.entries, where, window, tenant=only))
