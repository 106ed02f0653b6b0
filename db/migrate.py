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
from alembic.util import CommandError
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.errors import OtherSchema
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
NEWER: Final = "The database was migrated by a newer version of Actas: run that one, or restore a backup from before."


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


async def purpose_of(url: str) -> str | None:
    """What a database was made for; None where there is none, or it was never marked.

    Raises:
        OSError, asyncpg.PostgresError: the server cannot be reached or signed in to.
    """
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except asyncpg.InvalidCatalogNameError:
        return None
    try:
        purpose: str | None = await connection.fetchval("select purpose from audit.database_purpose")
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return None
    finally:
        await connection.close()
    return purpose


async def expect_own_schema(app_url: str) -> None:
    """Look whether a database is at the revisions that this version of the program needs.

    Raises:
        OtherSchema: it is not, or it was never set up.
        OSError, asyncpg.PostgresError: the database cannot be reached or signed in to.
    """
    connection = await asyncpg.connect(app_url, timeout=10)
    try:
        for history in HISTORIES:
            # sql because: the name of the schema is one of the two above
            found = await connection.fetchval(f"select version_num from {history}.alembic_version")
            _compare(history, found)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
        raise OtherSchema("The database is not set up: run `actas migrate --audit`, then `actas migrate`.") from error
    except asyncpg.InsufficientPrivilegeError as error:
        raise OtherSchema("The role may not read the ledger. Let DATABASE_URL name the role actas_app.") from error
    finally:
        await connection.close()


def _compare(history: str, found: str | None) -> None:
    script = ScriptDirectory.from_config(_config(history))
    if found == script.get_current_head():
        return
    if found and found not in {each.revision for each in script.walk_revisions()}:
        raise OtherSchema(NEWER)
    raise OtherSchema(
        f"The database is older than this version of Actas: run `actas migrate{' --audit' * (history == 'audit')}`."
    )


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
        try:
            command.upgrade(config, "head")
        except CommandError as error:  # its revision is none that we know
            raise OtherSchema(NEWER) from error

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
