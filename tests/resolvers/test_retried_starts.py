"""Starts with an idempotency key: a retry tells the first call's outcome, whatever it was (I5)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from permissions.operators import Role
from permissions.policy import AccessMode
from permissions.refusals import Forbidden, Refused
from permissions.refusals import RefusalCode as Code
from resolvers import roles
from resolvers.impersonation import Started
from tests.resolvers.sessions import (
    ENDED,
    FORBIDDEN,
    REFUSED,
    STARTED,
    ask,
    end,
    entries,
    live_in,
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


class TestIdempotency:
    """I5, threats 35 and 51: a retry tells the first call's outcome, whatever it was."""

    async def test_a_retry_returns_the_session_that_runs(self, world: World, jane: Caller, acme: Tenant) -> None:
        first = await ask(world, jane, acme, idempotency_key="k1")
        again = await ask(world, jane, acme, idempotency_key="k1")
        assert isinstance(first, Started)
        assert isinstance(again, Started)
        assert (again.session.id, again.enter_url) == (first.session.id, first.enter_url)
        assert len(await entries(world, acme)) == 1

    async def test_also_when_it_is_over_by_now(self, world: World, jane: Caller, acme: Tenant) -> None:
        first = await start(world, jane, acme, idempotency_key="k2")
        await end(world, jane)
        again = await start(world, jane, acme, idempotency_key="k2")
        assert (again.id, again.state) == (first.id, "ENDED")

    async def test_twins_at_once_are_one_session(self, world: World, jane: Caller, acme: Tenant) -> None:
        outcomes = await asyncio.gather(*(ask(world, jane, acme, idempotency_key="twin") for _ in range(5)))
        assert len({outcome.session.id for outcome in outcomes if isinstance(outcome, Started)}) == 1
        assert all(isinstance(outcome, Started) for outcome in outcomes)
        assert len(await entries(world, acme)) == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"reason": REASON + "."},
            {"reason": REASON + "\ud800"},
            {"duration_seconds": 60},
            {"mode": AccessMode.READ_WRITE},
            {"ticket": "SUP-1"},
            {"break_glass": True},
        ],
        ids=repr,
    )
    async def test_another_input_is_a_conflict(
        self, world: World, jane: Caller, acme: Tenant, other: dict[str, Any]
    ) -> None:
        await start(world, jane, acme, idempotency_key="k")
        outcome = await ask(world, jane, acme, idempotency_key="k", **other)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.CONFLICT
        assert await live_in(world, acme) == 1
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, REFUSED]

    async def test_a_difference_far_behind_is_a_difference(self, world: World, jane: Caller, acme: Tenant) -> None:
        await start(world, jane, acme, reason="x" * 499, idempotency_key="long")
        outcome = await ask(world, jane, acme, reason="x" * 498 + "y", idempotency_key="long")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.CONFLICT

    async def test_another_operation_with_the_key_is_a_conflict(self, world: World, jane: Caller, acme: Tenant) -> None:
        session = await start(world, jane, acme, idempotency_key="shared")
        outcome = await end(world, jane, session.id, idempotency_key="shared")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.CONFLICT

    async def test_keys_are_each_callers_own(self, world: World, jane: Caller, acme: Tenant) -> None:
        joe = await world.operator()
        one = await start(world, jane, acme, idempotency_key="same")
        other = await start(world, joe, acme, idempotency_key="same")
        assert one.id != other.id

    async def test_a_refusal_is_told_again_and_recorded_once(self, world: World, jane: Caller, acme: Tenant) -> None:
        first = await ask(world, jane, acme, reason="short", duration_seconds=0, idempotency_key="no")
        again = await ask(world, jane, acme, reason="short", duration_seconds=0, idempotency_key="no")
        assert isinstance(first, Refused)
        assert again == first
        assert [entry.kind for entry in await entries(world, acme)] == [REFUSED]

    async def test_a_forbidden_call_is_forbidden_again(self, world: World, acme: Tenant) -> None:
        reader = await world.operator(Role.PLATFORM_READONLY)
        for _ in range(2):
            with pytest.raises(Forbidden):
                await ask(world, reader, acme, idempotency_key="no")
        assert [entry.kind for entry in await entries(world, acme)] == [FORBIDDEN]

    async def test_who_may_enter_no_more_is_told_nothing_of_the_session(self, world: World, acme: Tenant) -> None:
        """Default deny: a retry is decided by the role that the caller has now, and is recorded where it is refused."""
        sam = await world.operator()
        await start(world, sam, acme, idempotency_key="k")
        which: dict[str, Any] = {"operator_id": sam.id, "role": Role.PLATFORM_SUPPORT, "reason": "moved on"}
        taken = await roles.revoke_role(world.database, world.admin, **which)
        assert not isinstance(taken, Refused)
        with pytest.raises(Forbidden):
            await ask(world, sam, acme, idempotency_key="k")
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, ENDED, FORBIDDEN]

    @pytest.mark.parametrize("key", ["", "x" * 201, "a\0", "\ud800"])
    async def test_a_key_that_cannot_be_kept_is_invalid(
        self, world: World, jane: Caller, acme: Tenant, key: str
    ) -> None:
        outcome = await ask(world, jane, acme, idempotency_key=key)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.problems[0].field) == (Code.INPUT_INVALID, "idempotencyKey")
        assert [entry.kind for entry in await entries(world, acme)] == [REFUSED]
        assert isinstance(await ask(world, jane, acme, idempotency_key="x" * 200), Started)
