"""What guards report."""

from __future__ import annotations

from typing import Annotated

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.refusals import Refused as RefusedByRule
from resolvers import access as access_cases
from resolvers import presence as presence_cases
from schema import access
from schema.context import Info
from schema.refusals import Refused


@strawberry.type
class AccessMutations:
    """Part of the root of mutations."""

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
        return _told(
            await access_cases.append(
                info.context.database, info.context.caller, [record.record() for record in input.records]
            )
        )

    @strawberry.mutation(
        description="Say what a guard knows of sessions that live, every 15 s: by it, and never by a guard's silence, "
        "those end that nobody works in. The count is of those that do live.",
        extensions=[needs(Permission.ACCESS_LOG_APPEND)],
    )
    async def append_presence(
        self,
        info: Info,
        input: Annotated[access.AppendPresenceInput, strawberry.argument(description="The sessions.")],
    ) -> access.AppendResult | None:
        """From a guard."""
        return _told(
            await presence_cases.append(
                info.context.database, info.context.caller, [session.presence() for session in input.sessions]
            )
        )


def _told(outcome: access_cases.Appended | RefusedByRule) -> access.AppendResult:
    if isinstance(outcome, RefusedByRule):
        return Refused.of(outcome)
    return access.Appended(count=outcome.count, duplicates=outcome.duplicates)
