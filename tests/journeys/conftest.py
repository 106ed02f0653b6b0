"""The browser's fixtures, and the demo as a newcomer starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.browser.pages import browser, page, person, pytest_runtest_makereport
from tests.running import running_demo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from tests.running import Running

__all__ = ["browser", "page", "person", "pytest_runtest_makereport"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One demo for the journeys, which each use tenants and sign-ins of their own."""
    async with running_demo(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def own_demo(tmp_path: Path) -> AsyncIterator[Running]:
    """A demo for one journey alone: one that moves the clock away from the browsers'."""
    async with running_demo(tmp_path / "data") as running:
        yield running
