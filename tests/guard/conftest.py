"""A guard in front of a small product, between a console and browsers, all on real sockets."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from actas_guard import Guard, GuardSettings, actor, impersonation, subdomain
from tests.browser.pages import browser, person, pytest_runtest_makereport
from tests.guard.console import ISSUER, SERVICE_KEY, FakeConsole, FakeSession, FakeTenant, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

__all__ = ["browser", "person", "pytest_runtest_makereport"]

PAGE = {"accept": "text/html", "sec-fetch-mode": "navigate"}
TOKEN, INSIDE, ENTER = "__Host-actas-session", "__Host-actas-inside", "__Host-actas-enter"


@dataclass
class Clock:
    """The guard's clocks, which a test moves."""

    ahead: float = 0
    wall_ahead: float = 0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def wall(self) -> float:
        return time.time() + self.wall_ahead


class Product:
    """What the guard protects. It tells who it thinks is asking."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.go_on = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/slow", self._slow),
                Route("/drip", self._drip),
                Route("/page", self._page),
                Route("/bare", self._bare),
                WebSocketRoute("/chat", self._chat),
                Route("/{path:path}", self._any, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
            ]
        )

    async def _any(self, request: Request) -> Response:
        inside = impersonation()
        told = {
            "path": request.url.path,
            "method": request.method,
            "operator": inside.operator_name if inside else None,
            "actor": actor(),
            "mode": inside.mode if inside else None,
            "tenant": inside.tenant_slug if inside else None,
            "cookie": request.headers.get("cookie"),
            "authorization": request.headers.get("authorization"),
        }
        self.seen.append(told)
        if request.url.path == "/broken":
            raise RuntimeError("the product's own mistake")
        status = int(request.url.path[1:4]) if request.url.path[1:4].isdecimal() else 200
        return JSONResponse(told, status, headers={"cache-control": "public, max-age=60"})

    async def _slow(self, request: Request) -> Response:
        self.seen.append({"path": "/slow"})
        await self.go_on.wait()
        return await self._any(request)

    async def _drip(self, _: Request) -> Response:
        async def drops() -> AsyncIterator[bytes]:
            yield b"first"
            await self.go_on.wait()
            yield b"second"

        return StreamingResponse(drops())

    async def _chat(self, socket: WebSocket) -> None:
        await socket.accept()
        self.seen.append({"path": "/chat", "operator": actor()})
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect as gone:
            self.seen.append({"closed": gone.code})

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(
            "<!doctype html><title>Inbox</title><script src=/actas/tab.js></script>"
            "<script type=module src=/actas/banner.js></script>"
            "<actas-banner></actas-banner><main><h1>Inbox</h1></main>",
            headers={"content-security-policy": "default-src 'self'; style-src 'self'"},
        )

    async def _bare(self, _: Request) -> Response:
        """A single-page product's page that has no banner."""
        return HTMLResponse("<!doctype html><title>Bare</title><script src=/actas/tab.js></script>")


class Browser:
    """A browser at one host: it keeps the cookies that it is given and follows nothing by itself."""

    def __init__(self, port: int, tenant: FakeTenant, **cookies: str) -> None:
        self.cookies: dict[str, str] = dict(cookies)
        self.set_cookie: dict[str, str] = {}
        self.port = port
        self.tenant = tenant

    async def ask(self, method: str, path: str, *, host: str | None = None, **headers: str) -> httpx.Response:
        sent = {"host": host or self.tenant.host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        # No certificates are read for a plain socket.
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=10, verify=False) as client:
            answer = await client.request(method, path, headers=sent)
        self.set_cookie = {}
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.set_cookie[name] = line
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.ask("GET", path, **headers)

    async def open(self, path: str) -> httpx.Response:
        """Navigate, as a person does."""
        return await self.ask("GET", path, **PAGE)

    async def leave(self, **headers: str) -> httpx.Response:
        sent = {"origin": self.tenant.origin, "x-actas-csrf": "1", "sec-fetch-site": "same-origin", **headers}
        return await self.ask("POST", "/actas/leave", **sent)


@dataclass
class Site:
    """All of it. `acme` is a tenant of the console."""

    console: FakeConsole
    product: Product
    guard: Guard
    port: int
    clock: Clock
    acme: FakeTenant
    people: dict[str, Any] = field(default_factory=dict)  # the product's sign-in: a cookie's value to a role

    @property
    def live(self) -> Any:
        return self.guard._service.live

    def browser(self, **cookies: str) -> Browser:
        return Browser(self.port, self.acme, **cookies)

    async def operator(self, **session: Any) -> tuple[FakeSession, Browser]:
        """An operator who is inside acme, in a session that the guard has heard of, and whose banner was just seen."""
        started = self.console.start(self.acme, **session)
        await until(lambda: self.live.session(started.id))
        self.guard._service.sightings.seen(started.id)
        inside = f"{started.id}.TENANT"
        return started, self.browser(**{TOKEN: self.console.token(started), INSIDE: inside})

    async def end(self, session: FakeSession, cause: str = "STOPPED") -> None:
        """End a session, and wait until the guard knows."""
        self.console.end(session, cause)
        await until(lambda: self.live.ended(session.id))

    async def status(self, status: str) -> None:
        """Set acme's status, and wait until the guard knows."""
        self.console.set_status(self.acme, status)
        await until(lambda: self.live.tenant("acme").status == status)

    def pass_time(self, seconds: float) -> None:
        """Time goes by for the console and the guard alike, and nothing is heard."""
        from datetime import timedelta

        self.clock.ahead += seconds
        self.clock.wall_ahead += seconds
        self.console.clock_ahead += timedelta(seconds=seconds)


async def until(true: Callable[[], Any], seconds: float = 15) -> Any:
    """Wait, within a bound, until something is true."""
    async with asyncio.timeout(seconds):
        while not (found := true()):
            await asyncio.sleep(0.005)
    return found


@asynccontextmanager
async def guarded(console: FakeConsole, *, acme: FakeTenant | None = None, **settings: Any) -> AsyncIterator[Site]:
    """A guard of this console in front of a product of its own."""
    clock, product = Clock(), Product()
    people: dict[str, Any] = {}

    async def person_of(scope: Any) -> Any:
        cookie = dict(scope["headers"]).get(b"cookie", b"").decode()
        return people.get(cookie.partition("person=")[2].partition(";")[0])

    made = GuardSettings(
        **{
            "console_url": console.url,
            "service_key": SERVICE_KEY,
            "issuer": ISSUER,
            "tenant_of": subdomain("localhost"),
            "person_of": person_of,
            "clock": clock.wall,
            "monotonic": clock.monotonic,
            **settings,
        }
    )
    guard = Guard(product.app, made)
    async with served(guard) as port:
        yield Site(console, product, guard, port, clock, acme or console.tenants["acme"][0], people)


@pytest_asyncio.fixture
async def console() -> AsyncIterator[FakeConsole]:
    made = FakeConsole()
    made.tenant()
    async with served(made.app()) as port:
        made.port = port
        yield made
        await made.disconnect()


@pytest_asyncio.fixture
async def site(console: FakeConsole) -> AsyncIterator[Site]:
    """A guard that has its first snapshot and its keys."""
    async with guarded(console) as made:
        await until(lambda: made.live.ready and made.guard._service.keys.known)
        yield made
