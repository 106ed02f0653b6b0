"""Access records: what guards report of the requests made inside sessions (S3-21, P6)."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from db import access as access_rows
from db import impersonation as rows
from permissions.caller import Origin
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.refusals import Forbidden, RefusalCode, Refused
from resolvers import access, impersonation, keys
from resolvers.access import LARGEST_BATCH, AccessRecord, Appended
from resolvers.callers import Callers
from resolvers.impersonation import Started, StartRequest
from tests.world import REASON

if TYPE_CHECKING:
    from uuid import UUID

    from permissions.caller import Caller
    from tests.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def started(world: World) -> Started:
    tenant = await world.tenant("acme")
    operator = await world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    outcome = await impersonation.start(world.database, operator, StartRequest(tenant_id=tenant.id, reason=REASON))
    assert isinstance(outcome, Started)
    return outcome


async def key(world: World, *permissions: Permission, tenant_id: UUID | None = None) -> Caller:
    issued = await keys.issue(
        world.database, None, name="a guard", permissions=permissions, tenant_id=tenant_id, stated_by="the test"
    )
    assert not isinstance(issued, Refused)
    caller = await Callers(world.database).by_key(issued.secret, Origin())
    assert caller
    return caller


def record(started: Started, **changed: Any) -> AccessRecord:
    given: dict[str, Any] = {
        "id": uuid7(),
        "session_id": started.session.id,
        "at": started.session.started_at + timedelta(seconds=1),
        "method": "GET",
        "path": "/inbox",
        "route": None,
        "status": 200,
        "duration_ms": 12.5,
        "wrote": False,
        "request_id": None,
    }
    return AccessRecord(**{**given, **changed})


async def logged(world: World) -> int:
    return int(str(await world.admin_sql("select count(*) from audit.access_log")))


async def test_new_records_count_once_and_repeated_ones_are_harmless(world: World, started: Started) -> None:
    guard = await key(world, Permission.ACCESS_LOG_APPEND)
    first, second, third = (record(started) for _ in range(3))
    assert await access.append(world.database, guard, [first, second, first]) == Appended(count=2, duplicates=1)
    assert await access.append(world.database, guard, [second, third]) == Appended(count=1, duplicates=1)
    assert await access.append(world.database, guard, []) == Appended(count=0, duplicates=0)
    async with world.database.read() as connection:
        (session,) = await rows.now(connection, [started.session.id])
    assert (session.requests, session.last_seen_at) == (3, first.at)
    assert await logged(world) == 3


async def test_every_record_carries_the_operator_as_the_session_knows_it(world: World, started: Started) -> None:
    """P6: not as the sender says; and late ones are taken after the end."""
    guard = await key(world, Permission.ACCESS_LOG_APPEND)
    await world.advance(timedelta(hours=1))
    await access.append(world.database, guard, [record(started)])
    assert await world.admin_sql("select operator_id from audit.access_log") == started.session.operator_id
    assert await world.admin_sql("select tenant_id from audit.access_log") == started.tenant.id


async def test_a_tenants_key_reports_that_tenants_sessions_only(world: World, started: Started) -> None:
    other = await world.tenant("globex")
    foreign = await key(world, Permission.ACCESS_LOG_APPEND, tenant_id=other.id)
    own = await key(world, Permission.ACCESS_LOG_APPEND, tenant_id=started.tenant.id)
    outcome = await access.append(world.database, foreign, [record(started)])
    made_up = await access.append(world.database, foreign, [record(started, session_id=uuid7())])
    assert outcome == made_up
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.NOT_FOUND
    assert isinstance(await access.append(world.database, own, [record(started)]), Appended)


async def test_one_unfit_record_refuses_the_batch_and_names_itself(world: World, started: Started) -> None:
    guard = await key(world, Permission.ACCESS_LOG_APPEND)
    good, at = record(started), started.session.started_at
    for changed, field in (
        ({"path": "/\0"}, "path"),
        ({"path": "/\u202e"}, "path"),
        ({"path": "/\ud800"}, "path"),
        ({"path": "/" + "x" * 2048}, "path"),
        ({"method": ""}, "method"),
        ({"method": "X" * 33}, "method"),
        ({"route": "x" * 2049}, "route"),
        ({"request_id": "x" * 201}, "requestId"),
        ({"status": 99}, "status"),
        ({"status": 600}, "status"),
        ({"duration_ms": -1.0}, "durationMs"),
        ({"duration_ms": float("nan")}, "durationMs"),
        ({"duration_ms": float("inf")}, "durationMs"),
        ({"at": at + timedelta(minutes=10)}, "at"),
        ({"at": at - timedelta(days=400)}, "at"),
        ({"at": at + timedelta(days=4000)}, "at"),
        ({"at": at.replace(tzinfo=None)}, "at"),
    ):
        outcome = await access.append(world.database, guard, [good, replace(good, id=uuid7(), **changed)])
        assert isinstance(outcome, Refused), changed
        assert [problem.field for problem in outcome.problems] == [f"records.1.{field}"]
    assert await logged(world) == 0


async def test_the_database_itself_keeps_a_tenants_key_to_its_tenant(world: World, started: Started) -> None:
    """P5: also where the use case would not look."""
    elsewhere = await world.tenant("globex")
    guard = await key(world, Permission.ACCESS_LOG_APPEND, tenant_id=elsewhere.id)
    async with world.database.bookkeeping() as connection:
        assert await access_rows.append(connection, guard, [asdict(record(started))]) == set()
    assert await logged(world) == 0


async def test_a_batch_has_a_bound(world: World, started: Started) -> None:
    guard = await key(world, Permission.ACCESS_LOG_APPEND)
    records = [record(started) for _ in range(LARGEST_BATCH + 1)]
    assert isinstance(await access.append(world.database, guard, records), Refused)
    assert await access.append(world.database, guard, records[1:]) == Appended(count=LARGEST_BATCH, duplicates=0)


async def test_only_a_key_with_access_log_append_reports(world: World, started: Started) -> None:
    for caller in (world.admin, await key(world, Permission.TOKEN_EXCHANGE)):
        with pytest.raises(Forbidden):
            await access.append(world.database, caller, [record(started)])


async def test_what_touched_a_surface_of_the_platform_is_an_entry_too_and_once(world: World, started: Started) -> None:
    """S3-21: in the tenant's ledger, under the operator's name, whatever was sent twice."""
    guard = await key(world, Permission.ACCESS_LOG_APPEND)
    session = started.session
    touched, plain = (
        record(started, surface="billing", method="POST", wrote=True, path="/billing/plan"),
        record(started),
    )
    assert await access.append(world.database, guard, [plain, touched]) == Appended(count=2, duplicates=0)
    assert await access.append(world.database, guard, [touched, record(started)]) == Appended(count=1, duplicates=1)
    [entry] = await world.entries(session.tenant_id, "IMPERSONATION_SURFACE_TOUCHED")
    assert (entry.session_id, entry.operator_id, entry.actor_proof) == (session.id, session.operator_id, "SERVICE_KEY")
    assert entry.summary == "Sam (sam@actas.example) used billing: POST /billing/plan."
    assert await logged(world) == 3


async def test_a_surface_in_a_batch_that_is_refused_leaves_no_entry(world: World, started: Started) -> None:
    guard = await key(world, Permission.ACCESS_LOG_APPEND)
    outcome = await access.append(
        world.database, guard, [record(started, surface="billing"), record(started, session_id=uuid7(), surface="plan")]
    )
    assert isinstance(outcome, Refused)
    assert await world.entries(started.session.tenant_id, "IMPERSONATION_SURFACE_TOUCHED") == []
    assert await logged(world) == 0
