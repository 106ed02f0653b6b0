"""10,000 records spooled while the console is out of reach: how long until it has each once.

A real console with its database in a process of its own, a guard's real recorder and spool here. The outage is a
network that lets nothing through for OUTAGE_SECONDS, in which all the records come to be: the minute of the promise is
shortened, since nothing but the pause between two attempts depends on it, and that is the longest well before.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg
import httpx

from actas_guard.asgi import Request
from actas_guard.console import Console as Api
from actas_guard.records import Recorder
from actas_guard.redaction import Redaction
from actas_guard.spool import Spool
from bench.demo import demo_process
from bench.measured import Measured
from bench.session_life import START, Console

if TYPE_CHECKING:
    from tests.running import Running

RECORDS: Final = 10_000
OUTAGE_SECONDS: Final = 20
AT_ONCE: Final = 50


class Network(httpx.AsyncBaseTransport):
    """What lies between the guard and its console, and can be cut."""

    def __init__(self) -> None:
        self._through = httpx.AsyncHTTPTransport()
        self.cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let it through, or not."""
        if self.cut:
            raise httpx.ConnectError("the network is cut")
        return await self._through.handle_async_request(request)


async def measure() -> list[Measured]:
    """Every figure of the spool."""
    async with demo_process() as demo:
        seconds, once, twice = await measured(demo)
    return [
        Measured(f"{RECORDS} records after an outage of {OUTAGE_SECONDS} s: until all had arrived", seconds, 10, "s"),
        Measured("of them, how many arrived", once, RECORDS, "", "at least"),
        Measured("of them, how many are there twice", twice, 0, ""),
    ]


async def measured(demo: Running) -> tuple[float, int, int]:
    """Seconds until all were there, how many that were, and how many twice, on a demo that runs."""
    operator = Console(demo.console_url)
    await operator.sign_in()
    tenant = (await operator.ask('{ tenant(slug: "acme") { id } }'))["tenant"]["id"]
    started = (await operator.ask(START, tenant=tenant))["startImpersonation"]["session"]["uuid"]
    network = Network()
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder), max_bytes=2**28)
        async with httpx.AsyncClient(base_url=demo.console_url, transport=network) as http:
            recorder = Recorder(Api(http, demo.service_key), limit=RECORDS, redaction=Redaction(), spool=spool)
            spool.open()
            network.cut = True
            down_at = time.perf_counter()
            sending = asyncio.create_task(recorder.send())
            await spooled(recorder, UUID(started))
            await asyncio.sleep(max(0, OUTAGE_SECONDS - (time.perf_counter() - down_at)))
            network.cut = False
            back_at = time.perf_counter()
            while spool.waiting:
                await asyncio.sleep(0.01)
            seconds = time.perf_counter() - back_at
            sending.cancel()
            await recorder.close()
    connection = await asyncpg.connect(demo.admin_url)
    try:
        ids = await connection.fetch("select id from audit.access_log where session_id = $1", UUID(started))
    finally:
        await connection.close()
    once = len({row["id"] for row in ids})
    return seconds, once, len(ids) - once


async def spooled(recorder: Recorder, session_id: UUID) -> None:
    """Make the records, each durable before its request is answered, many at once as a server has them."""

    async def one(number: int) -> None:
        scope = {"type": "http", "method": "GET", "path": f"/cases/{number}", "headers": [(b"host", b"acme.localhost")]}
        record = recorder.begin(Request.of(scope), session_id, time.time())
        assert record
        with record:
            if settled := record.settled():
                await settled
            assert record.durable
            record.status = 200

    for first in range(0, RECORDS, AT_ONCE):
        await asyncio.gather(*(one(number) for number in range(first, first + AT_ONCE)))
