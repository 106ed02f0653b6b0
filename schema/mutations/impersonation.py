"""Entering and leaving. Start and end are guarded by their use cases, which record what they turn down (P8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.refusals import BadInput
from permissions.refusals import Refused as RefusedByRule
from resolvers import ending
from resolvers import handoff as handoff_cases
from resolvers import impersonation as session_cases
from resolvers import modes as mode_cases
from schema import ids, impersonation
from schema.context import Info
from schema.refusals import Refused

if TYPE_CHECKING:
    from db.impersonation import Session


def _session_result(info: Info, outcome: Session | RefusedByRule) -> impersonation.SessionChanged | Refused:
    if isinstance(outcome, RefusedByRule):
        return Refused.of(outcome)
    return impersonation.SessionChanged(session=impersonation.wrap(info, outcome))


def _asked(tenant_id: strawberry.ID) -> UUID | None:
    """The tenant's id, or None for what is none: an attempt at it is recorded all the same."""
    try:
        return ids.decode(tenant_id, "Tenant", "input.tenantId")
    except BadInput:
        return None


@strawberry.type
class ImpersonationMutations:
    """Part of the root of mutations."""

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
        description=(
            "Change the mode of one's own session. READ_WRITE needs IMPERSONATE_READ_WRITE, a policy that allows it "
            "(the session's and the newest) and a reason; READ_ONLY is always possible. The token stays as it is."
        )
    )
    async def change_impersonation_mode(
        self,
        info: Info,
        input: Annotated[
            impersonation.ChangeImpersonationModeInput, strawberry.argument(description="Which mode, and why.")
        ],
    ) -> impersonation.SessionResult | None:
        """Guarded by the use case."""
        request = mode_cases.ChangeMode(
            session_id=ids.decode(input.session_id, "ImpersonationSession", "input.sessionId"),
            mode=input.mode,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        outcome = await mode_cases.change(info.context.database, info.context.caller, request)
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
