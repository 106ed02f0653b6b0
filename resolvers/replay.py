"""The same idempotency key gets the first call's result: what is kept of one, and how it is told again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from db import idempotency
from permissions.refusals import Problem, RefusalCode, Refused, refused
from permissions.text import defect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.unit import WriteUnit
    from permissions.caller import Caller

CONFLICT = refused(
    RefusalCode.CONFLICT, "This idempotencyKey was used with another input. Make a new key.", "idempotencyKey"
)
UNFIT = refused(RefusalCode.INPUT_INVALID, "An idempotencyKey has 1 to 200 plain characters.", "idempotencyKey")
LONGEST_KEY = 200


async def begin(
    unit: WriteUnit, caller: Caller, key: str | None, operation: str, given: dict[str, Any]
) -> dict[str, Any] | Refused | None:
    """The first call's result, a refusal of the key, or None: go on, this is the first call."""
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or defect(key):
        return UNFIT
    try:
        return await idempotency.begin(unit.connection, caller.id, key, operation, given)
    except idempotency.AnotherInput:
        return CONFLICT


async def keep(unit: WriteUnit, caller: Caller, key: str | None, result: Refused | Sequence[UUID]) -> None:
    """Leave the outcome for retries: a refusal's problems, or the ids of what was changed."""
    if key is None:
        return
    kept: dict[str, Any]
    if isinstance(result, Refused):
        kept = {"problems": [[p.code, p.message, p.field] for p in result.problems], "forbidden": result.forbidden}
    else:
        kept = {"ids": [str(each) for each in result]}
    await idempotency.finish(unit.connection, caller.id, key, kept)


def retold(kept: dict[str, Any]) -> Refused | list[UUID]:
    """What `keep` left."""
    if "ids" in kept:
        return [UUID(each) for each in kept["ids"]]
    problems = tuple(Problem(RefusalCode(code), message, field) for code, message, field in kept["problems"])
    return Refused(problems, kept["forbidden"])
