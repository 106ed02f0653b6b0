"""The guard starts and stops with the product, and says at once what cannot work."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from actas_guard import Guard, GuardSettings, subdomain
from tests.guard.conftest import guarded, until
from tests.guard.console import ISSUER, SERVICE_KEY, served

if TYPE_CHECKING:
    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole

GOOD: dict[str, Any] = {
    "console_url": "https://console.example",
    "service_key": SERVICE_KEY,
    "issuer": "https://console.example",
    "tenant_of": subdomain("example.com"),
}


class Lifespan:
    """A product that has a lifespan, and a server that drives it."""

    def __init__(self, settings: GuardSettings) -> None:
        self.events: list[str] = []
        self.guard = Guard(self._app, settings)
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[Any] = asyncio.Queue()
        self.task = asyncio.create_task(self.guard({"type": "lifespan"}, self.to_app.get, self.from_app.put))

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        return self.guard._service._tasks

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "lifespan.startup":
            self.events.append(message["type"])
            await send({"type": "lifespan.startup.complete"})
        self.events.append(message["type"])
        await send({"type": "lifespan.shutdown.complete"})

    async def say(self, kind: str) -> str:
        self.to_app.put_nowait({"type": kind})
        return str((await asyncio.wait_for(self.from_app.get(), 5))["type"])


async def test_the_guard_lives_as_long_as_the_products_lifespan(console: FakeConsole) -> None:
    lifespan = Lifespan(GuardSettings(**{**GOOD, "console_url": console.url, "issuer": ISSUER}))
    assert await lifespan.say("lifespan.startup") == "lifespan.startup.complete"
    await until(lambda: lifespan.guard._service.live.ready)
    tasks = list(lifespan.tasks)
    assert await lifespan.say("lifespan.shutdown") == "lifespan.shutdown.complete"
    assert all(task.done() for task in tasks)
    assert lifespan.events == ["lifespan.startup", "lifespan.shutdown"]
    await lifespan.task


async def test_the_guard_starts_again_with_the_product(console: FakeConsole) -> None:
    """As a product's own tests do with one application."""
    guard = Guard(_quiet_lifespan, GuardSettings(**{**GOOD, "console_url": console.url, "issuer": ISSUER}))
    for _ in range(2):
        async with served(guard):
            await until(lambda: guard._service.live.ready)
    assert len(console.resumed_after) == 2


async def test_the_guard_starts_with_the_first_request_where_the_server_has_no_lifespan(console: FakeConsole) -> None:
    guard = Guard(_nothing, GuardSettings(**{**GOOD, "console_url": console.url, "issuer": ISSUER}))
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"acme.example.com")]}
    await guard(scope, _no_message, send)
    assert sent[0]["status"] == 503
    await until(lambda: guard._service.live.ready)
    await guard._service.stop()


async def test_a_product_whose_lifespan_fails_is_not_said_to_run() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await receive()  # else it has no lifespan at all, as Django has none
        raise RuntimeError("no database")

    guard = Guard(broken, GuardSettings(**GOOD))
    with pytest.raises(RuntimeError, match="no database"):
        await guard({"type": "lifespan"}, _no_message, _no_send)
    assert guard._service._tasks == []
    await guard._service.stop()


async def test_a_product_that_cannot_look_up_its_people_still_shows_an_operator_their_banner(
    console: FakeConsole,
) -> None:
    """S3-29: the banner works while the tenant's database does not; and nobody is told that nobody is inside."""

    async def person_of(_: Any) -> Any:
        raise ConnectionError

    async with guarded(console, person_of=person_of) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, operator = await site.operator()
        assert (await operator.get("/actas/state")).json()["banners"]
        answer = await site.browser().get("/actas/state")
        assert (answer.status_code, answer.json()["code"]) == (503, "PERSON_UNKNOWN")
        assert "data:" not in (await site.browser().get("/actas/stream")).text


async def test_the_service_key_is_in_no_text_about_the_settings(site: Site) -> None:
    """Threat 58."""
    assert SERVICE_KEY not in repr(site.guard._service.settings)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"console_url": "console.example"}, "console_url"),
        ({"console_url": "ftp://console.example"}, "console_url"),
        ({"console_url": "https://console.example/graphql"}, "console_url"),
        ({"console_url": "https://me:secret@console.example"}, "console_url"),
        ({"issuer": "console"}, "issuer"),
        ({"service_key": "secret"}, "service_key"),
        ({"service_key": "actas_ä"}, "service_key"),
        ({"max_staleness_seconds": 5}, "max_staleness_seconds"),
        ({"max_staleness_seconds": 3600}, "max_staleness_seconds"),
        ({"max_pending_records": 0}, "max_pending_records"),
        ({"max_streams": 0}, "max_streams"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        GuardSettings(**{**GOOD, **wrong})


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("acme.example.com", "acme"),
        ("ACME.Example.com:443", "acme"),
        ("example.com", None),
        ("a.acme.example.com", None),
        ("acme.example.com.evil", None),
        ("acmeexample.com", None),
        (".example.com", None),
        ("", None),
    ],
)
def test_a_subdomain_is_a_tenants_slug(host: str, slug: str | None) -> None:
    assert subdomain("example.com")(host) == slug


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("the product was reached")


async def _quiet_lifespan(scope: Any, receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _no_message() -> Any:
    return {"type": "http.disconnect"}


async def _no_send(message: Any) -> None:
    raise AssertionError(message)


PRODUCT = """
import sys, uvicorn
from pathlib import Path
from actas_guard import Guard, GuardSettings, subdomain
from starlette.applications import Starlette
console_url, service_key, issuer, port, spool = sys.argv[1:]
where = {"console_url": console_url, "service_key": service_key, "issuer": issuer}
settings = GuardSettings(**where, tenant_of=subdomain("localhost"), spool=Path(spool))
uvicorn.run(Guard(Starlette(), settings), port=int(port), log_level="warning")
"""


async def test_a_product_that_is_told_to_stop_is_not_kept_by_open_banners(console: FakeConsole, tmp_path: Path) -> None:
    """A server waits for open responses, with uvicorn's defaults for ever; and nothing is logged as broken."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    arguments = (console.url, SERVICE_KEY, ISSUER, str(port), str(tmp_path))
    product = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PRODUCT, *arguments, stderr=asyncio.subprocess.PIPE
    )
    assert product.stderr
    host = console.tenants["acme"][0].host
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            while not await _knows(client, host):
                await asyncio.sleep(0.05)
            async with client.stream("GET", "/actas/stream", headers={"host": host}) as banner:
                lines = banner.aiter_lines()
                assert (await anext(lines)).startswith("retry:")
                product.send_signal(signal.SIGTERM)
                assert [line async for line in lines][-1] == ""
            assert (await product.stderr.read()).decode() == ""
            assert await product.wait() == -signal.SIGTERM
    finally:
        if product.returncode is None:
            product.kill()
            await product.wait()


async def _knows(client: httpx.AsyncClient, host: str) -> bool:
    """Whether the product serves, and its guard knows the tenant."""
    try:
        return (await client.get("/actas/state", headers={"host": host})).status_code == 200
    except httpx.TransportError:
        return False
