"""How long a start takes, and how soon an end is known everywhere: the demo's own servers, over real sockets."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import orjson
from websockets.asyncio.client import connect

from bench.demo import demo_process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.client import ClientConnection

    from tests.running import Running

STARTS, ENDS, EXPIRIES = 100, 60, 15
START = """mutation ($tenant: ID!, $seconds: Int) {
  startImpersonation(input: {tenantId: $tenant, durationSeconds: $seconds, reason: "measuring how long it takes"}) {
    ... on ImpersonationStarted { session { uuid } enterUrl } ... on Refused { message } } }"""
END = (
    "mutation { endImpersonation(input: {}) { ... on SessionChanged { session { uuid } } ... on Refused { message } } }"
)
CONSOLE = "subscription { sessionEvents { change session { uuid } } }"
GUARD = "subscription { guardEvents { change sessionUuid } }"


@dataclass(frozen=True)
class Figure:
    """One measured thing in milliseconds, beside the most that its median may be."""

    name: str
    limit: float
    samples: list[float]

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        """What 95 of 100 samples stay below."""
        return statistics.quantiles(self.samples, n=20)[-1]


class Console:
    """A signed-in operator's browser, as far as the network sees it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(base_url=url, headers={"origin": url, "x-actas-csrf": "1"})

    async def sign_in(self) -> None:
        """As the demo's support operator."""
        answer = await self.http.post("/sign-in", json={"email": "support@actas.example", "password": "demo"})
        answer.raise_for_status()
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.http.headers["cookie"] = self.cookie

    async def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """One operation's data."""
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        body = orjson.loads(answer.content)
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data


async def measure() -> list[Figure]:
    """Every figure of a session's life."""
    async with demo_process() as demo:
        return await measured(demo)


async def measured(demo: Running) -> list[Figure]:
    """Every figure, on a demo that runs with fsync on."""
    console, key, admin_url = Console(demo.console_url), demo.service_key, demo.admin_url
    await console.sign_in()
    tenant = (await console.ask('{ tenant(slug: "acme") { id } }'))["tenant"]["id"]
    starts = []
    for _ in range(STARTS):
        began = time.perf_counter()
        answer = await console.ask(START, tenant=tenant)
        starts.append(elapsed(began))
        assert "session" in answer["startImpersonation"], answer
    origin = {"origin": console.url, "cookie": console.cookie}
    async with (
        subscribed(console.url, {}, origin, CONSOLE) as operator,
        subscribed(console.url, {"authorization": f"Bearer {key}"}, {}, GUARD) as guard,
    ):
        to_console, to_guard = [], []
        for _ in range(ENDS):
            uuid = (await console.ask(START, tenant=tenant))["startImpersonation"]["session"]["uuid"]
            began = time.perf_counter()
            heard = asyncio.gather(
                hears(operator, "sessionEvents", "ENDED", uuid, began),
                hears(guard, "guardEvents", "SESSION_ENDED", uuid, began),
            )
            await console.ask(END)
            console_ms, guard_ms = await heard
            to_console.append(console_ms)
            to_guard.append(guard_ms)
        for _ in range(EXPIRIES):
            uuid = (await console.ask(START, tenant=tenant, seconds=1))["startImpersonation"]["session"]["uuid"]
            await hears(operator, "sessionEvents", "ENDED", uuid, 0)
    late = await lateness(admin_url)
    return [
        Figure("start: decided, recorded, committed, answered", 25, starts),
        Figure("end: from the click to a subscribed console", 150, to_console),
        Figure("end: from the click to a subscribed guard", 150, to_guard),
        Figure("expiry: written after its time", 100, late),
    ]


@asynccontextmanager
async def subscribed(
    url: str, init: dict[str, str], headers: dict[str, str], query: str
) -> AsyncIterator[ClientConnection]:
    """A socket that follows a subscription and has its snapshot behind it."""
    address = url.replace("http", "ws", 1) + "/graphql"
    async with connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as ws:  # type: ignore[list-item]  # a NewType of str
        await ws.send(orjson.dumps({"type": "connection_init", "payload": init}).decode())
        await ws.recv()
        await ws.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}).decode())
        while "SNAPSHOT_END" not in str(await ws.recv()):
            pass
        yield ws


async def hears(ws: ClientConnection, field: str, change: str, uuid: str, began: float) -> float:
    """Milliseconds until the socket tells of this session's change."""
    while True:
        message = orjson.loads(await ws.recv())
        assert message["type"] in {"next", "ping"}, message
        event = message.get("payload", {}).get("data", {}).get(field, {})
        told = event.get("sessionUuid") or (event.get("session") or {}).get("uuid")
        if event.get("change") == change and told == uuid:
            return elapsed(began)


async def lateness(admin_url: str) -> list[float]:
    """How long after each session's deadline its end was written, by the database's own clock."""
    connection = await asyncpg.connect(admin_url)
    try:
        rows = await connection.fetch(
            """select extract(epoch from e.at - s.expires_at)::float8 * 1000 as ms
                 from identity.impersonation_session s join audit.entry e on e.session_id = s.id
                where s.end_cause = 'EXPIRED' and e.kind = 'IMPERSONATION_ENDED'
                order by s.expires_at desc limit $1""",
            EXPIRIES,
        )
    finally:
        await connection.close()
    return [row["ms"] for row in rows]


def elapsed(began: float) -> float:
    """Milliseconds since then."""
    return (time.perf_counter() - began) * 1000
