"""What the database's tests share: one small world for each file, and the app's role by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.raw import Raw, as_app
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    """Not one for each test: what a test asks for is told from what others did by tenants of its own."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def jane(world: World) -> Caller:
    return await world.operator()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def acme(world: World) -> UUID:
    return (await world.tenant("acme")).id


@pytest_asyncio.fixture(loop_scope="session")
async def app(world: World) -> AsyncIterator[Raw]:
    """The app's role, on a connection of its own."""
    async with as_app(world.urls) as raw:
        yield raw
