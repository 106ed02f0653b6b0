"""The workspace's own database: made, filled, and reached only as one tenant at a time."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from examples.workspace.sample import COLUMNS, Tenant, tenant_rows

SCHEMA = Path(__file__).with_name("schema.sql")
ROLES = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'workspace_owner') then
    create role workspace_owner nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'workspace_app') then
    create role workspace_app login;
  end if;
end $$
"""


class MadeByAnother(Exception):
    """The database is there, with the tables of another version of this product."""


async def prepare(admin_url: str, *, database: str = "workspace") -> str:
    """Make the database and its two roles where they are missing; return the URL that the product connects with.

    The product's role gets a password that follows from the administrator's, so none is kept anywhere, and a product
    that is already running goes on; a new random one where the administrator has none. Raises MadeByAnother.
    """
    secret = make_url(admin_url).password or secrets.token_hex(24)
    password = hmac.digest(secret.encode(), b"workspace_app", "sha256").hex()
    name = '"' + database.replace('"', '""') + '"'
    admin = await _connect(admin_url)
    try:
        await admin.execute(ROLES)
        # sql because: DDL knows no parameters; the password is hexadecimal digits, the name a quoted identifier
        await admin.execute(f"alter role workspace_app login nosuperuser nobypassrls password '{password}'")
        if not await admin.fetchval("select true from pg_database where datname = $1", database):
            await admin.execute(f"create database {name}")
            await admin.execute(f"revoke all on database {name} from public")
            await admin.execute(f"grant connect on database {name} to workspace_app")
    finally:
        await admin.close()

    inside = await _connect(admin_url, database)
    try:
        async with inside.transaction():
            schema = SCHEMA.read_text("utf-8")
            version = sha256(schema.encode()).hexdigest()
            if await inside.fetchval("select to_regclass('public.tenant') is null"):
                await inside.execute("grant create on schema public to workspace_owner")
                await inside.execute(schema)
                # sql because: DDL knows no parameters; the version is hexadecimal digits
                await inside.execute(f"comment on table tenant is '{version}'")
            elif await inside.fetchval("select obj_description('tenant'::regclass)") != version:
                raise MadeByAnother
    finally:
        await inside.close()
    url = make_url(admin_url).set(
        drivername="postgresql+asyncpg", username="workspace_app", password=password, database=database
    )
    return url.render_as_string(hide_password=False)


async def load(
    admin_url: str, tenants: Sequence[Tenant], *, database: str = "workspace", now: datetime | None = None
) -> None:
    """Fill in the tenants that are not there yet, each with its people, inbox, cases and leads, as the administrator.

    The same slug always gets the same people and conversations; only their times follow ``now``.
    """
    connection = await _connect(admin_url, database)
    try:
        async with connection.transaction():
            known = {row["id"] for row in await connection.fetch("select id from tenant")}
            fresh = [tenant for tenant in tenants if tenant.uuid not in known]
            for table, rows in tenant_rows(fresh, now or datetime.now(UTC)).items():
                await connection.copy_records_to_table(table, columns=COLUMNS[table], records=rows)
    finally:
        await connection.close()


async def _connect(admin_url: str, database: str | None = None) -> asyncpg.Connection:
    url = make_url(admin_url).set(drivername="postgresql")
    if database is not None:
        url = url.set(database=database)
    return await asyncpg.connect(url.render_as_string(hide_password=False))
