"""The ledger."""

from __future__ import annotations

from typing import Annotated

import strawberry

from db.ledger import PLATFORM
from db.pages import keyset
from db.pages import ledger as ledger_pages
from permissions.fields import needs
from permissions.operators import Permission
from permissions.reach import confined_to
from resolvers import ledger_check
from schema import filters, ids, ledger, tenants
from schema.context import Info
from schema.paging import After, First


@strawberry.type
class LedgerQueries:
    """Part of the root of queries."""

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

    @strawberry.field(
        description=(
            "Walk a tenant's chain, or the platform's, and compute every number, joint and hash anew. Null where "
            "there is no such tenant. A key that is bound to a tenant checks that tenant's."
        ),
        extensions=[needs(Permission.AUDIT_READ)],
    )
    async def ledger_check(
        self,
        info: Info,
        tenant_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Whose chain; the platform's unless given.")
        ] = None,
    ) -> ledger.LedgerCheck | None:
        """As the database stores it now."""
        only = confined_to(info.context.caller, Permission.AUDIT_READ, named=tenant_id is not None)
        chain = ids.optional(tenant_id, "Tenant", "tenantId") or only
        if chain and not await tenants.load(info, chain):
            return None
        return ledger.LedgerCheck.of(await ledger_check.check(info.context.database, chain or PLATFORM, only=only))
