"""What is kept of an outcome is told again word for word (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.policy import Permitted
from permissions.refusals import Problem, RefusalCode, Refused
from resolvers import replay
from resolvers.events import DatabaseRestored
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

    from tests.databases import Databases

GIVEN = {"id": uuid7(), "reason": "Zoë \ud800 \0", "nested": {"a": [1, None]}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


async def call(
    world: World,
    key: str | None,
    outcome: Refused | Sequence[UUID],
    given: dict[str, Any] = GIVEN,
    operation: str = "operation",
) -> Any:
    """One call with this outcome; what it was told to begin with."""
    async with world.database.unit(world.admin) as unit:
        begun = await replay.begin(unit, world.admin, key, operation, given)
        if begun is not None:
            unit.abandon()
            return begun if isinstance(begun, Refused) else replay.retold(begun)
        unit.append(
            Permitted(None), DatabaseRestored(was="a", now="b", sessions_ended=0, sign_ins_ended=0), by_system=True
        )
        await replay.keep(unit, world.admin, key, outcome)
    return None


@pytest.mark.parametrize(
    "outcome",
    [
        [],
        [uuid7(), uuid7()],
        Refused((Problem(RefusalCode.REASON_TOO_SHORT, "„kurz“", "reason"), Problem(RefusalCode.LOCKED, "x"))),
        Refused((Problem(RefusalCode.TENANT_SUSPENDED, "x", "tenantId"),), forbidden=True),
    ],
    ids=["nothing", "ids", "problems", "forbidden"],
)
async def test_the_first_calls_outcome_is_told_again(world: World, outcome: Refused | list[UUID]) -> None:
    key = str(uuid7())
    assert await call(world, key, outcome) is None
    assert await call(world, key, []) == outcome
    assert await call(world, key, []) == outcome


async def test_without_a_key_every_call_is_the_first(world: World) -> None:
    assert await call(world, None, []) is None
    assert await call(world, None, []) is None


async def test_another_input_is_a_conflict_and_the_order_of_its_names_is_none(world: World) -> None:
    assert await call(world, "k", [], {"a": 1, "b": 2}) is None
    assert await call(world, "k", [], {"b": 2, "a": 1}) == []
    assert await call(world, "k", [], {"a": 1, "b": 3}) == replay.CONFLICT


async def test_another_operation_is_a_conflict_though_its_input_is_the_same(world: World) -> None:
    """Suspending and setting a status take the same input."""
    assert await call(world, "o", []) is None
    assert await call(world, "o", [], operation="another") == replay.CONFLICT


async def test_a_call_that_did_not_happen_leaves_its_key_free(world: World) -> None:
    """I5: the key is taken in the transaction that it belongs to."""
    with pytest.raises(ZeroDivisionError):
        async with world.database.unit(world.admin) as unit:
            assert await replay.begin(unit, world.admin, "free", "operation", GIVEN) is None
            raise ZeroDivisionError
    assert await call(world, "free", []) is None


@pytest.mark.parametrize(
    ("key", "fits"), [("", False), ("x", True), ("x" * 200, True), ("x" * 201, False), ("\0", False)]
)
async def test_a_key_is_one_to_two_hundred_plain_characters(world: World, key: str, fits: bool) -> None:
    assert await call(world, key, []) == (None if fits else replay.UNFIT)
