"""Who changes people and keys, decided again under the locks that a lost role takes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import operators
from permissions import policy as rules
from permissions.operators import permissions_of
from permissions.policy import Due
from permissions.refusals import Unauthenticated

if TYPE_CHECKING:
    from uuid import UUID

    from db.operators import Operator
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.operators import Permission
    from permissions.policy import Decision

COMMAND_LINE = Due("the command line")


def entitled(caller: Caller | None, permission: Permission) -> Decision:
    """What entitles whoever asks; without a caller it is the command line. Raises Forbidden."""
    return rules.permit(caller.permissions, permission) if caller else COMMAND_LINE


async def hold(
    unit: WriteUnit, permission: Permission, *operator_ids: UUID, admins: bool = False
) -> tuple[Decision, dict[UUID, Operator]]:
    """Lock these operators and the caller (and all admins, where asked), then decide anew whether the caller may.

    Of two admins who take each other's role at the same time the second finds that it has none any more.
    Raises Forbidden, and Unauthenticated where the caller was disabled meanwhile.
    """
    caller = unit.caller
    if caller is None:
        return COMMAND_LINE, await operators.lock_many(unit.connection, operator_ids, admins=admins)
    people = await operators.lock_many(unit.connection, [caller.id, *operator_ids], admins=admins)
    if caller.id not in people or people[caller.id].disabled_at:
        raise Unauthenticated("Your sign-in is over. Sign in again.")
    now = permissions_of(await operators.roles_in_force(unit.connection, caller.id))
    return rules.permit(now, permission), people
