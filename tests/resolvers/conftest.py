"""People and tenants of a test's own, in whatever world its module has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def jane(world: World) -> Caller:
    """A support operator, signed in."""
    return await world.operator()


@pytest_asyncio.fixture(loop_scope="session")
async def acme(world: World) -> Tenant:
    """An active tenant."""
    return await world.somewhere()
