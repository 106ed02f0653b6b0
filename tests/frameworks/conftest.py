"""The same small product in each framework, behind the guard, on the server that its users would take."""

from __future__ import annotations

import threading
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio
from werkzeug.serving import make_server

from actas_guard import Guard, GuardSettings, WSGIGuard, subdomain
from actas_guard.carrier import halves
from actas_guard.cookies import TAB
from tests.frameworks import products
from tests.guard.conftest import INSIDE, TOKEN, Browser, console, until
from tests.guard.console import ISSUER, SERVICE_KEY, FakeConsole, FakeSession, FakeTenant, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from actas_guard.claims import Mode

__all__ = ["console"]

FRAMEWORKS: Final = (*products.ASGI, *products.WSGI)


class Behind:
    """A product of some framework, and an operator's way in."""

    def __init__(self, console: FakeConsole, framework: str, port: int, guard: Guard) -> None:
        self.console = console
        self.acme: FakeTenant = console.tenants["acme"][0]
        self.route = products.ROUTES[framework]
        self.guard = guard
        self.port = port

    @property
    def live(self) -> Any:
        return self.guard._service.live

    def browser(self, **cookies: str) -> Browser:
        return Browser(self.port, self.acme, **cookies)

    async def operator(self, mode: Mode = "READ_WRITE") -> tuple[FakeSession, Browser]:
        session = self.console.start(self.acme, mode=mode)
        await until(lambda: self.live.session(session.id) and self.guard._service.keys.known)
        return session, self.browser(**{TOKEN: self.console.token(session), INSIDE: f"{session.id}.TENANT"})

    async def operator_in_a_tab(self) -> tuple[FakeSession, Browser, dict[str, str]]:
        """One whose session the carrier TAB keeps: the browser with its half, and the tab's half as a header."""
        session, browser = await self.operator()
        half, signature = halves(browser.cookies.pop(TOKEN))
        browser.cookies[TAB] = f"{session.id}.TENANT.{signature}"
        return session, browser, {"authorization": f"Bearer {half}"}

    async def recorded(self, session: FakeSession, count: int = 1) -> list[dict[str, Any]]:
        def arrived() -> list[dict[str, Any]]:
            found = [one for one in self.console.records if one["sessionUuid"] == str(session.id)]
            return found if len(found) >= count else []

        found: list[dict[str, Any]] = await until(arrived)
        return found


def settings(console: FakeConsole, **more: Any) -> GuardSettings:
    return GuardSettings(
        **{
            "console_url": console.url,
            "service_key": SERVICE_KEY,
            "issuer": ISSUER,
            "tenant_of": subdomain("localhost"),
            "banner_seen_seconds": None,
            **more,
        }
    )


@asynccontextmanager
async def over_asgi(console: FakeConsole, framework: str, **more: Any) -> AsyncIterator[Behind]:
    guard = Guard(products.ASGI[framework](), settings(console, **more))
    async with served(guard) as port:
        made = Behind(console, framework, port, guard)
        guard.start()
        await until(lambda: made.live.ready)
        yield made


@asynccontextmanager
async def over_wsgi(console: FakeConsole, framework: str, **more: Any) -> AsyncIterator[Behind]:
    """On Werkzeug's own server, a thread for each request."""
    import asyncio

    guarded = WSGIGuard(products.WSGI[framework](), settings(console, **more))
    server = make_server("127.0.0.1", 0, guarded, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield Behind(console, framework, server.port, (await asyncio.to_thread(guarded._running)).guard)
    finally:
        await asyncio.to_thread(server.shutdown)
        await asyncio.to_thread(serving.join, 10)
        server.server_close()
        await asyncio.to_thread(guarded.close)


def behind(console: FakeConsole, framework: str, **more: Any) -> AbstractAsyncContextManager[Behind]:
    return (over_asgi if framework in products.ASGI else over_wsgi)(console, framework, **more)


@pytest_asyncio.fixture(params=FRAMEWORKS)
async def product(console: FakeConsole, request: pytest.FixtureRequest) -> AsyncIterator[Behind]:
    async with behind(console, request.param) as made:
        yield made
