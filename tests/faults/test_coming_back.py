"""What it costs the database that all guards come back at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg

from db.engine import Database
from db.feed import ASIDE, ASIDES
from db.positions import Fed
from permissions.policy import Due
from tests.faults.test_feed import BEGINNING, Happened

if TYPE_CHECKING:
    from tests.databases import DatabaseUrls

ASIDE_NOW = "select count(*) from pg_stat_activity where application_name = $1"


async def test_many_who_come_back_at_once_are_let_to_the_database_a_few_at_a_time(database_urls: DatabaseUrls) -> None:
    """After an outage all guards resume, from places that a process which just began does not hold (threat 50)."""
    database, newcomer = Database(database_urls.app), Database(database_urls.app)
    await database.start()
    try:
        for note in ("one", "two"):
            async with database.unit(None) as unit:
                unit.append(Due("a test"), Happened(tenant_id=None, note=note))
        first = await anext(database.feed.follow(BEGINNING))
        assert isinstance(first, Fed)
        await newcomer.start()
        admin, witness = await asyncpg.connect(database_urls.admin), await asyncpg.connect(database_urls.admin)
        try:
            async with admin.transaction():
                await admin.execute("lock table audit.feed in access exclusive mode")
                following = [asyncio.create_task(anext(newcomer.feed.follow(first.position))) for _ in range(20)]
                seen: list[int] = []
                while len(seen) < 10 or len(set(seen[-10:])) > 1 or not seen[-1]:
                    seen.append(await witness.fetchval(ASIDE_NOW, ASIDE))
                assert max(seen) <= ASIDES
            for each in await asyncio.gather(*following):
                assert isinstance(each, Fed)
                assert each.entry.summary == "two"
        finally:
            await admin.close()
            await witness.close()
    finally:
        await newcomer.close()
        await database.close()
