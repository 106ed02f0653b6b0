"""People and their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.refusals import Refused as RefusedByRule
from resolvers import operators as operator_cases
from resolvers import roles as role_cases
from schema import ids, operators
from schema.context import Info
from schema.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from db import operators as rows
    from permissions.operators import Role


def _result(outcome: rows.Operator | RefusedByRule) -> operators.OperatorChanged | Refused:
    if isinstance(outcome, RefusedByRule):
        return Refused.of(outcome)
    return operators.OperatorChanged(operator=operators.Operator.of(outcome))


async def _change(
    info: Info,
    case: Callable[..., Awaitable[rows.Operator | RefusedByRule]],
    input: operators.RevokeRoleInput | operators.EnableOperatorInput | operators.DisableOperatorInput,
    **more: Role,
) -> operators.OperatorChanged | Refused:
    """What is done to an operator by id, with a reason."""
    outcome = await case(
        info.context.database,
        info.context.caller,
        operator_id=ids.decode(input.operator_id, "Operator", "input.operatorId"),
        reason=input.reason,
        idempotency_key=input.idempotency_key,
        **more,
    )
    return _result(outcome)


@strawberry.type
class OperatorMutations:
    """Part of the root of mutations."""

    @strawberry.mutation(
        description="Give an operator a role, for good or for a time. Nobody changes their own.",
        extensions=[needs(Permission.OPERATOR_GRANT)],
    )
    async def grant_role(
        self,
        info: Info,
        input: Annotated[operators.GrantRoleInput, strawberry.argument(description="Who gets which role, and why.")],
    ) -> operators.OperatorResult | None:
        """With a reason."""
        outcome = await role_cases.grant_role_to(
            info.context.database,
            info.context.caller,
            email=input.email,
            role=input.role,
            reason=input.reason,
            expires_in_seconds=input.expires_in_seconds,
            idempotency_key=input.idempotency_key,
        )
        return _result(outcome)

    @strawberry.mutation(
        description=(
            "Take a role from an operator; the sessions that it carried end at once. Nobody changes their own, and the "
            "last admin stays: somebody else must be PLATFORM_ADMIN without an end."
        ),
        extensions=[needs(Permission.OPERATOR_GRANT)],
    )
    async def revoke_role(
        self,
        info: Info,
        input: Annotated[operators.RevokeRoleInput, strawberry.argument(description="Whose role, and why.")],
    ) -> operators.OperatorResult | None:
        """With a reason."""
        return await _change(info, role_cases.revoke_role, input, role=input.role)

    @strawberry.mutation(
        description="Let a disabled operator sign in again, with the roles that they still have.",
        extensions=[needs(Permission.OPERATOR_GRANT)],
    )
    async def enable_operator(
        self,
        info: Info,
        input: Annotated[operators.EnableOperatorInput, strawberry.argument(description="Who, and why.")],
    ) -> operators.OperatorResult | None:
        """With a reason."""
        return await _change(info, operator_cases.enable, input)

    @strawberry.mutation(
        description=(
            "Shut an operator out: every sign-in, socket and session of theirs ends at once. Nobody disables "
            "themselves, and the last admin stays."
        ),
        extensions=[needs(Permission.OPERATOR_GRANT)],
    )
    async def disable_operator(
        self,
        info: Info,
        input: Annotated[operators.DisableOperatorInput, strawberry.argument(description="Who, and why.")],
    ) -> operators.OperatorResult | None:
        """With a reason."""
        return await _change(info, operator_cases.disable, input)
