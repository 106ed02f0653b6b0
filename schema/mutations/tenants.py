"""Registering tenants and setting what they are."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.policy import TenantStatus
from permissions.refusals import RefusalCode, refused
from permissions.refusals import Refused as RefusedByRule
from resolvers import tenant_details
from resolvers import tenants as tenant_cases
from schema import ids, impersonation, tenant_inputs, tenants
from schema.context import Info
from schema.refusals import Refused

NOT_AN_OBJECT = refused(RefusalCode.INPUT_INVALID, "metadata must be an object.", "metadata")


def _tenant_result(info: Info, outcome: tenant_cases.TenantChanged | RefusedByRule) -> tenants.TenantChanged | Refused:
    if isinstance(outcome, RefusedByRule):
        return Refused.of(outcome)
    return tenants.TenantChanged(
        tenant=tenants.wrap(info, outcome.tenant),
        sessions_ended=[impersonation.wrap(info, session) for session in outcome.sessions_ended],
    )


@strawberry.type
class TenantMutations:
    """Part of the root of mutations."""

    @strawberry.mutation(
        description="Make a tenant known; it is PROVISIONING until its status is set.",
        extensions=[needs(Permission.TENANT_REGISTER)],
    )
    async def register_tenant(
        self,
        info: Info,
        input: Annotated[tenant_inputs.RegisterTenantInput, strawberry.argument(description="The tenant.")],
    ) -> tenants.TenantResult | None:
        """From the product that made it."""
        metadata: Any = {} if input.metadata is None else input.metadata
        if not isinstance(metadata, dict):
            return Refused.of(NOT_AN_OBJECT)
        request = tenant_cases.RegisterTenant(
            slug=input.slug,
            name=input.name,
            plan=input.plan,
            region=input.region,
            workspace_url=input.workspace_url,
            support_url=input.support_url,
            stripe_customer_id=input.stripe_customer_id,
            metadata=metadata,
            idempotency_key=input.idempotency_key,
        )
        return _tenant_result(info, await tenant_cases.register(info.context.database, info.context.caller, request))

    @strawberry.mutation(
        description=(
            "Change what is known of a tenant. Its ledger tells from what to what; of metadata only which fields, "
            "of the id at Stripe only that it changed."
        ),
        extensions=[needs(Permission.TENANT_REGISTER)],
    )
    async def update_tenant(
        self,
        info: Info,
        input: Annotated[
            tenant_inputs.UpdateTenantInput, strawberry.argument(description="Which tenant, and what of it.")
        ],
    ) -> tenants.TenantResult | None:
        """Field by field."""
        given = input.given()
        if not isinstance(given.get("metadata"), dict | None):
            return Refused.of(NOT_AN_OBJECT)
        tenant_id = ids.decode(input.tenant_id, "Tenant", "input.tenantId")
        request = tenant_details.UpdateTenant(tenant_id=tenant_id, given=given)
        return _tenant_result(info, await tenant_details.update(info.context.database, info.context.caller, request))

    @strawberry.mutation(
        description="Set a tenant's status; what may not go on ends at once.",
        extensions=[needs(Permission.TENANT_STATUS_SET)],
    )
    async def set_tenant_status(
        self,
        info: Info,
        input: Annotated[
            tenant_inputs.SetTenantStatusInput, strawberry.argument(description="What it becomes, and why.")
        ],
    ) -> tenants.TenantResult | None:
        """Along the table of transitions."""
        request = tenant_cases.SetStatus(
            tenant_id=ids.decode(input.tenant_id, "Tenant", "input.tenantId"),
            to=input.status,
            reason=input.reason,
            exception=input.exception,
            dry_run=bool(input.dry_run),
            idempotency_key=input.idempotency_key,
        )
        return _tenant_result(info, await tenant_cases.set_status(info.context.database, info.context.caller, request))

    @strawberry.mutation(
        description="Block everybody's sign-in in a tenant, and end every session inside, at once.",
        extensions=[needs(Permission.TENANT_SUSPEND)],
    )
    async def suspend_tenant(
        self,
        info: Info,
        input: Annotated[tenant_inputs.SuspendTenantInput, strawberry.argument(description="Which tenant, and why.")],
    ) -> tenants.TenantResult | None:
        """With its ground and reason."""
        request = tenant_cases.SetStatus(
            tenant_id=ids.decode(input.tenant_id, "Tenant", "input.tenantId"),
            to=TenantStatus.SUSPENDED,
            reason=input.reason,
            ground=input.ground.value if input.ground else None,
            dry_run=bool(input.dry_run),
            idempotency_key=input.idempotency_key,
        )
        return _tenant_result(info, await tenant_cases.suspend(info.context.database, info.context.caller, request))

    @strawberry.mutation(
        description="Lift a suspension: the tenant is again what it was before.",
        extensions=[needs(Permission.TENANT_SUSPEND)],
    )
    async def lift_suspension(
        self,
        info: Info,
        input: Annotated[tenant_inputs.LiftSuspensionInput, strawberry.argument(description="Which tenant, and why.")],
    ) -> tenants.TenantResult | None:
        """With a reason."""
        request = tenant_cases.SetStatus(
            tenant_id=ids.decode(input.tenant_id, "Tenant", "input.tenantId"),
            to=None,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return _tenant_result(info, await tenant_cases.lift(info.context.database, info.context.caller, request))
