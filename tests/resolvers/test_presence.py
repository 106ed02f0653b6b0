"""Sessions that nobody works in end, by what guards say, and never by their silence (C-6, S3-24, S3-25)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.operators import Permission
from permissions.refusals import Forbidden, RefusalCode, Refused
from resolvers import ending, expiry, presence
from resolvers.access import LARGEST_BATCH, Appended
from resolvers.presence import Presence
from tests.resolvers.sessions import ENDED, details, its_end, now, set_rules, start
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.impersonation import Session
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases

EVERY = timedelta(seconds=15)


@pytest_asyncio.fixture(loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    """Each test's own: time goes by in it."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def guard(world: World) -> Caller:
    return await world.service(Permission.ACCESS_LOG_APPEND)


async def report(
    world: World, guard: Caller, session: Session, *, last: datetime | None = None, page: bool = False
) -> Any:
    seen = Presence(session_id=session.id, last_request_at=last, page_open=page)
    outcome = await presence.append(world.database, guard, [seen])
    await expiry.expire_due(world.database)
    return outcome


async def wait(world: World, guard: Caller, session: Session, seconds: float, **seen: Any) -> None:
    """Time goes by, and the guard reports the same all along."""
    for _ in range(int(seconds // EVERY.total_seconds())):
        await world.advance(EVERY)
        await report(world, guard, session, **seen)


async def state(world: World, session: Session) -> str:
    found: str = (await now(world, session.id))[0]
    return found


class TestIdle:
    async def test_a_session_without_a_request_ends_as_idle_at_the_moment_its_rules_name(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        """C-6: an ENDED entry like every other, at the true time."""
        await set_rules(world, acme, idle_timeout_seconds=120)
        session = await start(world, jane, acme)
        last = session.started_at + timedelta(seconds=10)
        await wait(world, guard, session, 150, last=last, page=True)
        assert await state(world, session) == "ACTIVE"  # too early to know that no guard let a request through
        await wait(world, guard, session, 60, last=last, page=True)
        assert await its_end(world, session) == ("IDLE", last + timedelta(seconds=120), "SYSTEM")
        [entry] = await world.entries(acme.id, ENDED)
        assert (details(entry)["cause"], details(entry)["durationSeconds"]) == ("IDLE", 130)
        assert entry.summary.endswith("was out after being idle, after 2 minutes.")

    async def test_one_that_was_never_entered_is_idle_from_its_start(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        await set_rules(world, acme, idle_timeout_seconds=60)
        session = await start(world, jane, acme)
        await wait(world, guard, session, 120)
        assert (await its_end(world, session))[:2] == ("IDLE", session.started_at + timedelta(seconds=60))

    async def test_a_request_that_any_guard_saw_keeps_it_alive(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        """Several processes report, and most of them know of no request."""
        await set_rules(world, acme, idle_timeout_seconds=60)
        session = await start(world, jane, acme)
        for _ in range(16):
            await world.advance(EVERY)
            await report(world, guard, session, last=await world.now())
            await report(world, guard, session)
        assert await state(world, session) == "ACTIVE"

    async def test_without_such_a_rule_it_goes_on(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        session = await start(world, jane, acme)
        await wait(world, guard, session, 900)
        assert await state(world, session) == "ACTIVE"

    async def test_the_rules_it_started_under_count(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        session = await start(world, jane, acme)
        await set_rules(world, acme, idle_timeout_seconds=60)
        await wait(world, guard, session, 300)
        assert await state(world, session) == "ACTIVE"


class TestAbandoned:
    async def test_one_without_a_request_or_an_open_page_ends_as_abandoned(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        """S3-24, S3-25: the tab was closed, and the ledger says so."""
        await set_rules(world, acme, abandon_after_seconds=60)
        session = await start(world, jane, acme)
        await wait(world, guard, session, 300, last=session.started_at, page=True)
        closed = await world.now()
        assert await state(world, session) == "ACTIVE"
        await wait(world, guard, session, 120, last=session.started_at)
        cause, at, by = await its_end(world, session)
        assert (cause, by) == ("ABANDONED", "SYSTEM")
        assert closed - timedelta(seconds=1) < at - timedelta(seconds=60) <= closed

    async def test_the_rule_whose_time_comes_first_names_the_cause(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        await set_rules(world, acme, idle_timeout_seconds=90, abandon_after_seconds=60)
        session = await start(world, jane, acme)
        await wait(world, guard, session, 180)
        assert (await its_end(world, session))[:2] == ("ABANDONED", session.started_at + timedelta(seconds=60))


class TestSilence:
    async def test_while_no_guard_is_heard_nobody_is_idle(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        """DESIGN 5: suspended, not counted on; after it the count begins anew."""
        await set_rules(world, acme, idle_timeout_seconds=60, abandon_after_seconds=60)
        session = await start(world, jane, acme)
        await wait(world, guard, session, 30)
        await world.advance(timedelta(minutes=10))
        await expiry.expire_due(world.database)
        assert await state(world, session) == "ACTIVE"
        await report(world, guard, session)
        heard_again = await world.now()
        assert await state(world, session) == "ACTIVE"
        await wait(world, guard, session, 120)
        _, at, _ = await its_end(world, session)
        assert abs(at - heard_again - timedelta(seconds=60)) < timedelta(seconds=5)

    async def test_a_guard_that_is_first_heard_late_begins_the_count(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        await set_rules(world, acme, idle_timeout_seconds=60)
        session = await start(world, jane, acme)
        await world.advance(timedelta(minutes=10))
        await report(world, guard, session)
        assert await state(world, session) == "ACTIVE"

    async def test_what_ran_out_meanwhile_is_expired(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        """P2: a reader who was told EXPIRED is never told another cause."""
        await set_rules(world, acme, idle_timeout_seconds=60)
        session = await start(world, jane, acme, duration_seconds=140)
        for _ in range(9):
            await world.advance(EVERY)
            await presence.append(
                world.database, guard, [Presence(session_id=session.id, last_request_at=None, page_open=False)]
            )
        await world.advance(EVERY)
        await expiry.expire_due(world.database)
        assert (await its_end(world, session))[:2] == ("EXPIRED", session.expires_at)

    async def test_a_time_in_the_future_counts_as_now(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        """Otherwise a guard with a wrong clock, or a stolen key, kept a session alive for ever."""
        await set_rules(world, acme, idle_timeout_seconds=60)
        session = await start(world, jane, acme)
        await report(world, guard, session, last=datetime(2099, 1, 1, tzinfo=UTC))
        await wait(world, guard, session, 120)
        assert (await its_end(world, session))[0] == "IDLE"


class TestWho:
    async def test_sessions_that_are_over_or_unknown_are_no_mistake(
        self, world: World, jane: Caller, acme: Tenant, guard: Caller
    ) -> None:
        session = await start(world, jane, acme)
        await ending.end(world.database, jane, session_id=None)
        outcome = await presence.append(
            world.database,
            guard,
            [Presence(session_id=each, last_request_at=None, page_open=True) for each in (session.id, uuid7())],
        )
        assert outcome == Appended(count=0, duplicates=0)

    async def test_a_key_of_one_tenant_says_nothing_of_another(self, world: World, jane: Caller, acme: Tenant) -> None:
        await set_rules(world, acme, idle_timeout_seconds=60)
        session = await start(world, jane, acme)
        other = await world.tenant("beta")
        stranger = await world.service(Permission.ACCESS_LOG_APPEND, tenant=other.id)
        await wait(world, stranger, session, 150)
        assert await state(world, session) == "ACTIVE"

    async def test_it_needs_the_permission(self, world: World, jane: Caller) -> None:
        with pytest.raises(Forbidden):
            await presence.append(world.database, jane, [])

    async def test_too_many_and_undated_reports_are_refused(self, world: World, guard: Caller) -> None:
        undated = Presence(session_id=uuid7(), last_request_at=datetime(2026, 1, 1), page_open=True)  # noqa: DTZ001 - the point
        for sent in ([undated] * (LARGEST_BATCH + 1), [undated]):
            outcome = await presence.append(world.database, guard, sent)
            assert isinstance(outcome, Refused)
            assert outcome.code == RefusalCode.INPUT_INVALID
