"""Service keys."""

from __future__ import annotations

from typing import Annotated

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.refusals import Refused as RefusedByRule
from resolvers import keys as key_cases
from schema import ids, keys
from schema.context import Info
from schema.refusals import Refused


@strawberry.type
class KeyMutations:
    """Part of the root of mutations."""

    @strawberry.mutation(
        description="Make a key for a service. Its secret is in this answer and nowhere else: a retry is refused.",
        extensions=[needs(Permission.SERVICE_KEY_MANAGE)],
    )
    async def issue_service_key(
        self,
        info: Info,
        input: Annotated[keys.IssueServiceKeyInput, strawberry.argument(description="What it is for and may do.")],
    ) -> keys.IssueServiceKeyResult | None:
        """The one place where a secret is told."""
        outcome = await key_cases.issue(
            info.context.database,
            info.context.caller,
            name=input.name,
            permissions=input.permissions,
            tenant_id=ids.optional(input.tenant_id, "Tenant", "input.tenantId"),
            idempotency_key=input.idempotency_key,
        )
        if isinstance(outcome, RefusedByRule):
            return Refused.of(outcome)
        return keys.ServiceKeyIssued(service_key=keys.ServiceKey.of(outcome.key), secret=outcome.secret)

    @strawberry.mutation(
        description="Make a key worthless, for good; its sockets close within 2 seconds.",
        extensions=[needs(Permission.SERVICE_KEY_MANAGE)],
    )
    async def revoke_service_key(
        self,
        info: Info,
        input: Annotated[keys.RevokeServiceKeyInput, strawberry.argument(description="Which key, and why.")],
    ) -> keys.ServiceKeyResult | None:
        """With a reason."""
        outcome = await key_cases.revoke(
            info.context.database,
            info.context.caller,
            key_id=ids.decode(input.id, "ServiceKey", "input.id"),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        if isinstance(outcome, RefusedByRule):
            return Refused.of(outcome)
        return keys.ServiceKeyChanged(service_key=keys.ServiceKey.of(outcome))
