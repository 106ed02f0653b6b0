"""The root of mutations: each field is a guard, one call, one mapping.

Starting and ending impersonation are guarded by their use cases, which record what they turn down (P8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.policy import TenantStatus
from permissions.refusals import BadInput, RefusalCode, refused
from permissions.refusals import Refused as RefusedByRule
from resolvers import access as access_cases
from resolvers import ending
from resolvers import handoff as handoff_cases
from resolvers import impersonation as session_cases
from resolvers import tenants as tenant_cases
from schema import access, ids, impersonation, tenants
from schema.context import Info
from schema.refusals import Refused

if TYPE_CHECKING:
    from db.impersonation import Session

NOT_AN_OBJECT = refused(RefusalCode.INPUT_INVALID, "metadata must be an object.", "metadata")


def _session_result(info: Info, outcome: Session | RefusedByRule) -> impersonation.SessionChanged | Refused:
    if isinstance(outcome, RefusedByRule):
        return Refused.of(outcome)
    return impersonation.SessionChanged(session=impersonation.wrap(info, outcome))


def _tenant_result(info: Info, outcome: tenant_cases.TenantChanged | RefusedByRule) -> tenants.TenantChanged | Refused:
    if isinstance(outcome, RefusedByRule):
        return Refused.of(outcome)
    return tenants.TenantChanged(
        tenant=tenants.wrap(info, outcome.tenant),
        sessions_ended=[impersonation.wrap(info, session) for session in outcome.sessions_ended],
    )


def _asked(tenant_id: strawberry.ID) -> UUID | None:
    """The tenant's id, or None for what is none: an attempt at it is recorded all the same."""
    try:
        return ids.decode(tenant_id, "Tenant", "input.tenantId")
    except BadInput:
        return None


@strawberry.type(
    description="Everything that can be done. Each is nullable: one refusal does not hide what others did."
)
class Mutation:
    """Changes."""

    @strawberry.mutation(
        description=(
            "Enter a tenant's workspace. Needs IMPERSONATE_READ_ONLY or IMPERSONATE_READ_WRITE; every attempt that is "
            "turned down is recorded."
        )
    )
    async def start_impersonation(
        self,
        info: Info,
        input: Annotated[
            impersonation.StartImpersonationInput, strawberry.argument(description="Where, why and for how long.")
        ],
    ) -> impersonation.StartImpersonationResult | None:
        """Guarded by the use case."""
        request = session_cases.StartRequest(
            tenant_id=_asked(input.tenant_id),
            tenant_asked=input.tenant_id,
            reason=input.reason,
            ticket=input.ticket,
            duration_seconds=input.duration_seconds,
            mode=input.mode,
            break_glass=bool(input.break_glass),
            idempotency_key=input.idempotency_key,
        )
        outcome = await session_cases.start(info.context.database, info.context.caller, request)
        if isinstance(outcome, RefusedByRule):
            return Refused.of(outcome)
        session = impersonation.wrap(info, outcome.session)
        return impersonation.ImpersonationStarted(session=session, enter_url=outcome.enter_url)

    @strawberry.mutation(
        description=(
            "End a session. A person ends their own; a key with TOKEN_EXCHANGE passes on the operator's Stop "
            "(STOPPED); a key with TENANT_SIDE_DECIDE and `onBehalfOf` is the tenant's stop (TENANT_STOPPED)."
        )
    )
    async def end_impersonation(
        self,
        info: Info,
        input: Annotated[impersonation.EndImpersonationInput, strawberry.argument(description="Which session.")],
    ) -> impersonation.SessionResult | None:
        """Guarded by the use case."""
        outcome = await ending.end(
            info.context.database,
            info.context.caller,
            session_id=ids.optional(input.session_id, "ImpersonationSession", "input.sessionId"),
            on_behalf_of=input.on_behalf_of,
            idempotency_key=input.idempotency_key,
        )
        return _session_result(info, outcome)

    @strawberry.mutation(
        description="End another operator's session.", extensions=[needs(Permission.IMPERSONATION_REVOKE)]
    )
    async def revoke_impersonation(
        self,
        info: Info,
        input: Annotated[
            impersonation.RevokeImpersonationInput, strawberry.argument(description="Which session, and why.")
        ],
    ) -> impersonation.SessionResult | None:
        """With a reason."""
        outcome = await ending.revoke(
            info.context.database,
            info.context.caller,
            session_id=ids.decode(input.session_id, "ImpersonationSession", "input.sessionId"),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return _session_result(info, outcome)

    @strawberry.mutation(
        description="Trade a hand-off's code for the session's token (RFC 8693 in shape, PKCE). For a service.",
        extensions=[needs(Permission.TOKEN_EXCHANGE)],
    )
    async def exchange_handoff(
        self,
        info: Info,
        input: Annotated[
            impersonation.ExchangeHandoffInput, strawberry.argument(description="The code and its verifier.")
        ],
    ) -> impersonation.ExchangeHandoffResult | None:
        """For a guard."""
        outcome = await handoff_cases.exchange(
            info.context.database, info.context.keyring, info.context.caller, code=input.code, verifier=input.verifier
        )
        if isinstance(outcome, RefusedByRule):
            return Refused.of(outcome)
        return impersonation.ImpersonationToken(
            access_token=outcome.access_token,
            token_type="Bearer",  # noqa: S106  the kind of token (RFC 6750), no secret
            expires_in=outcome.expires_in,
            session=impersonation.wrap(info, outcome.session),
        )

    @strawberry.mutation(
        description="Make a tenant known; it is PROVISIONING until its status is set.",
        extensions=[needs(Permission.TENANT_REGISTER)],
    )
    async def register_tenant(
        self,
        info: Info,
        input: Annotated[tenants.RegisterTenantInput, strawberry.argument(description="The tenant.")],
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
        description="Set a tenant's status; what may not go on ends at once.",
        extensions=[needs(Permission.TENANT_STATUS_SET)],
    )
    async def set_tenant_status(
        self,
        info: Info,
        input: Annotated[tenants.SetTenantStatusInput, strawberry.argument(description="What it becomes, and why.")],
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
        input: Annotated[tenants.SuspendTenantInput, strawberry.argument(description="Which tenant, and why.")],
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
        input: Annotated[tenants.LiftSuspensionInput, strawberry.argument(description="Which tenant, and why.")],
    ) -> tenants.TenantResult | None:
        """With a reason."""
        request = tenant_cases.SetStatus(
            tenant_id=ids.decode(input.tenant_id, "Tenant", "input.tenantId"),
            to=None,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return _tenant_result(info, await tenant_cases.lift(info.context.database, info.context.caller, request))

    @strawberry.mutation(
        description="Record requests that sessions made inside workspaces: all of the batch, or none of it.",
        extensions=[needs(Permission.ACCESS_LOG_APPEND)],
    )
    async def append_access_records(
        self,
        info: Info,
        input: Annotated[access.AppendAccessRecordsInput, strawberry.argument(description="The batch.")],
    ) -> access.AppendResult | None:
        """From a guard."""
        outcome = await access_cases.append(
            info.context.database, info.context.caller, [record.record() for record in input.records]
        )
        if isinstance(outcome, RefusedByRule):
            return Refused.of(outcome)
        return access.Appended(count=outcome.count, duplicates=outcome.duplicates)
