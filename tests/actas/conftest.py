from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.actas.serving import Site, serving
from tests.world import world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The application on a database that the tests of one file share; /graphql only says who got through."""
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        serving(world, tmp_path_factory.mktemp("site")) as served,
    ):
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def own_site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The same for one test alone, which may move the clock or break something."""
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        serving(world, tmp_path_factory.mktemp("site")) as served,
    ):
        yield served
