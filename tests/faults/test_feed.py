"""The reader run of the facts, over the real code: nothing lost, repeated or out of order (docs/decisions/0010, P7)."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import asyncpg
import pytest

from db.embedded import acquire
from db.embedded.folder import Folder
from db.engine import Database
from db.feed import Gap
from db.ledger import Event
from db.migrate import set_up
from db.positions import Fed, Position
from permissions.policy import Due
from permissions.refusals import Unavailable
from tests.postgres import binaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from db.embedded import Lease
    from tests.databases import DatabaseUrls

WRITERS, EACH = 12, 60
BEGINNING = Position(0, b"")
RUN_IS_OVER = "the run is over"


@dataclass(frozen=True, kw_only=True)
class Happened(Event):
    """Anything: written under a kind that needs no proof."""

    kind: ClassVar[str] = "DATABASE_RESTORED"
    tenant_id: UUID | None
    note: str

    @property
    def summary(self) -> str:
        return self.note


class Run:
    """Writers in two processes' worth of databases, and the truth about what they committed."""

    def __init__(self, url: str, seed: int) -> None:
        self.url, self.seed = url, seed
        self.writing = [Database(url, pool_size=8) for _ in range(2)]
        self.committed: Counter[str] = Counter()
        self.unsure: set[str] = set()
        self.over = asyncio.Event()

    async def write(self, number: int) -> None:
        """Chains of many and of few, some on two, some rolled back, some held open, some without a bell."""
        chance = random.Random(f"{self.seed} writer {number}")
        database = self.writing[number % 2]
        for turn in range(EACH):
            note = f"{number}.{turn}"
            notes: list[str] = []
            chains = [UUID(int=1000 + chance.randrange(20)) for _ in range(1 + (chance.random() < 0.1))]
            try:
                async with database.unit(None) as unit:
                    for nth, chain in enumerate(dict.fromkeys(chains)):
                        unit.append(Due("a test"), Happened(tenant_id=chain, note=f"{note}.{nth}"))
                    if chance.random() < 0.1:
                        unit.append(Due("a test"), Happened(tenant_id=None, note=f"{note}.platform"))
                    notes = [event.summary for event, _ in unit._events]
                    if chance.random() < 0.05:
                        unit.abandon()
                        notes = []
                    await asyncio.sleep(0.3 if chance.random() < 0.01 else chance.random() * 0.01)
            except Unavailable:
                self.unsure.update(notes)
            else:
                self.committed.update(notes)
            await asyncio.sleep(chance.random() * 0.005)

    async def read(self, number: int, *, reconnects: bool) -> list[Fed]:
        """Follow from the beginning until the marker of the end, leaving and coming back by position on the way."""
        chance = random.Random(f"{self.seed} reader {number}")
        read: list[Fed] = []
        at = BEGINNING
        while True:
            database = Database(self.url, pool_size=1)
            await database.start()
            stay = chance.randint(20, 150) if reconnects else None
            try:
                async with aclosing(database.feed.follow(at)) as following:
                    async for fed in following:
                        assert isinstance(fed, Fed), "a gap where there is none"
                        read.append(fed)
                        at = fed.position
                        if fed.entry.summary == RUN_IS_OVER:
                            return read
                        if stay is not None and len(read) % stay == 0:
                            break
            finally:
                await database.close()

    async def finish(self) -> None:
        async with self.writing[0].unit(None) as unit:
            unit.append(Due("a test"), Happened(tenant_id=None, note=RUN_IS_OVER))

    async def close(self) -> None:
        for database in self.writing:
            await database.close()


def assert_exactly_once(run: Run, read: list[Fed]) -> None:
    """Every commit once, each chain in its own order, positions without a hole."""
    notes = Counter(fed.entry.summary for fed in read if fed.entry.summary != RUN_IS_OVER)
    lost = set(run.committed) - set(notes)
    strangers = set(notes) - set(run.committed) - run.unsure
    assert not lost, f"{len(lost)} lost"
    assert not strangers, f"{len(strangers)} that were rolled back"
    assert max(notes.values()) == 1, "repeated"
    assert [fed.position.pos for fed in read] == list(range(1, len(read) + 1))
    last: dict[UUID, int] = {}
    for fed in read:
        assert fed.entry.seq == last.get(fed.entry.chain, 0) + 1, "out of its chain's order"
        last[fed.entry.chain] = fed.entry.seq


async def test_readers_lose_and_repeat_nothing_while_they_come_and_go(database_urls: DatabaseUrls) -> None:
    run = Run(database_urls.app, seed=1)
    readers = [asyncio.create_task(run.read(n, reconnects=n > 0)) for n in range(3)]
    try:
        await asyncio.gather(*(run.write(n) for n in range(WRITERS)))
        await run.finish()
        results = await asyncio.wait_for(asyncio.gather(*readers), 60)
    finally:
        await run.close()
    for read in results:
        assert_exactly_once(run, read)
    assert len({tuple(fed.position for fed in read) for read in results}) == 1, "readers saw different orders"
    assert len(run.committed) > WRITERS * EACH / 2


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Lease]:
    """A server of this test's own, to be killed."""
    with acquire(tmp_path, bin_dir=binaries(), fsync=False) as lease:
        yield lease


@pytest.fixture
async def own_url(own_server: Lease) -> str:
    await set_up(own_server.server, "actas", purpose="TEST")
    return own_server.server.url("actas_app", "actas")


async def test_readers_lose_and_repeat_nothing_over_a_crash_of_the_database(own_server: Lease, own_url: str) -> None:
    run = Run(own_url, seed=2)
    readers = [asyncio.create_task(run.read(n, reconnects=n > 0)) for n in range(3)]
    writers = [asyncio.create_task(run.write(n)) for n in range(WRITERS)]
    try:
        while len(run.committed) < WRITERS * EACH / 4:
            await asyncio.sleep(0.01)
        await kill_postmaster(own_server)
        await asyncio.to_thread(own_server.ensure)
        await asyncio.gather(*writers)
        await run.finish()
        results = await asyncio.wait_for(asyncio.gather(*readers), 90)
    finally:
        await run.close()
    for read in results:
        assert_exactly_once(run, read)
    assert len({tuple(fed.position for fed in read) for read in results}) == 1, "readers saw different orders"
    assert run.unsure, "the crash was not noticed by any writer"


async def test_a_position_of_another_past_is_a_gap(database_urls: DatabaseUrls) -> None:
    """A restored back-up, or a reused number: said, never silently joined (mechanisms A)."""
    database = Database(database_urls.app)
    await database.start()
    try:
        for note in ("one", "two"):
            async with database.unit(None) as unit:
                unit.append(Due("a test"), Happened(tenant_id=None, note=note))
        first = await anext(database.feed.follow(BEGINNING))
        assert isinstance(first, Fed)
        forged = Position(first.position.pos, bytes(32))
        assert isinstance(await anext(database.feed.follow(forged)), Gap)
        beyond = Position(10**6, first.position.link)
        assert isinstance(await anext(database.feed.follow(beyond)), Gap)
        newcomer = Database(database_urls.app)  # whose own reader has seen nothing yet
        await newcomer.start()
        try:
            assert isinstance(await anext(newcomer.feed.follow(forged)), Gap)
            assert isinstance(await anext(newcomer.feed.follow(first.position)), Fed)
        finally:
            await newcomer.close()
        again = await anext(database.feed.follow(first.position))
        assert isinstance(again, Fed)
        assert again.entry.summary == "two"
    finally:
        await database.close()


async def test_a_reader_whose_past_was_restored_away_is_told(database_urls: DatabaseUrls) -> None:
    """The running reader itself meets another past after a reconnect: followers get a gap."""
    database = Database(database_urls.app)
    await database.start()
    try:
        for note in ("one", "two", "three"):
            async with database.unit(None) as unit:
                unit.append(Due("a test"), Happened(tenant_id=None, note=note))
        following = database.feed.follow(BEGINNING)
        for _ in range(3):
            assert isinstance(await anext(following), Fed)
        admin = await asyncpg.connect(database_urls.admin)
        try:
            # What a restore of an older back-up leaves: the same first entry, nothing after it.
            await admin.execute("set session_replication_role = replica")
            await admin.execute("alter table audit.feed disable trigger append_only")
            await admin.execute("delete from audit.feed where pos > 1")
            await admin.execute("update audit.feed_head set pos = 1, link = (select link from audit.feed)")
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'actas feed'"
            )
        finally:
            await admin.close()
        assert isinstance(await asyncio.wait_for(anext(following), 10), Gap)
    finally:
        await database.close()


@pytest.mark.parametrize("past", ["another link", "a missing place", "an earlier end"])
async def test_a_running_reader_that_meets_another_past_says_gap_and_joins_nothing(
    database_urls: DatabaseUrls, past: str
) -> None:
    """P7: without a reconnect that would have it look; what it reads must continue what it read."""
    database = Database(database_urls.app)
    await database.start()
    admin = await asyncpg.connect(database_urls.admin)
    try:
        for note in ("one", "two", "three"):
            async with database.unit(None) as unit:
                unit.append(Due("a test"), Happened(tenant_id=None, note=note))
        following = database.feed.follow(BEGINNING)
        for _ in range(3):
            assert isinstance(await anext(following), Fed)
        async with admin.transaction():
            await admin.execute("set local session_replication_role = replica")
            await admin.execute("alter table audit.feed disable trigger append_only")
            await admin.execute(
                {
                    "another link": "update audit.feed_head set link = '\\x00'",
                    "a missing place": "update audit.feed_head set pos = 7",
                    "an earlier end": "update audit.feed_head set pos = 1",
                }[past]
            )
            if past == "an earlier end":
                await admin.execute("delete from audit.feed where pos > 1")
        async with database.unit(None) as unit:
            unit.append(Due("a test"), Happened(tenant_id=None, note="of another past"))
        assert isinstance(await asyncio.wait_for(anext(following), 10), Gap)
    finally:
        await admin.close()
        await database.close()


async def kill_postmaster(lease: Lease) -> None:
    """An immediate stop, as after a crash: the next start recovers. Once this returns nothing answers any more."""
    folder = Folder(lease.server.data_dir)
    os.kill(int((folder.cluster / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGQUIT)
    while folder.ready():
        await asyncio.sleep(0.01)
