"""Transactions by the thousand through one small pool, many of them cancelled: no tenant sees another (threat 46).

`make test` runs a cut of them; `make pool` all 100,000. The same seed gives the same tenants, modes and cancellations.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from actas_guard import tenant_scope
from actas_guard.claims import Mode
from actas_guard.events import Tenant, TenantStatus
from tests.guard.test_database import request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.embedded import Server

TRANSACTIONS: Final = int(os.environ.get("ACTAS_POOL_TRANSACTIONS", "2000"))
WORKERS: Final = 16
MODES: Final[tuple[Mode | None, ...]] = (None, "READ_ONLY", "READ_WRITE")
TENANTS: Final = [Tenant(uuid4(), f"tenant-{number}", TenantStatus.ACTIVE, None) for number in range(8)]
SEEN: Final = text("select distinct tenant_id::text from pooled.note")
WRITE: Final = text("insert into pooled.note values (current_setting('app.tenant_id')::uuid)")
FORGOTTEN: Final = text(
    "select coalesce(current_setting('app.tenant_id', true), '') || current_setting('transaction_read_only')"
)
PREPARE: Final = """
create schema pooled;
create table pooled.note (tenant_id uuid not null);
alter table pooled.note enable row level security;
alter table pooled.note force row level security;
create policy own on pooled.note using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create role pooled_app login password 'pooled' nosuperuser nobypassrls;
grant usage on schema pooled to pooled_app;
grant select, insert on pooled.note to pooled_app;
"""


@pytest_asyncio.fixture
async def pool(server: Server) -> AsyncIterator[AsyncEngine]:
    """Four connections of a role that row-level security holds for; a row of each tenant is there."""
    admin = make_url(server.url("actas_admin", "postgres")).set(drivername="postgresql+asyncpg")
    owner = create_async_engine(admin)
    async with owner.begin() as connection:
        for statement in PREPARE.strip().split(";\n"):
            await connection.execute(text(statement.rstrip(";")))
        for tenant in TENANTS:
            await connection.execute(text("insert into pooled.note values (:tenant)"), {"tenant": tenant.id})
    made = create_async_engine(admin.set(username="pooled_app", password="pooled"), pool_size=4, max_overflow=0)
    yield made
    await made.dispose()
    async with owner.begin() as connection:
        await connection.execute(text("drop schema pooled cascade"))
        await connection.execute(text("drop owned by pooled_app"))
        await connection.execute(text("drop role pooled_app"))
    await owner.dispose()


async def transaction(pool: AsyncEngine, chance: random.Random, done: Counter[str]) -> None:
    """One request's transaction: it sees its own tenant's rows alone, and writes only where it may."""
    tenant = chance.choice(TENANTS)
    mode = chance.choice(MODES)
    with request(tenant, mode):
        async with pool.connect() as connection:
            async with tenant_scope(connection):
                seen = set((await connection.execute(SEEN)).scalars())
            assert seen == {str(tenant.id)}, f"{tenant.slug} saw {seen}"
            done["read"] += 1
            if chance.random() < 0.1:
                refused = mode == "READ_ONLY"
                with pytest.raises(DBAPIError, match="read-only") if refused else nullcontext():
                    async with tenant_scope(connection):
                        await connection.execute(WRITE)
                done["refused" if refused else "written"] += 1


async def outside(pool: AsyncEngine, done: Counter[str]) -> None:
    """A connection from the pool, of no request: it knows no tenant, and reads nothing."""
    async with pool.connect() as connection:
        assert (await connection.execute(FORGOTTEN)).scalar_one() == "off"
        assert not (await connection.execute(SEEN)).all()
    done["outside"] += 1


async def worker(pool: AsyncEngine, seed: int, count: int, done: Counter[str]) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        if chance.random() < 0.05:
            await outside(pool, done)
            continue
        work = asyncio.create_task(transaction(pool, chance, done))
        if chance.random() < 0.2:
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            done["cancelled"] += 1


async def test_no_tenant_sees_another_through_a_pool_whatever_is_cancelled(pool: AsyncEngine) -> None:
    done: Counter[str] = Counter()
    async with asyncio.TaskGroup() as workers:
        for seed in range(WORKERS):
            workers.create_task(worker(pool, seed, TRANSACTIONS // WORKERS, done))
    print(f"{TRANSACTIONS} transactions: {dict(sorted(done.items()))}")  # noqa: T201 - what `make pool` is asked for
    assert all(done[kind] for kind in ("read", "written", "refused", "cancelled", "outside")), done
