"""What operators look at is durable before it is shown, or it is not shown (P1, S1-8, S1-9)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio

from db import activity as rows
from db.engine import Database
from permissions.ids import uuid7
from permissions.operators import Permission
from permissions.refusals import Unavailable
from resolvers import activity
from resolvers.activity import ActivityRecorder
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest.fixture
def recorder(world: World) -> ActivityRecorder:
    return ActivityRecorder(world.database)


async def recorded(world: World, caller: Caller) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(world.urls.auditor)
    try:
        return await connection.fetch("select * from audit.activity where operator_id = $1 order by at, id", caller.id)
    finally:
        await connection.close()


class Held:
    """Writes wait until they are let go; counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = asyncio.Event()
        self.writes: list[int] = []
        append = rows.append

        async def held(connection: Any, records: Any) -> None:
            self.writes.append(len(records))
            await self.go.wait()
            await append(connection, records)

        monkeypatch.setattr(rows, "append", held)

    async def until(self, writes: int) -> None:
        async with asyncio.timeout(5):
            while len(self.writes) < writes:
                await asyncio.sleep(0)


async def test_who_looked_at_what_of_whom_is_durable_when_the_call_returns(
    world: World, jane: Caller, recorder: ActivityRecorder
) -> None:
    tenants = [uuid7(), uuid7()]
    await recorder.record(jane, "TenantPage", ["tenant", "policy"], tenants)
    await recorder.record(jane, "x" * 300, [], [], refused=True)
    first, second = await recorded(world, jane)
    assert jane.person
    assert first["sign_in_id"] == jane.person.sign_in_id
    assert (first["operation"], first["fields"], first["tenants"], first["refused"]) == (
        "TenantPage",
        ["tenant", "policy"],
        tenants,
        False,
    )
    assert (second["operation"], second["refused"]) == ("x" * 200, True)


async def test_a_service_is_not_an_operator_and_leaves_no_activity(world: World, recorder: ActivityRecorder) -> None:
    """What services do is in the access log and the ledger."""
    service = await world.service(Permission.AUDIT_READ)
    await recorder.record(service, "TenantPage", ["tenant"], [])
    assert await recorded(world, service) == []


async def test_what_arrives_while_one_batch_is_written_is_the_next_batch_and_all_are_durable(
    world: World, jane: Caller, recorder: ActivityRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mechanisms F: one flush in flight, no timer."""
    monkeypatch.setattr(activity, "BATCH", 4)
    held = Held(monkeypatch)
    first = asyncio.create_task(recorder.record(jane, "0", [], []))
    await held.until(1)
    others = [asyncio.create_task(recorder.record(jane, str(n), [], [])) for n in range(1, 11)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in (first, *others))
    held.go.set()
    await asyncio.gather(first, *others)
    assert held.writes == [1, 4, 4, 2]
    assert sorted(int(row["operation"]) for row in await recorded(world, jane)) == list(range(11))


async def test_where_it_cannot_be_recorded_nothing_is_shown(world: World, jane: Caller) -> None:
    """P1: the answer is thrown away."""
    nowhere = Database(world.urls.app.replace(world.urls.name, "nowhere"))
    try:
        recorder = ActivityRecorder(nowhere)
        outcomes = await asyncio.gather(
            *(recorder.record(jane, "TenantPage", [], []) for _ in range(3)), return_exceptions=True
        )
    finally:
        await nowhere.close()
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3


async def test_a_connection_that_breaks_once_is_no_reason_and_nothing_is_written_twice(
    world: World, jane: Caller, recorder: ActivityRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit whose answer was lost is made again with the same ids."""
    append = rows.append
    broken: list[bool] = []

    async def breaks_once(connection: Any, records: Any) -> None:
        await append(connection, records)
        if not broken:
            broken.append(True)
            await connection.commit()
            raise Unavailable("the answer was lost")

    monkeypatch.setattr(rows, "append", breaks_once)
    await recorder.record(jane, "TenantPage", [], [])
    assert broken
    assert len(await recorded(world, jane)) == 1


async def test_a_queue_that_is_full_refuses_rather_than_grows(
    world: World, jane: Caller, recorder: ActivityRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat 49."""
    monkeypatch.setattr(activity, "LONGEST_QUEUE", 2)
    held = Held(monkeypatch)
    tasks = [asyncio.create_task(recorder.record(jane, "0", [], []))]
    await held.until(1)
    tasks += [asyncio.create_task(recorder.record(jane, str(n), [], [])) for n in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await recorder.record(jane, "3", [], [])
    held.go.set()
    await asyncio.gather(*tasks)
    assert sorted(row["operation"] for row in await recorded(world, jane)) == ["0", "1", "2"]


async def test_a_database_that_takes_too_long_is_not_waited_for(
    world: World, jane: Caller, recorder: ActivityRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller is told; what was looked at is in the ledger of activity all the same once it comes through."""
    monkeypatch.setattr(activity, "PATIENCE_SECONDS", 0)
    held = Held(monkeypatch)
    with pytest.raises(Unavailable):
        await recorder.record(jane, "slow", [], [])
    held.go.set()
    assert recorder._flushing
    await recorder._flushing
    assert [row["operation"] for row in await recorded(world, jane)] == ["slow"]


async def test_a_caller_who_goes_away_is_recorded_all_the_same(
    world: World, jane: Caller, recorder: ActivityRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mechanisms F: what was asked for was asked for."""
    held = Held(monkeypatch)
    task = asyncio.create_task(recorder.record(jane, "gone", [], []))
    await held.until(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    held.go.set()
    assert recorder._flushing
    await recorder._flushing
    assert [row["operation"] for row in await recorded(world, jane)] == ["gone"]


async def test_a_row_that_no_database_takes_leaves_nobody_waiting(
    world: World, jane: Caller, recorder: ActivityRecorder
) -> None:
    """Its batch is refused, and the next one goes on."""
    with pytest.raises(Unavailable):
        await recorder.record(jane, "a\0", [], [])
    await recorder.record(jane, "after", [], [])
    assert [row["operation"] for row in await recorded(world, jane)] == ["after"]


@pytest.mark.parametrize("statement", ["update audit.activity set refused = true", "delete from audit.activity"])
async def test_what_was_looked_at_cannot_be_unseen(world: World, statement: str) -> None:
    """P4: not by the app's role, and not by its owner."""
    for url in (world.urls.app, world.urls.admin):
        connection = await asyncpg.connect(url)
        try:
            with pytest.raises(asyncpg.PostgresError) as caught:
                await connection.execute(statement)
        finally:
            await connection.close()
        assert caught.value.sqlstate in {"42501", "AC002"}
