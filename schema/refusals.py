"""Expected refusals, as members of every result union."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from permissions.refusals import RefusalCode

if TYPE_CHECKING:
    from permissions import refusals


@strawberry.type(description="One thing that stands in the way.")
class Problem:
    """A refusal's reason."""

    code: RefusalCode = strawberry.field(description="Which kind of problem.")
    message: str = strawberry.field(description="What it is and what to do about it, for a person.")
    field: str | None = strawberry.field(description="The input field that it belongs to.")


@strawberry.type(
    description=(
        "An expected refusal: nothing happened, and the caller can act on why. A caller without the permission gets a "
        "top-level FORBIDDEN instead. Every attempt at impersonation that is turned down is recorded: "
        "IMPERSONATION_FORBIDDEN in the tenant's ledger where the role, the tenant's status or a lock forbids it, "
        "IMPERSONATION_REFUSED there where the input was wrong, and either in the platform's where there is no such "
        "tenant."
    )
)
class Refused:
    """Why nothing happened."""

    code: RefusalCode = strawberry.field(description="The first problem's code.")
    message: str = strawberry.field(description="The first problem's message.")
    problems: list[Problem] = strawberry.field(description="Everything that stands in the way.")

    @classmethod
    def of(cls, refused: refusals.Refused) -> Refused:
        """From the refusal that a use case returned."""
        return cls(
            code=refused.code,
            message=refused.message,
            problems=[Problem(code=each.code, message=each.message, field=each.field) for each in refused.problems],
        )
