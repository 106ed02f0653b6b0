"""For Django products: the tenant in each transaction, and the routes' names in the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from actas_guard.context import record_route
from actas_guard.database import scope_of_request


@contextmanager
def tenant_atomic(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """`transaction.atomic()` in which PostgreSQL knows the request's tenant, and that cannot write where that is so.

    Like `tenant_scope()` for SQLAlchemy; with `with`, or as `@tenant_atomic()` above a synchronous view, in place of
    ATOMIC_REQUESTS. It must be outermost: neither can be changed half-way.

    Raises:
        LookupError: outside a request that the guard let through.
        NoLongerAllowed: where the session is over by now, or the tenant closed. Let it pass: the guard answers.
        RuntimeError: within another transaction.

    """
    scope = scope_of_request()
    with transaction.atomic(using=using, durable=True), connections[using].cursor() as cursor:
        if scope.read_only:
            cursor.execute("set transaction read only")
        cursor.execute("select set_config('app.tenant_id', %s, true)", [scope.tenant_id])
        yield


class RouteNames:
    """Middleware: records say `/cases/<int:number>` rather than nothing for the route, under WSGI and ASGI alike."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """Serve one request."""
        return self._get_response(request)

    def process_view(self, request: Any, view: Any, arguments: Any, named: Any) -> None:  # noqa: ARG002 - Django passes them by place
        """Name the route that Django has found."""
        record_route(f"/{request.resolver_match.route}")
