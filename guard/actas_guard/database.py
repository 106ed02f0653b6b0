"""The tenant of the request, carried into the database's row-level security."""

from __future__ import annotations

from types import TracebackType
from typing import Any, NamedTuple

from actas_guard.context import NoLongerAllowed, current


class Scope(NamedTuple):
    """What a transaction of this request is limited to."""

    tenant_id: str
    read_only: bool


def scope_of_request() -> Scope:
    """The limits of the request that is under way.

    Raises:
        LookupError: outside a request that the guard let through.
        NoLongerAllowed: where the session is over by now, or the tenant closed (P7).

    """
    here = current.get()
    if here is None:
        raise LookupError("this needs a request that came through the Guard: there is no tenant here")
    if not here.holds():
        raise NoLongerAllowed("the session of this request is over, or its tenant is closed: nothing more is done")
    inside = here.inside()
    return Scope(str(here.tenant.id), inside is not None and inside.mode == "READ_ONLY")


class TenantScope:
    """See `tenant_scope`."""

    def __init__(self, connection: Any) -> None:
        self._tenant_id, self._read_only = scope_of_request()
        self._connection = connection
        self._transaction: Any = None

    def __enter__(self) -> Any:
        """Begin, for a Connection or Session."""
        self._transaction = self._connection.begin()
        self._transaction.__enter__()
        try:
            for statement, parameters in self._statements():
                self._connection.execute(statement, parameters)
        except BaseException as error:
            self._transaction.__exit__(type(error), error, error.__traceback__)
            raise
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back where an exception passes."""
        self._transaction.__exit__(kind, error, trace)

    async def __aenter__(self) -> Any:
        """Begin, for an AsyncConnection or AsyncSession."""
        self._transaction = self._connection.begin()
        await self._transaction.__aenter__()
        try:
            for statement, parameters in self._statements():
                await self._connection.execute(statement, parameters)
        except BaseException as error:
            await self._transaction.__aexit__(type(error), error, error.__traceback__)
            raise
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back where an exception passes."""
        await self._transaction.__aexit__(kind, error, trace)

    def _statements(self) -> list[tuple[Any, dict[str, str]]]:
        from sqlalchemy import text  # noqa: PLC0415 - only products that use SQLAlchemy have it

        # Both last for the transaction only: a pooled connection never brings along the tenant before.
        scoped = [(text("select set_config('app.tenant_id', :tenant, true)"), {"tenant": self._tenant_id})]
        return [(text("set transaction read only"), {}), *scoped] if self._read_only else scoped


def tenant_scope(connection: Any) -> TenantScope:
    """A transaction in which PostgreSQL knows the request's tenant, and that cannot write in a READ_ONLY session.

    Takes SQLAlchemy's Connection or Session (`with`), AsyncConnection or AsyncSession (`async with`), begins a
    transaction on it, sets `app.tenant_id` for its length (write the policies of row-level security against
    `current_setting('app.tenant_id')`), and commits at the end.

    Raises:
        LookupError: outside a request that the guard let through.
        NoLongerAllowed: where the session is over by now, or the tenant closed. Let it pass: the guard answers.

    """
    return TenantScope(connection)
