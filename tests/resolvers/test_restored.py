"""After a restore what had ended could be live again, so all ends before anything is served (DESIGN section 4)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from db.ledger import PLATFORM
from permissions.refusals import Unauthenticated
from resolvers import expiry, handoff
from tests.resolvers.sessions import ENDED, details, its_end, start
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    """Each test's own: its database becomes another one."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


async def test_everything_that_is_open_ends_once_each_in_its_own_ledger(
    world: World, jane: Caller, acme: Tenant
) -> None:
    """P2, P7."""
    assert await expiry.sweep_restored(world.database) == 0
    elsewhere, joe = await world.somewhere(), await world.operator()
    begun = [await start(world, jane, acme), await start(world, joe, elsewhere)]
    await handoff.issue_code(
        world.database,
        jane,
        session_id=begun[0].id,
        challenge="x" * 43,
        redirect_uri=f"http://{acme.slug}.localhost:8001/actas/enter",
    )
    assert await world.admin_sql("select count(*) from identity.handoff") == 1
    assert await expiry.sweep_restored(world.database) == 0
    await world.admin_sql("update identity.incarnation set value = 'another'")

    ended = await asyncio.gather(*(expiry.sweep_restored(world.database) for _ in range(3)))
    assert sorted(ended) == [0, 0, 2]
    for session in begun:
        assert (await its_end(world, session))[0] == "RESTORED"
        entry = (await world.entries(session.tenant_id))[-1]
        assert (entry.kind, entry.actor_kind, details(entry)["cause"]) == (ENDED, "SYSTEM", "RESTORED")
    assert await world.admin_sql("select count(*) from identity.sign_in where ended_at is null") == 0
    assert await world.admin_sql("select count(*) from identity.handoff") == 0
    (restored,) = await world.entries(PLATFORM, "DATABASE_RESTORED")
    told = details(restored)
    assert (told["was"], told["sessionsEnded"], told["signInsEnded"]) == ("another", 2, 3)
    assert told["now"] == await world.admin_sql("select audit.incarnation()")
    assert len(await world.entries(PLATFORM, "SIGNED_OUT")) == 3
    assert await expiry.sweep_restored(world.database) == 0
    with pytest.raises(Unauthenticated):
        await start(world, jane, acme)


async def test_what_had_expired_meanwhile_is_expired(world: World, jane: Caller, acme: Tenant) -> None:
    await expiry.sweep_restored(world.database)
    session = await start(world, jane, acme, duration_seconds=60)
    await world.advance(timedelta(seconds=61))
    await world.admin_sql("update identity.incarnation set value = 'another'")
    assert await expiry.sweep_restored(world.database) == 1
    assert await its_end(world, session) == ("EXPIRED", session.expires_at, "SYSTEM")
