"""What let a request in is asked again at each step that it still takes (P6, P7)."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from actas_guard import changes_something, impersonation, personal, platform_managed
from actas_guard.context import NoLongerAllowed
from actas_guard.database import scope_of_request
from tests.guard.conftest import guarded, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeConsole


class Product:
    """Takes an upload; or stops on its way until a test lets it go on, and then does one more thing."""

    def __init__(self, then: Callable[[], Any] = lambda: None) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.uploads: list[bytes] = []
        self.came_to: list[Any] = []
        self._then = then
        self.app = Starlette(
            routes=[
                Route("/upload", self._upload, methods=["POST"]),
                Route("/act", self._act, methods=["GET", "POST"]),
                Route("/graphql", self._graphql),
            ]
        )

    async def _upload(self, request: Request) -> Response:
        self.begun.set()
        self.uploads.append(await request.body())
        return PlainTextResponse("kept")

    async def _act(self, _: Request) -> Response:
        self.begun.set()
        await self.go_on.wait()
        try:
            self.came_to.append(self._then())
        except NoLongerAllowed:
            self.came_to.append(NoLongerAllowed)
            raise
        return PlainTextResponse("done")

    async def _graphql(self, _: Request) -> Response:
        return PlainTextResponse("{}")


@asynccontextmanager
async def behind_a_guard(console: FakeConsole, product: Product, **settings: Any) -> AsyncIterator[Site]:
    async with guarded(console, **settings) as site:
        site.guard._app = product.app
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        yield site


async def half_of_an_upload(site: Site, browser: Browser) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = f"POST /upload HTTP/1.1\r\nHost: {site.acme.host}\r\nCookie: {cookies}\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: 10\r\n\r\n12345".encode())
    await writer.drain()
    return reader, writer


@pytest.mark.parametrize("what", ["end", "suspension"])
async def test_the_rest_of_a_body_that_comes_after_the_end_reaches_nobody(console: FakeConsole, what: str) -> None:
    """P7: ended means ended for what is still being sent, however slowly."""
    product = Product()
    async with behind_a_guard(console, product) as site:
        session, browser = await site.operator()
        reader, writer = await half_of_an_upload(site, browser)
        await product.begun.wait()
        await (site.end(session, "REVOKED") if what == "end" else site.status("SUSPENDED"))
        writer.write(b"67890")
        answer = (await reader.read()).decode()
        writer.close()
        assert product.uploads == []
        code = "SESSION_ENDED" if what == "end" else "TENANT_SUSPENDED"
        assert code in answer
        assert "may have been carried out" in answer
        assert "Nothing was changed" not in answer
        await until(lambda: console.records)
        assert (console.records[0]["path"], console.records[0]["wrote"]) == ("/upload", True)


async def test_no_transaction_begins_after_the_end(console: FakeConsole) -> None:
    """P7: a request that took its time writes nothing into the tenant's database any more."""
    product = Product(scope_of_request)
    async with behind_a_guard(console, product) as site:
        session, browser = await site.operator()
        asked = asyncio.create_task(browser.ask("POST", "/act"))
        await product.begun.wait()
        await site.end(session)
        product.go_on.set()
        assert (await asked).json()["code"] == "SESSION_ENDED"
        assert product.came_to == [NoLongerAllowed]


@pytest.mark.parametrize("ask", ["mode", "database", "mark"])
async def test_a_request_under_way_has_the_mode_of_now(console: FakeConsole, ask: str) -> None:
    """C-16: what became read only meanwhile is read only for what is left of the request, too."""

    @changes_something
    def change() -> str:
        return "changed"

    def mode() -> str | None:
        inside = impersonation()
        return inside.mode if inside else None

    then = {"mode": mode, "database": lambda: scope_of_request().read_only, "mark": change}[ask]
    product = Product(then)
    async with behind_a_guard(console, product) as site:
        session, browser = await site.operator()
        asked = asyncio.create_task(browser.get("/act"))
        await product.begun.wait()
        site.console.tell("SESSION_MODE", sessionUuid=str(session.id), mode="READ_ONLY")
        await until(lambda: site.live.session(session.id).mode == "READ_ONLY")
        product.go_on.set()
        answer = await asked
        if ask == "mark":
            assert (answer.json()["code"], product.came_to) == ("READ_ONLY_SESSION", [])
        else:
            assert product.came_to == ["READ_ONLY" if ask == "mode" else True]


async def test_a_refusal_is_told_once_its_record_is_kept(
    console: FakeConsole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P6: whoever tried what they may not is on the record before they are told so."""
    marks = (personal("/terms"),)
    async with behind_a_guard(console, Product(), marks=marks, spool=tmp_path) as site:
        _, browser = await site.operator()
        held, spool = threading.Event(), site.guard._service.spool
        assert spool
        run = spool._file.run
        monkeypatch.setattr(spool._file, "run", lambda group: (held.wait(10), run(group))[1])
        asked = asyncio.create_task(browser.get("/terms"))
        await until(lambda: spool._young)
        for _ in range(20):  # turns of the loop, in any of which the answer could leave
            await asyncio.sleep(0)
        assert not asked.done()
        held.set()
        assert (await asked).json()["code"] == "PERSONAL_ACT"


async def test_what_is_refused_while_the_view_is_stale_is_on_the_record(console: FakeConsole) -> None:
    """P6: every request in a session, also one that nobody could vouch for when it came."""
    async with behind_a_guard(console, Product()) as site:
        _, browser = await site.operator()
        site.pass_time(31)
        assert (await browser.ask("DELETE", "/act")).json()["code"] == "GUARD_STALE"
        await until(lambda: console.records)
        told = console.records[0]
        assert (told["method"], told["path"], told["status"], told["wrote"]) == ("DELETE", "/act", 503, False)


async def test_a_mark_on_a_graphql_path_leaves_the_operation_to_decide(console: FakeConsole) -> None:
    """C-16: the platform's surfaces are marked, and a mutation there is one all the same."""
    marks = (platform_managed("billing", "/graphql"),)
    async with behind_a_guard(console, Product(), marks=marks, graphql=("/graphql",)) as site:
        _, browser = await site.operator(mode="READ_ONLY")
        assert (await browser.get("/graphql?query={a}")).status_code == 200
        assert (await browser.get("/graphql?query=mutation{a}")).json()["code"] == "READ_ONLY_SESSION"
