"""Tenants, and what registering them and setting their status takes and gives."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from db.pages import access as access_pages
from db.pages import impersonation as session_pages
from db.pages import keyset
from db.pages import ledger as ledger_pages
from db.pages import tenants as pages
from db.tenants import Tenant as TenantRow
from permissions.fields import needs
from permissions.operators import Permission
from permissions.policy import DEFAULT, TenantStatus
from permissions.reach import sees
from schema import access, filters, ids, impersonation, lazy
from schema import ledger as entries
from schema import policy as policies
from schema.billing import Invoice
from schema.context import Info
from schema.grants import Grant
from schema.paging import After, Connection, Edge, First, Node
from schema.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from permissions.policy import ImpersonationPolicy


InForceOnly = Annotated[bool | None, strawberry.argument(description="Only those that hold now.")]


@strawberry.type(description="A customer of the product, with its own workspace and its own ledger.")
class Tenant(Node):
    """A tenant as it is now."""

    row: strawberry.Private[TenantRow]
    uuid: UUID = strawberry.field(description="The id that tokens and ledgers carry.")
    slug: str = strawberry.field(description="Its short name in addresses.")
    name: str = strawberry.field(description="Its name.")
    status: TenantStatus = strawberry.field(description="What it is.")
    status_reason: str | None = strawberry.field(description="Why it is so.")
    plan: str | None = strawberry.field(description="What it has bought.")
    region: str | None = strawberry.field(description="Where its data is.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")
    metadata: JSON = strawberry.field(description="What else the product told about it.")
    support_url: str | None = strawberry.field(
        description="The contact-support link that a suspended tenant's people see."
    )
    workspace_url: str | None = strawberry.field(description="Where the tenant's own product lives.")
    stripe_customer_id: str | None = strawberry.field(
        description="Its id at Stripe.", extensions=[needs(Permission.INVOICE_READ)]
    )

    @classmethod
    def of(cls, row: TenantRow) -> Tenant:
        """From its row."""
        return cls(
            id=ids.encode("Tenant", row.id),
            row=row,
            uuid=row.id,
            slug=row.slug,
            name=row.name,
            status=row.status,
            status_reason=row.status_reason,
            plan=row.plan,
            region=row.region,
            created_at=row.created_at,
            updated_at=row.updated_at,
            metadata=JSON(row.metadata),
            support_url=row.support_url,
            workspace_url=row.workspace_url,
            stripe_customer_id=row.stripe_customer_id,
        )

    async def _policy(self, info: Info) -> ImpersonationPolicy:
        return await info.context.load(policies.of_tenants, self.uuid) or DEFAULT

    @strawberry.field(description="The rules in force for it.")
    async def policy(self, info: Info) -> policies.ImpersonationPolicy:
        """For all tenants at once."""
        return policies.ImpersonationPolicy.of(await self._policy(info), self.uuid)

    @strawberry.field(description="Whether the viewer may impersonate it now, and if not, why not.")
    async def impersonability(self, info: Info) -> policies.Impersonability:
        """By the same decision as the start."""
        return policies.Impersonability.of(info.context.caller, self.row, await self._policy(info))

    @strawberry.field(description="The sessions that are live in it, the newest first.")
    async def active_sessions(self, info: Info) -> list[lazy.ImpersonationSession]:
        """For all tenants at once."""
        found = await info.context.load(session_pages.active_of_tenants, self.uuid)
        return [impersonation.wrap(info, row) for row in found or []]

    @strawberry.field(description="Its sessions, the newest first.")
    async def sessions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        filter: filters.Sessions = None,
    ) -> lazy.ImpersonationSessionConnection:
        """For all tenants at once."""
        window = keyset.window(session_pages.NEWEST_FIRST, first=first, after=after)
        found = await info.context.load(session_pages.of_tenants, self.uuid, filters.sessions(filter), window)
        return impersonation.page(info, found)

    @strawberry.field(description="Its ledger, the newest entry first.", extensions=[needs(Permission.AUDIT_READ)])
    async def audit(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        filter: filters.Audit = None,
    ) -> lazy.AuditEntryConnection | None:
        """For all tenants at once."""
        window = keyset.window(ledger_pages.NEWEST_FIRST, first=first, after=after)
        found = await info.context.load(
            ledger_pages.of_tenants,
            self.uuid,
            filters.audit(info.context.caller, filter),
            window,
            tenant=info.context.caller.tenant_id,
        )
        return entries.page(info, found)

    @strawberry.field(
        description="The requests that sessions made inside it, the newest first.",
        extensions=[needs(Permission.ACCESS_LOG_READ)],
    )
    async def access_log(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        filter: filters.AccessLog = None,
    ) -> lazy.AccessRecordConnection | None:
        """For all tenants at once."""
        window = keyset.window(access_pages.NEWEST_FIRST, first=first, after=after)
        found = await info.context.load(
            access_pages.of_tenants, self.uuid, filters.access_log(filter), window, tenant=info.context.caller.tenant_id
        )
        return access.page(found)

    @strawberry.field(description="Its own standing consents, the newest first. None can be given yet.")
    def grants(self, in_force_only: InForceOnly = True) -> list[Grant]:  # noqa: ARG002, FBT002  GraphQL's form
        """There is none yet."""
        return []

    @strawberry.field(
        description="Its invoices, the newest first. None is read yet.", extensions=[needs(Permission.INVOICE_READ)]
    )
    def invoices(self, first: First = None) -> list[Invoice] | None:
        """There is none yet."""
        keyset.check_size(first, "first")
        return []

    @strawberry.field(description="The head of its ledger.")
    async def ledger(self, info: Info) -> lazy.LedgerHead:
        """For all tenants at once."""
        head = await info.context.load(ledger_pages.heads, self.uuid, tenant=info.context.caller.tenant_id)
        return entries.LedgerHead.of(head or ledger_pages.Head())


@strawberry.type(description="A page of tenants.")
class TenantConnection(Connection[Tenant]):
    """Tenants, and how many there are."""

    where: strawberry.Private[pages.TenantsWhere | None] = None

    @strawberry.field(description="How many tenants the whole list has; counted only where asked for.")
    async def total_count(self, info: Info) -> int | None:
        """One more statement."""
        return await info.context.read(pages.count, self.where or pages.TenantsWhere())


TenantEdge = Edge[Tenant]


@strawberry.type(description="What tenants can be told apart by: the values that there are now.")
class TenantFacets:
    """For a filter's choices."""

    plans: list[str] = strawberry.field(description="Every plan that some tenant is on.")
    regions: list[str] = strawberry.field(description="Every region that some tenant is in.")


def page(info: Info, found: keyset.Page[TenantRow], listed: pages.TenantsWhere) -> TenantConnection:
    """The connection of a page of tenants."""
    connection = TenantConnection.of(found, lambda row: wrap(info, row))
    connection.where = listed
    return connection


def wrap(info: Info, row: TenantRow) -> Tenant:
    """A tenant as the API tells of it; it has been looked at."""
    info.context.seen.add(row.id)
    return Tenant.of(row)


async def load(info: Info, tenant_id: UUID) -> Tenant | None:
    """The tenant with this id; another does not exist for a bound caller."""
    if not sees(info.context.caller, tenant_id):
        return None
    row = await info.context.load(pages.by_ids, tenant_id)
    return wrap(info, row) if row else None


async def load_all(info: Info, tenant_ids: Sequence[UUID]) -> list[Tenant]:
    """Those of these tenants that exist for the caller, in one statement."""
    found = await asyncio.gather(*(load(info, tenant_id) for tenant_id in tenant_ids))
    return [each for each in found if each]


async def load_by_slug(info: Info, slug: str) -> Tenant | None:
    """The tenant with this slug; another does not exist for a bound caller."""
    row = await info.context.load(pages.by_slugs, slug)
    return wrap(info, row) if row and sees(info.context.caller, row.id) else None


async def need(info: Info, tenant_id: UUID) -> Tenant:
    """The tenant that a row refers to."""
    found = await load(info, tenant_id)
    if found is None:
        raise LookupError(f"tenant {tenant_id} is referred to and does not exist for the caller")
    return found


@strawberry.type(description="A tenant changed.")
class TenantChanged:
    """The tenant after the change."""

    tenant: Tenant = strawberry.field(description="The tenant as it is now.")
    sessions_ended: list[lazy.ImpersonationSession] = strawberry.field(
        description="The sessions that ended with it; with `dryRun` those that would end."
    )


TenantResult = Annotated[
    TenantChanged | Refused, strawberry.union("TenantResult", description="What became of a change to a tenant.")
]
