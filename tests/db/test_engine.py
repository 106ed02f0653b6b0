"""The one door to PostgreSQL: what reads may, and what the database's errors mean."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from db.engine import Database
from db.ledger import PLATFORM
from permissions.policy import Permitted
from permissions.refusals import Unauthenticated, Unavailable
from resolvers.events import DatabaseRestored, ImpersonationRefused
from tests.world import World

if TYPE_CHECKING:
    from uuid import UUID


OPERATOR = "insert into identity.operator (id, email, name, created_at) values (:id, 'y@x.example', 'Y', now())"
PLAN = "update identity.tenant set plan = :plan where id = :id"
RESTORED = DatabaseRestored(was="a", now="b", sessions_ended=0, sign_ins_ended=0)


def refusal(tenant: UUID, name: str = "Jane") -> ImpersonationRefused:
    return ImpersonationRefused(
        tenant_id=tenant,
        operator_id=None,
        operator_name=name,
        operator_email=None,
        code="NOT_FOUND",
        message="No.",
        reason_given=None,
        tenant_asked=None,
    )


async def test_a_read_writes_nothing(world: World, acme: UUID) -> None:
    for reading in (world.database.read, world.database.snapshot):
        with pytest.raises(DBAPIError, match="read-only transaction"):
            async with reading() as connection:
                await connection.execute(text(PLAN), {"plan": "read", "id": acme})


async def test_a_snapshot_sees_one_moment(world: World, acme: UUID) -> None:
    count = text("select count(*) from audit.entry")
    async with world.database.snapshot() as connection:
        before = await connection.scalar(count)
        async with world.database.unit(world.admin) as unit:
            unit.append(Permitted(None), refusal(acme))
        assert await connection.scalar(count) == before


async def test_a_tenants_reads_are_bound_by_the_database_and_the_binding_ends_with_them(
    world: World, acme: UUID
) -> None:
    """Threats 45, 46: row security, not the statement, keeps others' entries out; the pool carries nothing over."""
    other = (await world.somewhere()).id
    database = Database(world.urls.app, pool_size=1)
    chains = text("select distinct chain from audit.entry")
    try:
        async with database.read(tenant=acme) as connection:
            assert list(await connection.scalars(chains)) == [acme]
        async with database.read(tenant=other) as connection:
            assert list(await connection.scalars(chains)) == [other]
        with suppress(ZeroDivisionError):
            async with database.read(tenant=other) as connection:
                raise ZeroDivisionError
        async with database.read() as connection:
            assert {acme, other, PLATFORM} <= set(await connection.scalars(chains))
    finally:
        await database.close()


@pytest.mark.parametrize("part", ["name", "password", "folder"])
async def test_a_database_that_is_not_there_is_unavailable(world: World, part: str) -> None:
    url = make_url(world.urls.app)
    nowhere = Database(
        {
            "name": url.set(database="nowhere"),
            "password": url.set(password="wrong"),
            "folder": url.update_query_dict({"host": "/nowhere"}),
        }[part].render_as_string(hide_password=False)
    )
    try:
        with pytest.raises(Unavailable):
            async with nowhere.unit(None):
                pytest.fail("there is no such database")
    finally:
        await nowhere.close()


async def test_a_pool_with_nothing_left_is_unavailable(world: World) -> None:
    """Threat 41: a bounded wait, then try again."""
    small = Database(world.urls.app, pool_size=1)
    small._engine.sync_engine.pool._timeout = 0.01  # type: ignore[attr-defined]
    try:
        async with small.read():
            with pytest.raises(Unavailable):
                async with small.unit(None):
                    pytest.fail("there is no connection left")
    finally:
        await small.close()


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("select pg_terminate_backend(pg_backend_pid())", Unavailable),
        ("set local statement_timeout = 1; select pg_sleep(5)", Unavailable),
        ("do $$ begin raise exception using errcode = '40P01'; end $$", Unavailable),
        ("do $$ begin raise exception using errcode = '53100'; end $$", Unavailable),
        ("do $$ begin raise exception using errcode = 'AC004'; end $$", Unavailable),
        ("do $$ begin raise exception using errcode = 'AC003'; end $$", Unauthenticated),
        ("do $$ begin raise exception using errcode = 'AC001'; end $$", DBAPIError),
        ("select 1 / 0", DBAPIError),
    ],
)
async def test_an_error_of_the_database_means_not_now_sign_in_again_or_a_defect(
    world: World, statement: str, seen: type[Exception]
) -> None:
    """P1: a full disk, a lost connection, a deadlock are no defects; whatever else goes wrong is one."""
    with pytest.raises(seen):
        async with world.database.unit(None) as unit:
            for part in statement.split(";", 1) if statement.startswith("set") else [statement]:
                await unit.connection.execute(text(part))


async def test_no_error_tells_where_the_database_is_or_how_to_get_in(world: World) -> None:
    """Threat 25."""
    with pytest.raises(Unavailable) as caught:
        async with world.database.unit(None) as unit:
            await unit.connection.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    assert "postgresql" not in str(caught.value)
    assert "actas_app" not in str(caught.value)


async def test_a_new_connection_waits_for_no_lock_for_longer_than_the_process_says(world: World) -> None:
    """Threat 41."""
    async with world.database.read() as connection:
        settings = {
            name: await connection.scalar(text(f"show {name}")) for name in ("lock_timeout", "statement_timeout")
        }
    assert settings == {"lock_timeout": "2s", "statement_timeout": "10s"}


async def test_the_units_connection_goes_back_to_the_pool_whatever_happened(world: World, acme: UUID) -> None:
    """A pool of one serves after each kind of failure."""
    database = Database(world.urls.app, pool_size=1)
    try:
        for failing in ("select 1 / 0", "select pg_terminate_backend(pg_backend_pid())"):
            with pytest.raises((DBAPIError, Unavailable)):
                async with database.unit(None) as unit:
                    await unit.connection.execute(text(failing))
            async with database.unit(world.admin) as unit:
                unit.append(Permitted(None), refusal(acme))
    finally:
        await database.close()
    connection = await asyncpg.connect(world.urls.admin)
    try:
        open_ones = await connection.fetchval(
            "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
        )
    finally:
        await connection.close()
    assert open_ones == 0
