"""The product's way to its data: one short transaction at a time, each as exactly one tenant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from asyncpg.exceptions import PostgresError
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from actas_guard import impersonation
from examples.workspace.sample import Tenant

# SQLSTATE classes of a server that is away, full, stopping or out of order. Anything else is our own mistake: a 500.
UNREACHABLE = ("08", "53", "57", "58")

ENTER = text(
    "select set_config('app.tenant_id', :tenant, true), set_config('app.operator_name', :name, true),"
    " set_config('app.operator_email', :email, true), set_config('app.session_id', :session, true)"
)


class DatabaseUnreachable(Exception):
    """The workspace's database did not answer; nothing was changed."""


class ForeignTenant(Exception):
    """A session for one tenant asked for the data of another."""


class Store:
    """A pool of connections of the role ``workspace_app``, which sees no row until a transaction names a tenant."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=3,
            pool_pre_ping=True,
            connect_args={"timeout": 3, "command_timeout": 5, "server_settings": {"application_name": "workspace"}},
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def tenant_at(self, slug: str) -> Tenant | None:
        """The tenant that answers under this slug: the only question that may be asked outside a tenant."""
        async with self._transaction() as connection:
            row = (await connection.execute(text("select id, slug, name from tenant_at(:slug)"), {"slug": slug})).one()
            return Tenant(row.id, row.slug, row.name) if row.id else None

    @asynccontextmanager
    async def as_tenant(self, tenant: UUID) -> AsyncIterator[AsyncConnection]:
        """A transaction in which this tenant's rows are the only ones there are; it commits at the end.

        Inside a session it also carries the operator, whom the database writes into every row that is added. Raises
        ForeignTenant where the session is another tenant's, DatabaseUnreachable where there is no database.
        """
        inside = impersonation()
        if inside and inside.tenant_id != tenant:
            raise ForeignTenant
        async with self._transaction() as connection:
            # First statement, local to the transaction: a pooled connection never brings along the tenant before.
            await connection.execute(
                ENTER,
                {
                    "tenant": str(tenant),
                    "name": inside.operator_name if inside else "",
                    "email": inside.operator_email if inside else "",
                    "session": str(inside.session_id) if inside else "",
                },
            )
            yield connection

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (OSError, TimeoutError, PoolTimeout) as error:
            raise DatabaseUnreachable from error
        except (DBAPIError, PostgresError) as error:
            if _is_away(error):
                raise DatabaseUnreachable from error
            raise


def _is_away(error: Exception) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    code = getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return code.startswith(UNREACHABLE) or code == "3D000"
