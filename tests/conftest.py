"""What tests of several folders share: one real PostgreSQL, and a fresh database for each test that asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from db.embedded import acquire
from tests.databases import Databases, DatabaseUrls
from tests.postgres import binaries
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from db.embedded import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The PostgreSQL of this test run (see tests/postgres.py)."""
    with acquire(tmp_path_factory.mktemp("pg"), bin_dir=binaries(), fsync=False) as lease:
        yield lease.server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def databases(server: Server) -> Databases:
    """For scopes other than one test: `async with databases.fresh() as urls`."""
    made = Databases(server)
    await made.prepare()
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def database_urls(databases: Databases) -> AsyncIterator[DatabaseUrls]:
    """A fresh database for this test: `.app`, `.migrator`, `.auditor`, `.admin` are URLs for asyncpg."""
    async with databases.fresh() as urls:
        yield urls


@pytest_asyncio.fixture(loop_scope="session")
async def world(database_urls: DatabaseUrls) -> AsyncIterator[World]:
    """A small world on a fresh database (tests/world.py)."""
    async with world_on(database_urls) as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests count (`record_property("figure", ...)`), also those that ran in another process."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    for figure in [value for report in reports for name, value in report.user_properties if name == "figure"]:
        terminalreporter.write_line(figure)
