"""What an operation leaves behind while it lasts."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator

import strawberry
from graphql.execution.collect_fields import FieldDetails

from schema.build import schema as product
from schema.executor import Executor


@strawberry.type
class _Tick:
    number: int


@strawberry.type
class _Query:
    ticks: int = 0


@strawberry.type
class _Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[_Tick]:
        number = 0
        while True:
            number += 1
            yield _Tick(number=number)


def _noted() -> int:
    gc.collect()
    return sum(type(each) is FieldDetails for each in gc.get_objects())


async def test_a_stream_keeps_nothing_of_the_events_that_it_told() -> None:
    schema = strawberry.Schema(_Query, subscription=_Subscription, execution_context_class=Executor)
    stream = await schema.subscribe("subscription { ticks { number } }")
    noted = {}
    async for result in stream:
        assert result.data, result.errors
        number = result.data["ticks"]["number"]
        if number in {10, 110}:
            noted[number] = _noted()
        if number == 110:
            break
    await stream.aclose()
    assert noted[110] == noted[10]


def test_the_products_streams_are_executed_so() -> None:
    assert product.execution_context_class is Executor
