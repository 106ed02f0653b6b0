"""Two histories of one database: `audit`, run by an administrator, and `identity` (with `platform`), by the migrator.

Whoever can migrate the ledger can rewrite it, so the migrator must not (P4). The order is roles, audit, identity.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote, urlsplit

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.roles import AUDIT_OWNER, MIGRATOR, make_roles, make_schemas

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sqlalchemy import Connection

    from db.embedded import Server

Purpose = Literal["REAL", "DEMO", "TEST"]
HISTORIES: Final = ("audit", "identity")
FOLDER: Final = Path(__file__).parent / "migrations"
# An advisory lock, so any role can take it: whoever does so on purpose delays a migration, never the service.
ONE_AT_A_TIME: Final = 7_001


async def prepare(
    admin_url: str,
    *,
    purpose: Purpose,
    clock_offset: timedelta = timedelta(0),
    passwords: Mapping[str, str] | None = None,
) -> None:
    """Make the roles, the database that `admin_url` names, its schemas and the ledger, as far as they are missing.

    The administrator is a superuser, or a role with CREATEDB and CREATEROLE. `passwords` are set for the roles that it
    names. What the database is for is fixed when it is made.

    Raises:
        asyncpg.PostgresError: the server refuses. AC005: the database was made for another purpose.
    """
    database = unquote(urlsplit(admin_url).path.removeprefix("/"))
    async with _alone(urlsplit(admin_url)._replace(path="/postgres").geturl()) as connection:
        async with connection.transaction():
            await make_roles(connection, passwords or {})
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            # sql because: DDL takes no parameters; PostgreSQL quoted the name
            await connection.execute(f"create database {await connection.fetchval('select quote_ident($1)', database)}")
    async with _alone(admin_url) as connection:
        async with connection.transaction():
            await make_schemas(connection)
        await _upgrade(admin_url, "audit", role=AUDIT_OWNER)
        async with connection.transaction():
            await connection.execute("select audit.mark_database($1, $2)", purpose, clock_offset)
            await connection.execute("select audit.ensure_months()")


async def migrate(migrator_url: str) -> None:
    """Bring the schemas `identity` and `platform` up to date, as the migrator.

    Raises:
        asyncpg.PostgresError, sqlalchemy.exc.DBAPIError: the server refuses; the history is as it was.
    """
    async with _alone(migrator_url):
        await _upgrade(migrator_url, "identity", role=MIGRATOR)


async def set_up(server: Server, database: str, *, purpose: Purpose, clock_offset: timedelta = timedelta(0)) -> None:
    """Have `database` in an embedded server, with everything in it up to date."""
    admin_url = server.url("actas_admin", database)
    await prepare(admin_url, purpose=purpose, clock_offset=clock_offset, passwords=server.passwords)
    await migrate(server.url(MIGRATOR, database))


def newest(history: str) -> str | None:
    """The revision that this version of the program needs of a history."""
    return ScriptDirectory.from_config(_config(history)).get_current_head()


def _config(history: str) -> Config:
    config = Config()
    places = {
        "script_location": FOLDER,
        "version_locations": FOLDER / history / "versions",
        "path_separator": "newline",
    }
    for name, place in places.items():
        config.set_main_option(name, str(place).replace("%", "%%"))
    return config


async def _upgrade(url: str, history: str, *, role: str) -> None:
    config = _config(history)
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        poolclass=NullPool,
        connect_args={"server_settings": {"role": role, "lock_timeout": "10s"}},
    )

    def run(connection: Connection) -> None:
        config.attributes.update(connection=connection, schema=history)
        command.upgrade(config, "head")

    async with engine.begin() as connection:
        await connection.run_sync(run)


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that is the only one of its kind in its database: two migrations wait for each other."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute("set lock_timeout = '60s'")
        await connection.execute("select pg_advisory_lock($1)", ONE_AT_A_TIME)
        yield connection
    finally:
        await connection.close()
