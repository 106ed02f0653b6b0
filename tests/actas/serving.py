"""The whole application on a real socket, and clients that speak to it as browsers and services do."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from actas.app import application
from actas.passwords import Passwords
from actas.scopes import COOKIE
from actas.server import server
from actas.services import Services
from actas.settings import Settings
from actas.signing_keys import load
from permissions.caller import Caller, Origin
from permissions.operators import Permission, Role
from permissions.refusals import Refused
from permissions.tokens import Keyring
from resolvers import keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path
    from uuid import UUID

    from starlette.types import ASGIApp

    from tests.world import World

PASSWORD = "correct horse battery staple"
HASHED = Passwords().hash(PASSWORD)
NUMBERS = count(1)


@dataclass
class Site:
    """A served application."""

    world: World
    services: Services
    port: int

    @property
    def settings(self) -> Settings:
        return self.services.settings

    @property
    def origin(self) -> str:
        return self.settings.console_url

    def client(self, *, host: str | None = None, cookie: str | None = None) -> httpx.AsyncClient:
        """A client that asks for the console's host, with a sign-in's cookie or none."""
        headers = {"host": host or self.settings.console_host}
        if cookie:
            headers["cookie"] = f"{COOKIE}={cookie}"
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, verify=False)

    async def sign_in(self, email: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        async with self.client() as client:
            return await client.post(
                "/sign-in", json={"email": email, "password": password}, headers={"origin": self.origin, **headers}
            )

    async def cookie_of(self, email: str) -> str:
        """The cookie of a new sign-in in another browser."""
        return cookie_in(await self.sign_in(email))

    async def hire(self, role: Role | None) -> str:
        """The address of somebody new, who has a password."""
        email = f"operator{next(NUMBERS)}@actas.example"
        await self.world.hire(email, role, password_hash=HASHED)
        return email

    async def operator(self, role: Role | None) -> str:
        """The cookie of somebody just hired."""
        return await self.cookie_of(await self.hire(role))

    async def caller(self, cookie: str) -> Caller:
        """Whose cookie this is."""
        found = await self.services.callers.by_sign_in(cookie, Origin())
        assert found
        return found

    async def raw(self, request: str) -> bytes:
        """What comes back for these very lines."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request.encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async def key(self, *permissions: Permission, tenant_id: UUID | None = None) -> str:
        issued = await keys.issue(
            self.world.database,
            None,
            name="a guard",
            permissions=permissions,
            tenant_id=tenant_id,
            stated_by="the test",
        )
        assert not isinstance(issued, Refused)
        return issued.secret

    def console_headers(self, cookie: str) -> dict[str, str]:
        """What the console sends with each operation."""
        return {"cookie": f"{COOKIE}={cookie}", "origin": self.origin, "x-actas-csrf": "1"}

    @asynccontextmanager
    async def socket(self, **headers: str) -> AsyncIterator[ClientConnection]:
        async with connect(
            f"ws://{self.settings.console_host}/graphql",
            host="127.0.0.1",
            additional_headers=headers,
            subprotocols=[Subprotocol("graphql-transport-ws")],
            open_timeout=5,
        ) as opened:
            yield opened


def cookie_in(response: httpx.Response) -> str:
    """The sign-in's secret out of Set-Cookie."""
    assert response.status_code == 204, response.text
    return response.headers["set-cookie"].partition(";")[0].partition("=")[2]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Stands in for the schema where only the way to it is tested: tells who got through."""
    caller = scope["state"]["caller"]
    who = orjson.dumps({"who": str(caller.id), "permissions": sorted(caller.permissions)})
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": who})
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": who.decode() if "connection_init" in message["text"] else "pong"})


@asynccontextmanager
async def serving(
    world: World, tmp_path: Path, *, graphql: Callable[[Services], ASGIApp] | None = None, **settings: Any
) -> AsyncIterator[Site]:
    """Serve the application on this world's database at a free port."""
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # with another, asyncio leaves Nagle on
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    here = f"http://localhost:{port}"
    given = {"console_url": here, "service_url": here, "data_dir": tmp_path, **settings}
    made = Settings.model_validate({name: _at(port, value) for name, value in given.items()})
    keyring = Keyring(load(made.keys_dir), made.service_url)
    services = Services.of(made, world.database, keyring, demo=True)
    app = application(services, graphql(services) if graphql else echo)
    running = server(made, app, services.stopping)
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        await until(lambda: running.started or task.done())
        if task.done():
            task.result()
        yield Site(world, services, port)
    finally:
        running.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listening.close()


def _at(port: int, value: Any) -> Any:
    return value.format(port=port) if isinstance(value, str) else value


async def until(condition: Callable[[], Any | Awaitable[Any]], *, seconds: float = 10) -> Any:
    """Wait for a condition, at most so long."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)


def bare(response: httpx.Response) -> tuple[int, bytes, Mapping[str, str]]:
    """All that a response tells, but for the time of day."""
    return response.status_code, response.content, {k: v for k, v in response.headers.items() if k != "date"}
