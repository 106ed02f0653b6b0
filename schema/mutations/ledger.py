"""What other services report to the ledger."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.refusals import RefusalCode, refused
from permissions.refusals import Refused as RefusedByRule
from resolvers import reports
from schema import access, ids, ledger
from schema.context import Info
from schema.refusals import Refused

NOT_AN_OBJECT = refused(RefusalCode.INPUT_INVALID, "details must be an object.", "details")


@strawberry.type
class LedgerMutations:
    """Part of the root of mutations."""

    @strawberry.mutation(
        description=(
            "Enter an event of another service's into the ledger, once however often it is sent. A key that is bound "
            "to a tenant reports for that tenant only."
        ),
        extensions=[needs(Permission.AUDIT_APPEND)],
    )
    async def append_audit_event(
        self,
        info: Info,
        input: Annotated[ledger.AppendAuditEventInput, strawberry.argument(description="The event.")],
    ) -> access.AppendResult | None:
        """From a service."""
        details: Any = input.details
        if not isinstance(details, dict):
            return Refused.of(NOT_AN_OBJECT)
        report = reports.Report(
            id=input.id,
            kind=input.kind,
            tenant_id=ids.optional(input.tenant_id, "Tenant", "input.tenantId"),
            actor=input.actor,
            details=details,
        )
        outcome = await reports.append(info.context.database, info.context.caller, report)
        if isinstance(outcome, RefusedByRule):
            return Refused.of(outcome)
        return access.Appended(count=outcome.count, duplicates=outcome.duplicates)
