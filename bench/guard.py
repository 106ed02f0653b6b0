"""What the guard costs, and how soon an end is an end everywhere."""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from actas_guard import Guard
from actas_guard.context import Current, current
from bench.banner import greys
from bench.demo import demo_process
from bench.measured import Measured
from bench.reach import reach
from bench.stand import Stand, hello, page, status
from examples.workspace.app import product
from examples.workspace.console import Console as WorkspaceConsole
from examples.workspace.database import prepare
from examples.workspace.people import People
from examples.workspace.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from actas_guard.asgi import ASGIApp, Receive, Scope, Send
    from actas_guard.spool import Spool
    from tests.running import Running

AT_ONCE, REQUESTS, ROUNDS = 50, 500, 40
PAGES, PAGE_ROUNDS, READERS = 60, 15, 8
ACME = UUID("0190b0a0-0000-7000-8000-00000000000a")


async def measure() -> list[Measured]:
    """Every figure of the guard: what needs no server first."""
    found = await cost()
    async with demo_process() as demo:
        found += await reach(demo)
        found += await greys(demo)
        found += await throughput(demo)
    return found


async def cost() -> list[Measured]:
    """CPU time of all threads, each variant in turn, medians of the rounds' differences to the bare application."""
    gc.collect()
    gc.freeze()  # what this measurement itself loaded is no product's
    with tempfile.TemporaryDirectory() as folder:
        memory = Stand.around(hello, tenant_id=ACME)
        disk = Stand.around(hello, tenant_id=ACME, spool=Path(folder))
        spool = disk.guard._service.spool
        assert spool
        variants: dict[str, Callable[[], Any]] = {
            "bare": lambda: status(hello, page("/inbox")),
            "stranger": lambda: status(memory.guard, page("/inbox")),
            "memory": lambda: status(memory.guard, page("/inbox", memory.cookie)),
            "disk": lambda: status(disk.guard, page("/inbox", disk.cookie)),
        }
        spent: dict[str, list[float]] = {name: [] for name in variants}
        for _ in range(ROUNDS):
            for name, ask in variants.items():
                spent[name].append(await _cpu(ask, spool if name == "disk" else None))
            memory.guard._service.records._waiting.clear()
        await spool.close()

    def added(name: str) -> float:
        return statistics.median(one - bare for one, bare in zip(spent[name], spent["bare"], strict=True))

    return [
        Measured("added to a request without a session", added("stranger"), 10, "µs CPU"),
        Measured("added to an operator's request, recorded in memory", added("memory"), 40, "µs CPU"),
        Measured("added to an operator's request, recorded on disk", added("disk"), 40, "µs CPU"),
    ]


async def _cpu(ask: Callable[[], Any], spool: Spool | None) -> float:
    began = time.process_time()
    for _ in range(REQUESTS // AT_ONCE):
        assert set(await asyncio.gather(*(ask() for _ in range(AT_ONCE)))) == {200}
    if spool:
        await spool.batch(1)  # by when all is written that was made
    return (time.process_time() - began) / REQUESTS * 1e6


async def throughput(demo: Running) -> list[Measured]:
    """The inbox of the example with and without its guard, in this process: no HTTP server evens the two out."""
    async with AsyncExitStack() as stack:
        admin = await asyncpg.connect(demo.admin_url)
        stack.push_async_callback(admin.close)
        tenant_id = await admin.fetchval("select id from identity.tenant where slug = 'acme'")
        database_url = await prepare(demo.admin_url)  # from here on the demo's own product opens no new connection
        store = Store(database_url, pool_size=READERS)
        stack.push_async_callback(store.close)
        app = product(store, People(store), WorkspaceConsole(demo.console_url, demo.service_key))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stand = Stand.around(app, tenant_id=tenant_id, spool=Path(folder))
        inside = await _impersonation(stand)
        variants: dict[str, Callable[[], Any]] = {
            "bare": lambda: status(_inside(app, inside), page("/")),
            "guarded": lambda: status(stand.guard, page("/", stand.cookie)),
        }
        ratios = []
        for _ in range(PAGE_ROUNDS):
            rates = {name: await _rate(ask) for name, ask in variants.items()}
            ratios.append(rates["guarded"] / rates["bare"])
        assert stand.guard._service.spool
        await stand.guard._service.spool.close()
    return [
        Measured(
            "the example's inbox, guarded, of its throughput unguarded",
            statistics.median(ratios),
            0.85,
            "x",
            "at least",
        )
    ]


async def _rate(ask: Callable[[], Any]) -> float:
    """Pages a second, READERS at once."""
    left = iter(range(PAGES))

    async def read() -> None:
        for _ in left:
            assert await ask() == 200

    began = time.perf_counter()
    await asyncio.gather(*(read() for _ in range(READERS)))
    return PAGES / (time.perf_counter() - began)


async def _impersonation(stand: Stand) -> Current:
    """What the product is told of the operator behind the stand's cookie."""
    told: list[Current] = []

    async def listen(_: Scope, __: Receive, send: Send) -> None:
        here = current.get()
        assert here
        told.append(here)
        await hello(_, __, send)

    guard = Guard(listen, stand.guard._service.settings)
    guard._service = stand.guard._service
    assert await status(guard, page("/", stand.cookie)) == 200
    return told[0]


def _inside(app: ASGIApp, here: Current) -> ASGIApp:
    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        token = current.set(here)
        try:
            await app(scope, receive, send)
        finally:
            current.reset(token)

    return known
