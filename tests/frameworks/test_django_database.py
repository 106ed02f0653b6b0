"""Django's transactions know the request's tenant, in a real PostgreSQL (S2-22, P5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections, transaction
from django.db.utils import InternalError

from actas_guard.django import tenant_atomic
from tests.frameworks import products
from tests.guard.test_database import ACME, GLOBEX, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from db.embedded import Server

TENANT = "select current_setting('app.tenant_id', true)"


@pytest.fixture
def database(server: Server) -> Iterator[Any]:
    from sqlalchemy import make_url

    products.WSGI["django-wsgi"]()
    url = make_url(server.url("actas_admin", "postgres"))
    connections.settings["guarded"] = connections.configure_settings(
        {
            "default": {},
            "guarded": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": url.database,
                "USER": url.username,
                "PASSWORD": url.password,
                "HOST": url.query.get("host", url.host),
                "PORT": url.port or "",
            },
        }
    )["guarded"]
    yield connections["guarded"]
    connections["guarded"].close()
    del connections.settings["guarded"]


def one(database: Any, statement: str) -> Any:
    with database.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_the_transaction_knows_the_tenant_and_the_connection_forgets_it(database: Any) -> None:
    for tenant in (ACME, GLOBEX):
        with request(tenant), tenant_atomic("guarded"):
            assert one(database, TENANT) == str(tenant.id)
        assert not one(database, TENANT)


def test_a_read_only_session_cannot_write_and_the_next_one_can(database: Any) -> None:
    @tenant_atomic("guarded")
    def write() -> None:
        with database.cursor() as cursor:
            cursor.execute("create table pg_temp.written ()")
            transaction.set_rollback(True, using="guarded")

    with request(ACME, "READ_ONLY"), pytest.raises(InternalError, match="read-only"):
        write()
    with request(ACME, "READ_WRITE"):
        write()


def test_it_needs_a_request_and_must_be_outermost(database: Any) -> None:
    with pytest.raises(LookupError, match="Guard"), tenant_atomic("guarded"):
        pass
    with (
        request(ACME),
        transaction.atomic(using="guarded"),
        pytest.raises(RuntimeError, match="durable"),
        tenant_atomic("guarded"),
    ):
        pass
