"""The last admin stays: somebody can always give roles (DESIGN section 6)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from db import operators as rows
from permissions.refusals import RefusalCode as Code
from tests.resolvers.people import ADMIN, code, disable, elevated, lasting_admins, revoke
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from tests.databases import Databases


@pytest_asyncio.fixture(loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    """Each test's own, where `admin` is the only one."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest.fixture
def in_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has counted the admins waits for the other to count them too, for as long as that may still happen."""
    counting, counted, both = rows.lasting_admins, 0, asyncio.Event()

    async def count_together(connection: Any) -> frozenset[UUID]:
        nonlocal counted
        found = await counting(connection)
        counted += 1
        if counted == 2:
            both.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(both.wait(), 0.5)
        return found

    monkeypatch.setattr(rows, "lasting_admins", count_together)


async def test_the_last_admin_stays_whoever_is_an_admin_for_a_time(world: World) -> None:
    """DESIGN section 6: when that time is up nobody could give the role again."""
    deputy = await elevated(world, "deputy@actas.example")
    assert code(await revoke(world, world.admin.id, ADMIN, deputy)) is Code.LAST_ADMIN
    assert code(await disable(world, world.admin.id, deputy)) is Code.LAST_ADMIN
    await world.hire("second@actas.example", ADMIN)
    assert code(await revoke(world, world.admin.id, ADMIN, deputy)) is None
    assert await lasting_admins(world) == 1


async def test_the_last_admin_stays_for_the_command_line_too(world: World) -> None:
    assert code(await disable(world, world.admin.id, None)) is Code.LAST_ADMIN
    assert await lasting_admins(world) == 1


async def test_a_disabled_admin_is_no_admin(world: World) -> None:
    deputy = await elevated(world, "deputy@actas.example")
    await world.hire("second@actas.example", ADMIN)
    await disable(world, world.people["second@actas.example"], deputy)
    assert code(await revoke(world, world.admin.id, ADMIN, deputy)) is Code.LAST_ADMIN


@pytest.mark.usefixtures("in_step")
async def test_of_two_who_take_each_others_role_at_once_one_stays(world: World) -> None:
    """The second finds, under the lock, that it has no role any more."""
    other = await world.newcomer("second@actas.example", ADMIN)
    outcomes = await asyncio.gather(
        revoke(world, other.id, ADMIN, world.admin),
        revoke(world, world.admin.id, ADMIN, other),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Forbidden", "Operator"]
    assert await lasting_admins(world) == 1


@pytest.mark.usefixtures("in_step")
async def test_of_the_last_two_taken_at_once_by_others_one_stays(world: World) -> None:
    """Each alone would leave the other; together nobody. By revoking and by disabling alike."""
    deputies = [await elevated(world, f"deputy{number}@actas.example") for number in range(2)]
    last = [world.admin.id, await world.hire("second@actas.example", ADMIN)]
    outcomes = await asyncio.gather(revoke(world, last[0], ADMIN, deputies[0]), disable(world, last[1], deputies[1]))
    assert sorted(str(code(outcome)) for outcome in outcomes) == ["LAST_ADMIN", "None"]
    assert await lasting_admins(world) == 1
