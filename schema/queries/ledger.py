"""The ledger."""

from __future__ import annotations

import strawberry

from db.pages import keyset
from db.pages import ledger as ledger_pages
from permissions.fields import needs
from permissions.operators import Permission
from permissions.reach import confined_to
from schema import filters, ledger
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
