"""The database goes away in the middle: a clear error, nothing half-done, nothing lost, and then everything goes on.

Threats 39 to 41 and 51: the connection is cut before each statement in turn, and before and after each commit.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from db import engine
from db.engine import Database
from permissions.refusals import Refused, Unavailable
from resolvers import expiry, impersonation
from resolvers.activity import ActivityRecorder
from resolvers.impersonation import Started, StartRequest
from tests.faults.cutting import DISAGREEMENTS, STATE, Fault, Scene
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.databases import Databases

ACTS: dict[str, tuple[Callable[[Scene], Awaitable[object]], int]] = {
    # What is done, and how many statements it has at least: each of them is struck.
    "start": (Scene.replace, 12),
    "refusal": (Scene.turned_down, 8),
    "end": (Scene.end, 6),
    "suspend": (Scene.suspend, 6),
    "disable": (Scene.disable, 8),
    "sign out": (Scene.sign_out, 6),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest.fixture
def fault(world: World, monkeypatch: pytest.MonkeyPatch) -> Fault:
    return Fault(world, monkeypatch)


@pytest.mark.parametrize("act", ACTS)
async def test_cut_off_before_any_statement_nothing_happened_and_the_retry_does_it_once(
    world: World, fault: Fault, act: str
) -> None:
    """P1, P2, threat 39: a 503 and nothing else, whichever statement the database did not live to see."""
    scene, (do, at_least) = await Scene.make(world), ACTS[act]
    before = await world.admin_sql(STATE)
    struck: list[str] = []
    done = False
    while not done:
        with fault.before(len(struck)):
            try:
                outcome = await do(scene)
                assert act == "refusal" or not isinstance(outcome, Refused)
                done = True
            except Unavailable:
                struck.append(fault.struck)
                assert fault.struck, "unavailable without a reason"
        assert done is not (await world.admin_sql(STATE) == before), struck[-1]
    assert struck[-1] == "commit"
    assert len(struck) >= at_least
    assert await world.admin_sql(DISAGREEMENTS) == 0


@pytest.mark.parametrize("act", ["start", "refusal", "end", "suspend"])
async def test_where_only_the_answer_was_lost_the_retry_tells_it_and_does_nothing_again(
    world: World, fault: Fault, act: str
) -> None:
    """I5, threat 51: the idempotency key finds what was committed."""
    scene, (do, _) = await Scene.make(world), ACTS[act]
    with fault.before(0, answer_lost=True), pytest.raises(Unavailable, match="same idempotencyKey"):
        await do(scene)
    assert fault.struck == "after the commit"
    done = await world.admin_sql(STATE)
    outcome = await do(scene)
    assert isinstance(outcome, Refused) is (act == "refusal")
    assert await world.admin_sql(STATE) == done
    assert await world.admin_sql(DISAGREEMENTS) == 0


async def test_cut_off_in_the_middle_an_expiry_is_written_by_the_next(world: World, fault: Fault) -> None:
    """P2, threat 40: each statement of it struck in turn, and the true end time all the same."""
    scene = await Scene.make(world)
    due = await world.admin_sql("select expires_at from identity.session_now where id = $1", scene.running)
    await world.advance(timedelta(seconds=601))
    ended = "select row(end_cause, ended_at) from identity.impersonation_session where id = $1"
    struck = 0
    while True:
        with fault.before(struck):
            try:
                await expiry.expire_due(world.database)
            except Unavailable:
                struck += 1
            else:
                break
        assert await world.admin_sql(DISAGREEMENTS) == 0
    assert struck > 6
    assert await world.admin_sql(ended, scene.running) == ("EXPIRED", due)


@asynccontextmanager
async def held(world: World, statement: str, *arguments: object) -> AsyncIterator[None]:
    """Another connection holds a lock meanwhile."""
    connection = await asyncpg.connect(world.urls.admin)
    try:
        async with connection.transaction():
            await connection.execute("set local lock_timeout = 0")
            await connection.fetch(statement, *arguments)
            yield
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "lock",
    [
        "select from audit.chain_head where chain = any($1) for update",
        "select from identity.tenant where id = any($1) for update",
        "select from identity.operator where id = any($1) for update",
        "select from identity.sign_in where id = any($1) for update",
        "select from identity.impersonation_session where id = any($1) for update",
    ],
)
async def test_a_lock_that_is_not_given_back_is_waited_for_only_so_long(
    world: World, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    """Threat 41: unavailable within the lock timeout, nothing half-done; then it goes on."""
    monkeypatch.setitem(engine.SERVER_SETTINGS, "lock_timeout", "50ms")
    scene = await Scene.make(world)
    database = Database(world.urls.app)
    request = StartRequest(tenant_id=scene.places[1], reason=REASON, idempotency_key="k")
    assert scene.caller.person
    locked = [*scene.places, scene.running, scene.caller.id, scene.caller.person.sign_in_id]
    before = await world.admin_sql(STATE)
    try:
        async with held(world, lock, locked):
            with pytest.raises(Unavailable):
                await impersonation.start(database, scene.caller, request)
            assert await world.admin_sql(STATE) == before
        assert isinstance(await impersonation.start(database, scene.caller, request), Started)
    finally:
        await database.close()
    assert await world.admin_sql(DISAGREEMENTS) == 0


async def test_a_gate_that_is_closed_for_everyone_holds_every_start_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mechanisms C, step 1."""
    monkeypatch.setitem(engine.SERVER_SETTINGS, "lock_timeout", "50ms")
    scene = await Scene.make(world)
    database = Database(world.urls.app)
    request = StartRequest(tenant_id=scene.places[1], reason=REASON)
    try:
        async with held(world, "lock table identity.gate in exclusive mode"):
            with pytest.raises(Unavailable):
                await impersonation.start(database, scene.caller, request)
        assert isinstance(await impersonation.start(database, scene.caller, request), Started)
    finally:
        await database.close()


THROW_OUT = """
    select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""


@asynccontextmanager
async def away(world: World) -> AsyncIterator[None]:
    """The database lets nobody in but its administrator, and everybody who was in is out."""
    await world.admin_sql(f"alter database {world.urls.name} connection limit 0")
    try:
        while await world.admin_sql(THROW_OUT):  # also who was still on the way in, or slow to leave
            pass
        yield
    finally:
        await world.admin_sql(f"alter database {world.urls.name} connection limit -1")


async def test_while_it_is_away_nothing_happens_and_when_it_is_back_everything_goes_on(world: World) -> None:
    """P1: no action, no refusal and no look without a record; then the pool heals by itself."""
    scene = await Scene.make(world)
    before = await world.admin_sql(STATE)
    recorder = ActivityRecorder(world.database)
    async with away(world):
        for do in (scene.replace, scene.turned_down, scene.end, scene.suspend, scene.disable, scene.sign_out):
            with pytest.raises(Unavailable):
                await do()
        with pytest.raises(Unavailable):
            await recorder.record(scene.caller, "TenantPage", [], [])
        with pytest.raises(Unavailable):
            await expiry.expire_due(world.database)
        assert await world.admin_sql(STATE) == before
    assert isinstance(await scene.replace(), Started)
    await recorder.record(scene.caller, "TenantPage", [], [])
    await expiry.expire_due(world.database)
    assert await world.admin_sql(DISAGREEMENTS) == 0


async def test_what_expires_while_it_is_away_expired_at_its_deadline(world: World) -> None:
    """Threat 40, P2."""
    scene = await Scene.make(world)
    due = await world.admin_sql("select expires_at from identity.session_now where id = $1", scene.running)
    async with away(world):
        await world.advance(timedelta(seconds=700))
    await expiry.expire_due(world.database)
    ended = "select row(end_cause, ended_at) from identity.impersonation_session where id = $1"
    assert await world.admin_sql(ended, scene.running) == ("EXPIRED", due)
