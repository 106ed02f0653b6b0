"""Roles, schemas and the two histories, as an administrator and the migrator leave them (P4, C: deny by default)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest

from db import migrate, migrations, selfcheck
from db.embedded import acquire
from db.roles import scram
from tests.postgres import binaries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from db.embedded import Server
    from tests.databases import DatabaseUrls


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_two_who_set_up_the_same_database_at_once_wait_for_each_other(server: Server) -> None:
    async with dropped(server, "twice"):
        await asyncio.gather(*(migrate.set_up(server, "twice", purpose="TEST") for _ in range(2)))
        assert await selfcheck.check(server.url("actas_app", "twice")) == []


async def test_setting_up_again_changes_nothing_but_what_is_missing(server: Server) -> None:
    async with dropped(server, "again"):
        await migrate.set_up(server, "again", purpose="DEMO", clock_offset=timedelta(days=-90))
        async with connected(server.url("actas_admin", "again")) as admin:
            await admin.execute("drop schema platform")
        await migrate.set_up(server, "again", purpose="DEMO", clock_offset=timedelta(days=-90))
        assert await selfcheck.check(server.url("actas_app", "again")) == []
        async with connected(server.url("actas_app", "again")) as app:
            assert await app.fetchval("select to_regnamespace('platform') is not null")
            offset = await app.fetchval("select audit.clock() - clock_timestamp()")
            assert timedelta(days=-91) < offset < timedelta(days=-89)


async def test_a_database_made_for_one_purpose_never_gets_another(server: Server, database_urls: DatabaseUrls) -> None:
    with pytest.raises(asyncpg.PostgresError, match="made as TEST, it cannot become REAL"):
        await migrate.prepare(database_urls.admin, purpose="REAL")


async def test_an_administrator_need_not_be_a_superuser(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Managed servers give no superuser away. From PostgreSQL 16 on the maker of a role administers it."""
    with acquire(tmp_path_factory.mktemp("pg"), bin_dir=binaries(), fsync=False) as lease:
        server = lease.server
        async with connected(server.url("actas_admin", "postgres")) as admin:
            await admin.execute(f"create role steward login createdb createrole password '{scram('secret')}'")
        ours = f"actas_admin:{server.passwords['actas_admin']}"
        steward = server.url("actas_admin", "managed").replace(ours, "steward:secret")
        await migrate.prepare(steward, purpose="TEST", passwords=server.passwords)
        await migrate.migrate(server.url("actas_migrator", "managed"))
        assert await selfcheck.check(server.url("actas_app", "managed")) == []


async def test_a_migration_that_fails_leaves_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "0001_broken.py"
    script.with_suffix(".sql").write_text("create table audit.half (); select 1 / 0;")
    real = migrations.run_sql_beside
    monkeypatch.setattr(migrations, "run_sql_beside", lambda _revision: real(str(script)))
    async with dropped(server, "broken"):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await migrate.prepare(server.url("actas_admin", "broken"), purpose="TEST")
        async with connected(server.url("actas_admin", "broken")) as admin:
            left = await admin.fetch("select relname from pg_class where relnamespace = 'audit'::regnamespace")
            assert [row["relname"] for row in left] == []


async def test_the_app_can_become_the_tenants_reader_and_nobody_else(database_urls: DatabaseUrls) -> None:
    async with connected(database_urls.app) as app:
        roles = [row["rolname"] for row in await app.fetch("select rolname from pg_roles")]
        became = []
        for role in roles:
            try:
                await app.execute(f"set role {role}")
                became.append(role)
            except asyncpg.InsufficientPrivilegeError:
                pass
        assert sorted(became) == ["actas_app", "actas_tenant"]


async def test_the_migrator_owns_its_schemas_and_can_make_no_other(database_urls: DatabaseUrls) -> None:
    async with connected(database_urls.migrator) as migrator:
        owned = await migrator.fetch("select nspname from pg_namespace where nspowner = 'actas_migrator'::regrole")
        assert {row["nspname"] for row in owned} == {"identity", "platform"}
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await migrator.execute("create schema another")
        attributes = "select rolcreaterole, rolcreatedb, rolsuper from pg_roles where rolname = 'actas_migrator'"
        assert not any(await migrator.fetchrow(attributes) or ())


async def test_everyone_is_granted_nothing(database_urls: DatabaseUrls) -> None:
    async with connected(database_urls.admin) as admin:
        functions = await admin.fetch(
            "select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) a"
            " where pronamespace::regnamespace::text in ('audit', 'identity', 'platform') and a.grantee = 0"
        )
        assert [tuple(row) for row in functions] == []
        elsewhere = await admin.fetch(
            "select datname::text as name from pg_database, aclexplode(datacl) a"
            " where datname = current_database() and a.grantee = 0"
            " union all select nspname::text from pg_namespace, aclexplode(nspacl) a"
            " where nspname !~ '^(pg_|information_schema)' and a.grantee = 0"
            " union all select relname::text from pg_class, aclexplode(relacl) a"
            " where relnamespace::regnamespace::text in ('audit', 'identity', 'platform') and a.grantee = 0"
        )
        assert [row["name"] for row in elsewhere] == []


async def test_functions_that_a_later_migration_makes_are_granted_to_nobody(database_urls: DatabaseUrls) -> None:
    async with connected(database_urls.migrator) as migrator, connected(database_urls.app) as app:
        await migrator.execute("create function identity.later() returns int language sql return 1")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("select identity.later()")


def test_a_password_that_would_need_normalising_is_refused() -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        scram("pässword")


@asynccontextmanager
async def dropped(server: Server, database: str) -> AsyncIterator[None]:
    try:
        yield
    finally:
        async with connected(server.url("actas_admin", "postgres")) as admin:
            await admin.execute(f"drop database if exists {database} with (force)")
