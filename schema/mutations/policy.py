"""Setting the rules of impersonation."""

from __future__ import annotations

from typing import Annotated

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.refusals import Refused as RefusedByRule
from resolvers import policies as use_cases
from schema import ids, tenants
from schema.context import Info
from schema.policy import ImpersonationPolicy
from schema.policy_changes import PolicyChanged, PolicyResult, SetImpersonationPolicyInput
from schema.refusals import Refused


@strawberry.type
class PolicyMutations:
    """Part of the root of mutations."""

    @strawberry.mutation(
        description=(
            "Set the rules of impersonation: a tenant's, which may only be stricter than what it inherits, or the "
            "deployment's. Sessions that run keep the rules that they began under."
        ),
        extensions=[needs(Permission.TENANT_POLICY_SET)],
    )
    async def set_impersonation_policy(
        self,
        info: Info,
        input: Annotated[
            SetImpersonationPolicyInput,
            strawberry.argument(description="Whose rules, what of them, and why."),
        ],
    ) -> PolicyResult | None:
        """With a reason."""
        request = use_cases.SetPolicy(
            tenant_id=ids.optional(input.tenant_id, "Tenant", "input.tenantId"),
            reason=input.reason,
            changes=input.changes,
        )
        outcome = await use_cases.set_policy(info.context.database, info.context.caller, request)
        if isinstance(outcome, RefusedByRule):
            return Refused.of(outcome)
        tenant = outcome.tenant
        return PolicyChanged(
            policy=ImpersonationPolicy.of(outcome.policy, tenant.id if tenant else None),
            tenant=tenants.wrap(info, tenant) if tenant else None,
        )
