"""Which of an operator's sessions a start meets where tenants differ in their rules (C-7, C-8; docs/decisions/0032)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from permissions.refusals import RefusalCode as Code
from permissions.refusals import Refused
from tests.resolvers.sessions import ask, entries, now, set_rules, start
from tests.world import world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases
    from tests.world import World

ALONE, BROWSER = "PER_OPERATOR", "PER_SIGN_IN"
REPLACED, LIVE = ("ENDED", "REPLACED"), ("ACTIVE", None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    """One for all: each test has a tenant and an operator of its own."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


async def place(world: World, concurrency: str, **rules: str) -> Tenant:
    tenant = await world.somewhere()
    await set_rules(world, tenant, concurrency=concurrency, **rules)
    return tenant


@pytest.mark.parametrize(
    ("left", "entered", "becomes"),
    [(BROWSER, BROWSER, LIVE), (BROWSER, ALONE, REPLACED), (ALONE, BROWSER, REPLACED), (ALONE, ALONE, REPLACED)],
)
async def test_from_another_browser_a_session_goes_on_only_where_neither_tenant_wants_the_operator_at_one_place(
    world: World, jane: Caller, left: str, entered: str, becomes: tuple[str, str | None]
) -> None:
    old = await start(world, jane, await place(world, left))
    await start(world, await world.again(jane), await place(world, entered))
    assert await now(world, old.id) == becomes


@pytest.mark.parametrize("entered", [BROWSER, ALONE])
async def test_in_the_same_browser_there_is_one_session_whatever_the_rules(
    world: World, jane: Caller, entered: str
) -> None:
    old = await start(world, jane, await place(world, BROWSER))
    await start(world, jane, await place(world, entered))
    assert await now(world, old.id) == REPLACED


async def test_one_start_replaces_all_that_it_meets(world: World, jane: Caller) -> None:
    browsers = [jane, await world.again(jane), await world.again(jane)]
    old = [await start(world, browser, await place(world, BROWSER)) for browser in browsers]
    new = await start(world, jane, await place(world, ALONE))
    assert [await now(world, each.id) for each in old] == [REPLACED] * 3
    assert await now(world, new.id) == LIVE


async def test_another_operators_sessions_are_never_met(world: World, jane: Caller) -> None:
    here = await place(world, ALONE)
    other = await start(world, await world.operator(), here)
    await start(world, jane, here)
    assert await now(world, other.id) == LIVE


async def test_whether_it_replaces_or_is_rejected_is_said_by_the_tenant_that_is_entered(
    world: World, jane: Caller
) -> None:
    strict, loose = await place(world, ALONE, on_conflict="REJECT"), await place(world, BROWSER)
    inside = await start(world, jane, loose)
    outcome = await ask(world, await world.again(jane), strict)
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.ALREADY_IMPERSONATING
    assert await now(world, inside.id) == LIVE
    here = await start(world, await world.operator(), strict)
    assert len(await entries(world, strict)) == 2
    assert await now(world, here.id) == LIVE


async def test_a_session_under_older_rules_counts_by_the_rules_that_it_began_under(world: World, jane: Caller) -> None:
    alone = await place(world, ALONE)
    old = await start(world, jane, alone)
    await set_rules(world, alone, concurrency=BROWSER)
    await start(world, await world.again(jane), await place(world, BROWSER))
    assert await now(world, old.id) == REPLACED
