"""P4: whatever a superuser does to a chain in passing is found, and the first entry that is not whole is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from db.ledger import PLATFORM
from db.pages import chains
from permissions.policy import TenantStatus
from resolvers.ledger_check import LedgerCheck, check
from resolvers.tenants import SetStatus, set_status
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from tests.databases import Databases

ENTRIES = 9


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session", params=[2, 2000], ids=["in pages", "in one page"])
async def chain(world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A chain of nine entries."""
    for module in ("db.pages.chains", "resolvers.ledger_check"):
        monkeypatch.setattr(f"{module}.PAGE", request.param)
    tenant = await world.somewhere()
    ways = [TenantStatus.READ_ONLY, TenantStatus.ACTIVE] * 4
    for to in ways[: ENTRIES - 2]:
        await set_status(world.database, world.admin, SetStatus(tenant_id=tenant.id, to=to, reason="one more entry"))
    return tenant.id


async def tamper(world: World, *statements: str, chain: UUID) -> None:
    """What only a superuser can: take the triggers off, and put them back."""
    connection = await asyncpg.connect(world.urls.admin)
    try:
        await connection.execute("alter table audit.entry disable trigger all")
        for statement in statements:
            await connection.execute(statement, chain)
        await connection.execute("alter table audit.entry enable always trigger append_only")
    finally:
        await connection.close()


async def test_what_was_only_appended_is_whole(world: World, chain: UUID) -> None:
    assert await check(world.database, chain) == LedgerCheck(entries=ENTRIES)
    whole = await check(world.database, PLATFORM)
    assert (whole.broken_at, whole.entries) == (None, len(await world.rows(PLATFORM)))


REHASHED = """update audit.entry e set hash = audit.entry_hash(e) where chain = $1 and seq = 4"""
TAMPERED = {
    "details altered": (["update audit.entry set details = '{}' where chain = $1 and seq = 4"], 4, "changed"),
    "a summary altered, and its hash with it": (
        ["update audit.entry set summary = 'Nothing.' where chain = $1 and seq = 4", REHASHED],
        5,
        "does not continue entry 4",
    ),
    "an actor altered": (["update audit.entry set actor_name = 'x' where chain = $1 and seq = 1"], 1, "changed"),
    "an origin taken away": (["update audit.entry set ip = null where chain = $1 and seq = 3"], 3, "changed"),
    "one deleted": (["delete from audit.entry where chain = $1 and seq = 4"], 4, "4 is missing"),
    "several deleted": (["delete from audit.entry where chain = $1 and seq in (4, 5, 6)"], 4, "4 to 6 are missing"),
    "the first deleted": (["delete from audit.entry where chain = $1 and seq = 1"], 1, "1 is missing"),
    "the last deleted": (["delete from audit.entry where chain = $1 and seq = 9"], 9, "head says that 9"),
    "all deleted": (["delete from audit.entry where chain = $1"], 1, "head says that 9"),
    "two swapped": (
        [
            "update audit.entry set seq = seq + 100 where chain = $1 and seq in (4, 5)",
            "update audit.entry set seq = 109 - seq where chain = $1 and seq > 100",
        ],
        4,
        "does not continue entry 3",
    ),
    "one twice": (
        [
            """insert into audit.entry
               select chain, seq, at + interval '1 us', kind, tenant_id, session_id, operator_id, actor_kind, actor_id,
                      actor_name, actor_proof, db_user, db_address, ip, user_agent, summary, details, previous_hash,
                      hash
                 from audit.entry where chain = $1 and seq = 4"""
        ],
        4,
        "more than one entry 4",
    ),
    "the head set back": (["update audit.chain_head set seq = 6 where chain = $1"], 7, "only 6 were written"),
    "the head set forth": (["update audit.chain_head set seq = 12 where chain = $1"], 10, "says that 12"),
    "the head's hash altered": (["update audit.chain_head set hash = '\\x00' where chain = $1"], 9, "another hash"),
    "the head deleted": (["delete from audit.chain_head where chain = $1"], 1, "only 0 were written"),
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_what_a_superuser_did_is_found_and_its_place_is_named(world: World, chain: UUID, what: str) -> None:
    """P4."""
    statements, place, told = TAMPERED[what]
    await tamper(world, *statements, chain=chain)
    found = await check(world.database, chain)
    assert found.broken_at == place, found
    assert found.entries == place - 1
    assert told in (found.explanation or "")


async def test_a_tenants_check_reads_that_tenants_rows_only(world: World, chain: UUID) -> None:
    """Row security stands behind it: another tenant's chain does not even exist."""
    assert await check(world.database, chain, only=chain) == LedgerCheck(entries=ENTRIES)
    other = (await world.somewhere()).id
    assert await check(world.database, chain, only=other) == LedgerCheck(entries=0)


async def test_entries_that_are_written_meanwhile_break_nothing(
    world: World, chain: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page and the head beside it are of one moment."""
    walk, left = chains.walk, [TenantStatus.ACTIVE, TenantStatus.READ_ONLY, TenantStatus.ACTIVE]

    async def busily(connection: object, place: UUID, so_far: chains.Walked) -> chains.Stretch:
        if left:
            request = SetStatus(tenant_id=chain, to=left.pop(), reason="written meanwhile")
            await set_status(world.database, world.admin, request)
        return await walk(connection, place, so_far)  # type: ignore[arg-type]

    monkeypatch.setattr("resolvers.ledger_check.walk", busily)
    found = await check(world.database, chain)
    assert found.broken_at is None, found
    assert found.entries > ENTRIES
