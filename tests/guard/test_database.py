"""The tenant of the request is the tenant of the transaction, in a real PostgreSQL (S2-22, P5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from actas_guard import tenant_scope
from actas_guard.claims import Mode
from actas_guard.context import Current, Impersonation, current
from actas_guard.events import Tenant, TenantStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.embedded import Server

ACME = Tenant(uuid4(), "acme", TenantStatus.ACTIVE, None)
GLOBEX = Tenant(uuid4(), "globex", TenantStatus.ACTIVE, None)
TENANT = text("select current_setting('app.tenant_id', true)")
WRITE = text("create temporary table written ()")


@contextmanager
def request(tenant: Tenant, mode: Mode | None = None) -> Iterator[None]:
    """As the guard lets a request through: of the tenant's people, or of an operator in this mode."""
    inside = None
    if mode:
        inside = Impersonation(
            session_id=uuid4(),
            tenant_id=tenant.id,
            tenant_slug=tenant.slug,
            operator_id=uuid4(),
            operator_email="jane@actas.example",
            operator_name="Jane Doe",
            reason="webhook 500s",
            mode=mode,
            expires_at=datetime.now(UTC),
        )
    token = current.set(Current(tenant, inside))
    try:
        yield
    finally:
        current.reset(token)


@pytest_asyncio.fixture
async def engine(server: Server) -> AsyncIterator[AsyncEngine]:
    """A pool of one connection, so that every transaction gets the one that was used before."""
    url = make_url(server.url("actas_admin", "postgres")).set(drivername="postgresql+asyncpg")
    made = create_async_engine(url, pool_size=1, max_overflow=0)
    yield made
    await made.dispose()


async def test_the_transaction_knows_the_tenant_and_the_connection_forgets_it(engine: AsyncEngine) -> None:
    for tenant in (ACME, GLOBEX):
        with request(tenant):
            async with engine.connect() as connection, tenant_scope(connection):
                assert (await connection.execute(TENANT)).scalar_one() == str(tenant.id)
    async with engine.connect() as connection:
        assert not (await connection.execute(TENANT)).scalar_one()


async def test_a_read_only_session_cannot_write_whatever_the_product_tries(engine: AsyncEngine) -> None:
    """C-16: in the database too, not only by the method."""
    with request(ACME, "READ_ONLY"):
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError, match="read-only transaction"):
                async with tenant_scope(connection):
                    await connection.execute(WRITE)
    for mode in ("READ_WRITE", None):
        with request(ACME, mode):
            async with engine.connect() as connection, tenant_scope(connection):
                await connection.execute(WRITE)
                await connection.execute(text("drop table written"))


async def test_it_takes_a_session_as_well(engine: AsyncEngine) -> None:
    with request(ACME, "READ_ONLY"):
        async with AsyncSession(engine) as session, tenant_scope(session):
            assert (await session.execute(TENANT)).scalar_one() == str(ACME.id)


async def test_it_takes_a_plain_connection_as_well(engine: AsyncEngine) -> None:
    """The form without `async`; here through SQLAlchemy's bridge, which is a Connection like any other."""

    def read(connection: object) -> object:
        with tenant_scope(connection) as scoped:
            return scoped.execute(TENANT).scalar_one()

    with request(ACME, "READ_ONLY"):
        async with engine.connect() as connection:
            assert await connection.run_sync(read) == str(ACME.id)


async def test_what_fails_inside_is_rolled_back(engine: AsyncEngine) -> None:
    with request(ACME):
        async with engine.connect() as connection:
            with pytest.raises(LookupError):
                async with tenant_scope(connection):
                    await connection.execute(WRITE)
                    raise LookupError
            async with tenant_scope(connection):
                found = await connection.execute(text("select to_regclass('pg_temp.written')"))
                assert found.scalar_one() is None


async def test_without_a_request_there_is_no_tenant_to_take(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(LookupError, match="Guard"):
            tenant_scope(connection)
