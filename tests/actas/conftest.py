from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from actas import logs
from tests.actas.serving import Site, serving
from tests.world import world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import Databases, DatabaseUrls


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


@pytest.fixture
def at(database_urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a command that is told where its database is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "configure", lambda *_: None)
    monkeypatch.setenv("DATABASE_URL", database_urls.app)
    monkeypatch.setenv("ACTAS_MIGRATOR_URL", database_urls.migrator)
    monkeypatch.setenv("ACTAS_ADMIN_URL", database_urls.admin)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a command that is told nothing, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "configure", lambda *_: None)
    for name in ("DATABASE_URL", "ACTAS_MIGRATOR_URL", "ACTAS_ADMIN_URL", "ACTAS_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
