"""The workspace on the real PostgreSQL: two companies, their people, and a browser for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest_asyncio
from starlette.types import ASGIApp, Receive, Scope, Send

from actas_guard import Impersonation
from actas_guard.claims import Mode
from actas_guard.context import Current, current
from actas_guard.events import Tenant as Known
from actas_guard.events import TenantStatus
from db.embedded import Server
from examples.workspace.app import product
from examples.workspace.console import Console
from examples.workspace.database import load, prepare
from examples.workspace.people import People
from examples.workspace.sample import PASSWORD, Tenant
from examples.workspace.store import Store
from tests.browser.pages import browser, person, pytest_runtest_makereport

__all__ = ["browser", "person", "pytest_runtest_makereport"]

DATABASE = "workspace_test"
NOWHERE = "http://127.0.0.1:9"
ACME = Tenant(UUID("0190b0a0-0000-7000-8000-00000000000a"), "acme", "Acme GmbH")
GLOBEX = Tenant(UUID("0190b0a0-0000-7000-8000-00000000000b"), "globex", "Globex Corporation")
NOON = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Workspace:
    """A prepared database: as the product reaches it, and as its administrator does."""

    url: str
    admin_url: str


def request_for(tenant: Tenant, inside: Impersonation | None = None) -> AbstractContextManager[None]:
    """What the guard has made known while a request for this tenant runs, in a session or not."""
    return _current(Current(Known(tenant.uuid, tenant.slug, TenantStatus.ACTIVE, None), inside))


@contextmanager
def _current(here: Current) -> Iterator[None]:
    token = current.set(here)
    try:
        yield
    finally:
        current.reset(token)


def jane_inside(tenant: Tenant, mode: Mode = "READ_WRITE") -> Impersonation:
    """A session of the operator Jane Doe."""
    return Impersonation(
        session_id=uuid4(),
        tenant_id=tenant.uuid,
        tenant_slug=tenant.slug,
        operator_id=uuid4(),
        operator_email="jane@actas.example",
        operator_name="Jane Doe",
        reason="webhook 500s since this morning",
        mode=mode,
        expires_at=NOON,
    )


class Browser:
    """Somebody's browser at one company's workspace; it sends what browsers send, and keeps the product's cookie."""

    def __init__(self, app: ASGIApp, tenant: Tenant, inside: Impersonation | None, *, strict: bool = False) -> None:
        async def let_in(scope: Scope, receive: Receive, send: Send) -> None:
            with request_for(tenant, inside):
                await app(scope, receive, send)

        self.tenant = tenant
        self.origin = f"https://{tenant.slug}.localhost"
        # A server error is an answer here, as it is for a browser; `strict` tells of one that broke an answer off.
        transport = httpx.ASGITransport(let_in, raise_app_exceptions=strict)
        self.http = httpx.AsyncClient(transport=transport, base_url=self.origin)

    async def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return await self.http.get(path)

    async def post(self, path: str, *, origin: str | None = "own", **form: str) -> httpx.Response:
        """Send a form; `origin` is the page that it stands on."""
        stated = self.origin if origin == "own" else origin
        return await self.http.post(path, data=form, headers={"origin": stated} if stated else {})

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        """As `owner` or `member` of this company."""
        return await self.post("/sign-in", email=f"{login}@{self.tenant.slug}.example", password=password)


Open = Callable[..., Browser]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def prepared(server: Server) -> Workspace:
    """One database for the folder."""
    admin = server.url("actas_admin", "postgres")
    url = await prepare(admin, database=DATABASE)
    await load(admin, [ACME, GLOBEX], database=DATABASE, now=NOON)
    return Workspace(url, server.url("actas_admin", DATABASE))


@pytest_asyncio.fixture(loop_scope="session")
async def admin(prepared: Workspace) -> AsyncIterator[asyncpg.Connection]:
    """The administrator's connection: it sees every row."""
    connection = await asyncpg.connect(prepared.admin_url)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def store(prepared: Workspace) -> AsyncIterator[Store]:
    """The product's pool, of two connections only: each is used for one company and then for the other."""
    made = Store(prepared.url, pool_size=2)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_browser(store: Store) -> AsyncIterator[Open]:
    """`open_browser(ACME)`: a new browser there; with `inside` it is an operator's, whom the guard has let in."""
    async with AsyncExitStack() as stack:

        def opened(
            tenant: Tenant,
            *,
            inside: Impersonation | None = None,
            through: Store = store,
            console_url: str = NOWHERE,
            strict: bool = False,
        ) -> Browser:
            console = Console(console_url, "actas_test")
            stack.push_async_callback(console.close)
            browser = Browser(product(through, People(through), console), tenant, inside, strict=strict)
            stack.push_async_callback(browser.http.aclose)
            return browser

        yield opened
