"""Tenants and the rules that they inherit."""

from __future__ import annotations

from typing import Annotated

import strawberry

from db.pages import keyset
from db.pages import tenants as tenant_pages
from permissions.fields import needs
from permissions.operators import Permission
from permissions.reach import confined_to
from permissions.refusals import BadInput
from resolvers import policies as use_cases
from schema import filters, ids, tenants
from schema import policy as policies
from schema.context import Info
from schema.enums import TenantOrder
from schema.paging import After, Before, First, Last
from schema.tenants import TenantFacets


@strawberry.type
class TenantQueries:
    """Part of the root of queries."""

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

    @strawberry.field(
        description="The plans and regions that tenants can be filtered by.", extensions=[needs(Permission.TENANT_READ)]
    )
    async def tenant_facets(self, info: Info) -> TenantFacets | None:
        """Of the tenants that the caller sees."""
        only = confined_to(info.context.caller, Permission.TENANT_READ, named=False)
        plans, regions = await info.context.read(tenant_pages.plans_and_regions, only)
        return TenantFacets(plans=plans, regions=regions)
