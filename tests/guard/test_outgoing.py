"""The operator in the product's own calls and logs (P6; threat 59: the chain stays one deep)."""

from __future__ import annotations

import asyncio
import io
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from actas_guard import Guard, GuardSettings, OperatorFilter, PassOn, actor, impersonation, subdomain
from tests.guard.conftest import INSIDE, TOKEN, Browser, until
from tests.guard.console import ISSUER, SERVICE_KEY, FakeConsole, served
from tests.guard.test_database import ACME, request

if TYPE_CHECKING:
    from uuid import UUID

    from tests.guard.conftest import Site


def guard(console: FakeConsole, app: Any, **more: Any) -> Guard:
    return Guard(
        app,
        GuardSettings(
            console_url=console.url,
            service_key=SERVICE_KEY,
            issuer=ISSUER,
            tenant_of=subdomain("localhost"),
            banner_seen_seconds=None,
            **more,
        ),
    )


async def inner(request: Request) -> Response:
    inside = impersonation()
    return JSONResponse(
        {
            "actor": actor(),
            "session": str(inside.session_id) if inside else None,
            "told": [name for name in request.headers if name.startswith("actas-")],
        }
    )


def outer(called: str, *origins: str) -> Starlette:
    async def call(request: Request) -> Response:
        pass_on = PassOn(*origins)
        async with httpx.AsyncClient(event_hooks={"request": [pass_on]}, verify=False, follow_redirects=True) as client:
            answer = await client.request(request.method, called)
        return JSONResponse({"status": answer.status_code, **answer.json()})

    return Starlette(routes=[Route("/call", call, methods=["GET", "POST"])])


def _heard(guard: Guard, session_id: UUID) -> bool:
    return guard._service.live.session(session_id) is not None and guard._service.keys.known


async def operator(console: FakeConsole, port: int, guards: list[Guard], **session: Any) -> tuple[str, Browser]:
    acme = console.tenants["acme"][0]
    started = console.start(acme, **session)
    for each in guards:
        await until(partial(_heard, each, started.id))
    cookies = {TOKEN: console.token(started), INSIDE: f"{started.id}.TENANT"}
    return str(started.id), Browser(port, acme, **cookies)


async def test_the_next_service_knows_the_operator_and_records_in_the_same_session(console: FakeConsole) -> None:
    behind = guard(console, Starlette(routes=[Route("/in", inner, methods=["GET", "POST"])]), behind_another=True)
    async with served(behind) as inner_port:
        origin = f"http://127.0.0.1:{inner_port}"
        front = guard(console, outer(f"{origin}/in", origin))
        async with served(front) as port:
            session, browser = await operator(console, port, [front, behind])
            told = (await browser.get("/call")).json()
            assert (told["actor"], told["session"], told["told"]) == ("Jane Doe (operator)", session, ["actas-origin"])
            recorded = await until(lambda: len(console.records) >= 2 and console.records)
            assert {(one["path"], one["sessionUuid"]) for one in recorded} == {("/call", session), ("/in", session)}
            plain = (await Browser(port, browser.tenant).get("/call")).json()
            assert (plain["status"], plain["actor"]) == (200, None)


async def test_the_next_service_decides_for_itself(console: FakeConsole) -> None:
    """P7: it hears the console too; and it takes nothing from a browser."""
    behind = guard(console, Starlette(routes=[Route("/in", inner, methods=["GET", "POST"])]), behind_another=True)
    async with served(behind) as port:
        acme = console.tenants["acme"][0]
        session, _ = await operator(console, port, [behind], mode="READ_ONLY")
        whole = console.token(next(one for one in console.sessions.values() if str(one.id) == session))
        sent = {"actas_origin": acme.origin, "actas_token": whole}
        browser = Browser(port, acme)
        assert (await browser.get("/in", **sent)).json()["session"] == session
        assert (await browser.ask("POST", "/in", **sent)).json()["code"] == "READ_ONLY_SESSION"
        assert (await browser.get("/in", actas_origin=acme.origin, cookie=f"{TOKEN}={whole}")).json()["actor"] is None
        globex = console.tenant("globex", "Globex")
        await until(lambda: behind._service.live.tenant("globex"))
        refused = await browser.get("/in", **{**sent, "actas_origin": globex.origin})
        assert (refused.status_code, refused.json()["code"]) == (403, "WRONG_TENANT")
        assert (await browser.get("/in", actas_token=whole)).status_code == 404


async def test_a_service_that_stands_in_front_takes_no_token_from_a_header(site: Site) -> None:
    session, _ = await site.operator()
    told = (await site.browser().get("/inbox", actas_token=site.console.token(session))).json()
    assert told["operator"] is None


async def test_nobody_else_is_told_anything_redirects_included(console: FakeConsole) -> None:
    async def stranger(request: Request) -> Response:
        return JSONResponse({"told": [name for name in request.headers if name.startswith("actas-")]})

    async with served(Starlette(routes=[Route("/", stranger)])) as elsewhere:

        async def led_away(_: Request) -> Response:
            return RedirectResponse(f"http://127.0.0.1:{elsewhere}/")

        async with served(Starlette(routes=[Route("/in", led_away)])) as listed:
            for origins in ((f"http://127.0.0.1:{listed}",), ()):
                front = guard(console, outer(f"http://127.0.0.1:{listed}/in", *origins))
                async with served(front) as port:
                    _, browser = await operator(console, port, [front])
                    assert (await browser.get("/call")).json()["told"] == []


@pytest.mark.parametrize("origin", ["billing.internal", "https://billing.internal/api", "ftp://billing.internal"])
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        PassOn(origin)


def line(handler: logging.Handler) -> logging.LogRecord:
    record = logging.LogRecord("product", logging.INFO, __file__, 1, "case %s closed", (7,), None)
    handler.handle(record)
    return record


def test_the_products_log_lines_name_operator_and_session() -> None:
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(OperatorFilter())
    with request(ACME, "READ_WRITE"):
        inside = impersonation()
        assert inside
        record = line(handler)
        said = logging.Formatter("%(operator)s %(session)s %(message)s").format(record)
        assert said == f"Jane Doe (operator) {inside.session_id} case 7 closed"
    record = line(handler)
    assert logging.Formatter("[%(operator)s%(session)s] %(message)s").format(record) == "[] case 7 closed"


async def test_a_thread_of_the_products_knows_the_operator() -> None:
    """P6."""
    with request(ACME, "READ_WRITE"):
        assert await run_in_threadpool(actor) == "Jane Doe (operator)"
        assert await asyncio.to_thread(actor) == "Jane Doe (operator)"
    assert await run_in_threadpool(actor) is None
