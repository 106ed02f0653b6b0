"""The same idempotency key gets the first call's result: what is kept of one, and how it is told again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from db import idempotency
from permissions.refusals import Problem, RefusalCode, Refused, refused
from permissions.text import defect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from db.engine import Database
    from db.unit import WriteUnit
    from permissions.caller import Caller

CONFLICT = refused(
    RefusalCode.CONFLICT, "This idempotencyKey was used with another input. Make a new key.", "idempotencyKey"
)
UNFIT = refused(RefusalCode.INPUT_INVALID, "An idempotencyKey has 1 to 200 plain characters.", "idempotencyKey")
LONGEST_KEY = 200


class Changed(Protocol):
    """A row that a use case changed."""

    @property
    def id(self) -> UUID:
        """By which a retry finds it."""


C = TypeVar("C", bound=Changed)


async def once(
    database: Database,
    caller: Caller | None,
    key: str | None,
    operation: str,
    given: dict[str, Any],
    decided: Callable[[WriteUnit], Awaitable[C | Refused]],
    again: Callable[[WriteUnit, UUID], Awaitable[C | Refused]],
) -> C | Refused:
    """What `decided` changes, in a write unit of its own; for a retry what `again` finds of it.

    A refusal leaves everything as it was, the key too. Without a caller it is the command line, which has no keys.
    """
    async with database.unit(caller) as unit:
        kept = await begin(unit, caller, key, operation, given) if caller else None
        if kept is not None:
            unit.abandon()
            told = kept if isinstance(kept, Refused) else retold(kept)
            return told if isinstance(told, Refused) else await again(unit, told[0])
        outcome = await decided(unit)
        if isinstance(outcome, Refused):
            unit.abandon()
        elif caller:
            await keep(unit, caller, key, [outcome.id])
    return outcome


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


def refuses(kept: dict[str, Any]) -> bool:
    """Whether the first call was refused."""
    return "ids" not in kept


def retold(kept: dict[str, Any]) -> Refused | list[UUID]:
    """What `keep` left."""
    if not refuses(kept):
        return [UUID(each) for each in kept["ids"]]
    problems = tuple(Problem(RefusalCode(code), message, field) for code, message, field in kept["problems"])
    return Refused(problems, kept["forbidden"])
