"""Entering a workspace: what a start does, and what it does to sessions that run already."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest_asyncio

from permissions.policy import AccessMode, TenantStatus
from permissions.refusals import RefusalCode as Code
from permissions.refusals import Refused
from resolvers import tenants
from resolvers.impersonation import Started
from resolvers.tenants import SetStatus
from tests.resolvers.sessions import (
    ENDED,
    REFUSED,
    STARTED,
    ask,
    details,
    end,
    entries,
    live_in,
    now,
    set_rules,
    start,
)
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


class TestStart:
    async def test_lets_in_to_read_only_for_the_default_time_and_says_where_to_go(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """S1-19, C-16; the address holds no secret (DESIGN section 7)."""
        outcome = await ask(world, jane, acme, ticket="SUP-1")
        assert isinstance(outcome, Started)
        session = outcome.session
        assert jane.person
        assert outcome.enter_url == f"http://{acme.slug}.localhost:8001/actas/enter?session={session.id}"
        assert (session.tenant_id, session.operator_id, session.sign_in_id) == (
            acme.id,
            jane.id,
            jane.person.sign_in_id,
        )
        assert (session.state, session.mode, session.reason, session.ticket) == (
            "ACTIVE",
            AccessMode.READ_ONLY,
            REASON,
            "SUP-1",
        )
        assert session.expires_at - session.started_at == timedelta(minutes=30)
        assert (session.ip, session.user_agent) == ("203.0.113.7", "test")

    async def test_is_in_the_tenants_own_ledger_before_anybody_hears_of_it(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P1, P3, I7, S1-23, S1-24, S2-20, S2-32, S2-34: committed, and with everything that the tenant is to read."""
        session = await start(world, jane, acme, duration_seconds=17 * 60, mode=AccessMode.READ_WRITE)
        (entry,) = await entries(world, acme)
        assert jane.person
        assert (entry.kind, entry.session_id, entry.tenant_id, entry.operator_id) == (
            STARTED,
            session.id,
            acme.id,
            jane.id,
        )
        assert (entry.actor_kind, entry.actor_id, entry.actor_proof) == ("OPERATOR", jane.id, "SIGN_IN")
        assert (entry.ip, entry.user_agent) == ("203.0.113.7", "test")
        assert abs(entry.at - session.started_at) < timedelta(seconds=5)
        told = details(entry)
        assert told["operatorEmail"] == jane.person.email
        assert told["operatorName"] == jane.person.name
        assert told["reason"] == REASON
        assert told["durationSeconds"] == 17 * 60
        assert told["mode"] == "READ_WRITE"
        assert told["replaces"] == []
        for words in (jane.person.name, jane.person.email, "17 minutes", "read and write", REASON):
            assert words in entry.summary

    async def test_two_operators_may_be_inside_at_once_and_the_log_shows_both(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """C-9, S2-39."""
        joe = await world.operator()
        await start(world, jane, acme)
        await start(world, joe, acme)
        assert await live_in(world, acme) == 2
        assert [entry.operator_id for entry in await entries(world, acme)] == [jane.id, joe.id]

    async def test_a_tenant_that_only_reads_may_be_entered(self, world: World, jane: Caller) -> None:
        """DESIGN section 5."""
        reading = await world.somewhere(TenantStatus.READ_ONLY)
        assert (await start(world, jane, reading)).state == "ACTIVE"


class TestConcurrency:
    async def test_a_start_replaces_the_session_of_the_same_browser_ended_before_started(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """C-8, S2-30: one transaction, an ended row for the old and a started row for the new."""
        old = await start(world, jane, acme)
        new = await start(world, jane, acme)
        assert await now(world, old.id) == ("ENDED", "REPLACED")
        assert await now(world, new.id) == ("ACTIVE", None)
        first, ended, started = await entries(world, acme)
        assert [first.kind, ended.kind, started.kind] == [STARTED, ENDED, STARTED]
        assert (ended.session_id, started.session_id) == (old.id, new.id)
        assert details(ended)["replacedBy"] == str(new.id)
        assert details(ended)["cause"] == "REPLACED"
        assert details(started)["replaces"] == [str(old.id)]

    async def test_a_replaced_session_elsewhere_ends_in_that_tenants_ledger(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P3: one tenant at a time, each with its own story."""
        elsewhere = await world.somewhere()
        await start(world, jane, elsewhere)
        await start(world, jane, acme)
        assert [entry.kind for entry in await entries(world, elsewhere)] == [STARTED, ENDED]
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED]

    async def test_two_browsers_are_independent(self, world: World, jane: Caller, acme: Tenant) -> None:
        """S2-27, C-7."""
        other_browser = await world.again(jane)
        await start(world, jane, acme)
        await start(world, other_browser, acme)
        assert await live_in(world, acme) == 2

    async def test_unless_the_policy_counts_by_operator(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-7."""
        version = await set_rules(world, acme, concurrency="PER_OPERATOR")
        old = await start(world, jane, acme)
        new = await start(world, await world.again(jane), acme)
        assert await now(world, old.id) == ("ENDED", "REPLACED")
        assert (new.policy_version, await live_in(world, acme)) == (version, 1)

    async def test_also_where_several_browsers_start_at_once_in_several_tenants(
        self, world: World, jane: Caller
    ) -> None:
        """Threat 35: the operator is held, so each start sees the one before."""
        places = [await world.somewhere() for _ in range(4)]
        for place in places:
            await set_rules(world, place, concurrency="PER_OPERATOR")
        browsers = [jane, *[await world.again(jane) for _ in places[1:]]]
        outcomes = await asyncio.gather(*map(ask, [world] * 4, browsers, places))
        assert all(isinstance(outcome, Started) for outcome in outcomes)
        assert sum([await live_in(world, place) for place in places]) == 1

    async def test_or_rejects_the_second(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-8."""
        await set_rules(world, acme, on_conflict="REJECT")
        old = await start(world, jane, acme)
        outcome = await ask(world, jane, acme)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.ALREADY_IMPERSONATING
        assert await now(world, old.id) == ("ACTIVE", None)
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, REFUSED]

    async def test_or_lets_in_one_operator_only(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-9; one's own session is no other's."""
        await set_rules(world, acme, exclusive=True)
        joe = await world.operator()
        await start(world, jane, acme)
        outcome = await ask(world, joe, acme)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.EXCLUSIVE
        await start(world, jane, acme)
        await end(world, jane)
        await start(world, joe, acme)

    async def test_an_exclusive_tenant_is_entered_by_one_of_many_who_come_at_once(
        self, world: World, acme: Tenant
    ) -> None:
        await set_rules(world, acme, exclusive=True)
        callers = [await world.operator() for _ in range(4)]
        outcomes = await asyncio.gather(*(ask(world, caller, acme) for caller in callers))
        assert sorted(outcome.code if isinstance(outcome, Refused) else "" for outcome in outcomes) == [
            "",
            *[Code.EXCLUSIVE] * 3,
        ]

    async def test_a_session_whose_time_was_up_is_not_replaced_but_expired(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P2: the true cause and the true end, also where a start finds it before the loop does."""
        old = await start(world, jane, acme, duration_seconds=1)
        await world.advance(timedelta(seconds=2))
        await start(world, jane, acme)
        _, ended, started = await entries(world, acme)
        told = details(ended)
        assert (told["cause"], told["endedAt"], told["replacedBy"]) == (
            "EXPIRED",
            old.expires_at.isoformat().replace("+00:00", "Z"),
            None,
        )
        assert (ended.actor_kind, details(started)["replaces"]) == ("SYSTEM", [])

    async def test_of_two_starts_at_once_one_is_live(self, world: World, jane: Caller, acme: Tenant) -> None:
        """Threat 35, P2: a double click."""
        outcomes = await asyncio.gather(*(ask(world, jane, acme) for _ in range(4)))
        assert all(isinstance(outcome, Started) for outcome in outcomes)
        assert await live_in(world, acme) == 1
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, *[ENDED, STARTED] * 3]

    async def test_a_start_against_a_suspension_leaves_nobody_inside(self, world: World) -> None:
        """I4, threat 37: whoever comes first, the other sees it."""
        seen: Counter[str] = Counter()
        for _ in range(5):
            place, callers = await world.somewhere(), [await world.operator() for _ in range(3)]
            *outcomes, suspended = await asyncio.gather(
                *(ask(world, caller, place) for caller in callers),
                tenants.suspend(
                    world.database,
                    world.admin,
                    SetStatus(tenant_id=place.id, to=TenantStatus.SUSPENDED, reason="a test"),
                ),
            )
            assert isinstance(suspended, tenants.TenantChanged)
            assert await live_in(world, place) == 0
            started = [outcome for outcome in outcomes if isinstance(outcome, Started)]
            assert len(suspended.sessions_ended) == len(started)
            seen.update(outcome.code if isinstance(outcome, Refused) else "started" for outcome in outcomes)
        assert set(seen) <= {"started", Code.TENANT_SUSPENDED}
