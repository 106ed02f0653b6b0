"""The product's way to its data: one short transaction at a time, each as exactly one tenant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg.exceptions import PostgresError
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from actas_guard import impersonation, tenant_scope

# SQLSTATE classes of a server that is away, full, stopping or out of order. Anything else is our own mistake: a 500.
UNREACHABLE = ("08", "53", "57", "58")

NAME_THE_OPERATOR = text(
    "select set_config('app.operator_name', :name, true), set_config('app.operator_email', :email, true),"
    " set_config('app.session_id', :session, true)"
)


class DatabaseUnreachable(Exception):
    """The workspace's database did not answer; nothing was changed."""


class Store:
    """A pool of connections of the role `workspace_app`, which sees no row until a transaction names a tenant."""

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

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which the rows of the request's tenant are the only ones there are; it commits at the end.

        In a session it also carries the operator, whom the database writes into every row that is added. Raises
        DatabaseUnreachable, and LookupError outside of a request that the guard let through.
        """
        inside = impersonation()
        try:
            async with self._engine.connect() as connection, tenant_scope(connection):
                if inside:
                    named = {"name": inside.operator_name, "email": inside.operator_email}
                    await connection.execute(NAME_THE_OPERATOR, {**named, "session": str(inside.session_id)})
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
    return code.startswith(UNREACHABLE)
