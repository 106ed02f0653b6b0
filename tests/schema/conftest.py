"""The API as its callers reach it: real HTTP and sockets, a real database, callers known by a header."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest_asyncio
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from actas.graphql import schema
from permissions.caller import Caller, Origin
from permissions.operators import Permission, Role
from permissions.refusals import Refused
from permissions.tokens import Keyring
from resolvers import keys
from resolvers.activity import ActivityRecorder
from resolvers.callers import Callers
from resolvers.impersonation import Started, StartRequest, start
from schema.app import graphql_app
from tests.actas.serving import serving as site_on
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest
    from starlette.types import ASGIApp, Receive, Scope, Send

    from db.tenants import Tenant
    from tests.actas.serving import Site
    from tests.databases import Databases, DatabaseUrls

PATIENCE = 10.0


@dataclass
class Api:
    """The API over one world. `port` is a real socket's."""

    world: World
    port: int
    callers: dict[str, Caller] = field(default_factory=dict)

    def known(self, caller: Caller) -> str:
        """The header by which the server takes a client for this caller."""
        name = str(caller.id) + caller.proof.hex()
        self.callers[name] = caller
        return name

    async def post(self, caller: Caller, body: Any, **headers: str) -> httpx.Response:
        """One request as it is."""
        url = f"http://127.0.0.1:{self.port}"
        # Without TLS there is no certificate to check, and loading them all takes 20 ms for each request.
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, verify=False) as client:
            content = body if isinstance(body, bytes) else json.dumps(body)
            given = {"content-type": "application/json", "x-caller": self.known(caller)} | headers
            return await client.post("/graphql", content=content, headers=given)

    async def ask(self, caller: Caller, query: str, /, **variables: Any) -> Answer:
        """What one operation answers."""
        response = await self.post(caller, {"query": query, "variables": variables})
        return Answer(**response.json())

    async def data(self, caller: Caller, query: str, /, **variables: Any) -> dict[str, Any]:
        """What one operation that must succeed answers."""
        answer = await self.ask(caller, query, **variables)
        assert not answer.errors, answer.errors
        assert answer.data is not None
        return answer.data

    async def key(self, *permissions: Permission, tenant: Tenant | None = None) -> Caller:
        """A service with these permissions, for one tenant or for all."""
        issued = await keys.issue(
            self.world.database,
            self.world.admin,
            name="test service",
            permissions=permissions,
            tenant_id=tenant.id if tenant else None,
        )
        assert not isinstance(issued, Refused), issued
        caller = await Callers(self.world.database).by_key(issued.secret, Origin())
        assert caller
        return caller

    async def start(self, caller: Caller, tenant: Tenant, **asked: Any) -> Started:
        """A session that is live."""
        outcome = await start(
            self.world.database, caller, StartRequest(tenant_id=tenant.id, **{"reason": REASON, **asked})
        )
        assert isinstance(outcome, Started), outcome
        return outcome

    @asynccontextmanager
    async def socket(self, caller: Caller) -> AsyncIterator[Socket]:
        """An initialised graphql-transport-ws socket."""
        async with connect(
            f"ws://127.0.0.1:{self.port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers={"x-caller": self.known(caller)},
        ) as connection:
            socket = Socket(connection)
            await connection.send(json.dumps({"type": "connection_init"}))
            assert (await socket.receive())["type"] == "connection_ack"
            yield socket


@dataclass
class Answer:
    """A GraphQL answer."""

    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """The codes of its errors."""
        return [error["extensions"]["code"] for error in self.errors]


@dataclass
class Socket:
    """A client's end of a socket."""

    connection: ClientConnection

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(await asyncio.wait_for(self.connection.recv(), PATIENCE))
        return message

    async def subscribe(self, query: str, *, id: str = "1", **variables: Any) -> None:  # noqa: A002  the protocol's word
        """Begin a stream, or run any operation."""
        payload = {"query": query, "variables": variables}
        await self.connection.send(json.dumps({"id": id, "type": "subscribe", "payload": payload}))

    async def event(self, name: str) -> dict[str, Any]:
        """The next event of the stream with this root field."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert not message["payload"].get("errors"), message
        event: dict[str, Any] = message["payload"]["data"][name]
        return event

    async def until(self, name: str, change: str) -> list[dict[str, Any]]:
        """Events up to and with the first of this change."""
        events = [await self.event(name)]
        while events[-1]["change"] != change:
            events.append(await self.event(name))
        return events


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[int]:
    """A real server on a free port."""
    config = uvicorn.Config(app, port=0, log_config=None, log_level="critical", ws="websockets-sansio", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def api_on(urls: DatabaseUrls) -> AsyncIterator[Api]:
    """The API on a database."""
    async with world_on(urls, following=True) as world:
        callers = Callers(world.database)
        app = graphql_app(
            world.database,
            keyring=Keyring([Ed25519PrivateKey.generate()], "http://console.example"),
            activity=ActivityRecorder(world.database),
            callers=callers,
        )
        api = Api(world, 0)

        async def known(scope: Scope, receive: Receive, send: Send) -> None:
            name = dict(scope["headers"])[b"x-caller"].decode()
            scope["state"] = {"caller": api.callers[name]}
            await app(scope, receive, send)

        async with serving(known) as port:
            api.port = port
            yield api


@pytest_asyncio.fixture(loop_scope="session")
async def api(database_urls: DatabaseUrls) -> AsyncIterator[Api]:
    """The API on a fresh database."""
    async with api_on(database_urls) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_api(databases: Databases) -> AsyncIterator[Api]:
    """The API on one database for all tests of a module that leave it as it is."""
    async with databases.fresh() as urls, api_on(urls) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The whole application over a world with one tenant, for all tests of a module."""
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        site_on(world, tmp_path_factory.mktemp("site"), graphql=schema) as served,
    ):
        await world.tenant("acme")
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def console(site: Site) -> dict[str, str]:
    """The headers of a console where somebody is signed in who may read."""
    return site.console_headers(await site.operator(Role.PLATFORM_READONLY))
