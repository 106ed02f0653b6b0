"""What is WSGI's alone: a body that the guard read first, answers in parts, streams in a worker, the server's end."""

from __future__ import annotations

import asyncio
import http.client
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.frameworks import products
from tests.frameworks.conftest import behind
from tests.guard.conftest import TOKEN, until

if TYPE_CHECKING:
    from tests.frameworks.conftest import Behind
    from tests.guard.console import FakeConsole

QUERY = '{"query": "{ cases { number } }"}'


async def test_the_product_gets_the_body_that_the_guard_read_first(console: FakeConsole) -> None:
    async with behind(console, "flask", graphql=("/echo",)) as product:
        _, operator = await product.operator("READ_ONLY")
        answer = await post(product, QUERY, operator.cookies)
        assert (answer.status_code, answer.json()["body"]) == (200, QUERY)
        large = '{"query": "{ a }", "variables": {"b": "' + "x" * 300_000 + '"}}'
        assert (await post(product, large, operator.cookies)).json()["code"] == "READ_ONLY_SESSION"
        _, writer = await product.operator("READ_WRITE")
        assert (await post(product, large, writer.cookies)).json()["body"] == large


async def test_the_product_sees_neither_token_nor_cookie_of_the_guard(console: FakeConsole) -> None:
    """Threat 58."""
    async with behind(console, "flask") as product:
        _, operator = await product.operator()
        operator.cookies["theme"] = "dark"
        answer = await operator.ask("POST", "/echo", actas_token=operator.cookies[TOKEN])
        assert (answer.json()["cookie"], answer.json()["actas-token"]) == ("theme=dark", None)


async def test_an_answer_in_parts_breaks_off_at_the_end_and_does_not_look_whole(console: FakeConsole) -> None:
    """P7, as far as WSGI allows: at the next part."""
    products.DRIP.clear()
    async with behind(console, "flask") as product:
        session, operator = await product.operator()
        sent = {"host": product.acme.host, "cookie": "; ".join(f"{k}={v}" for k, v in operator.cookies.items())}
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{product.port}", verify=False) as client,
            client.stream("GET", "/drip", headers=sent) as answer,
        ):
            parts = answer.aiter_bytes()
            assert await anext(parts) == b"first"
            console.end(session)
            await until(lambda: product.live.ended(session.id))
            products.DRIP.set()
            with pytest.raises(httpx.RemoteProtocolError):
                async for part in parts:
                    assert b"second" not in part


async def test_the_rest_of_a_body_that_comes_after_the_end_reaches_nobody(console: FakeConsole) -> None:
    """P7: the product's own thread waits for it, and gets what it would of a browser that went away."""
    async with behind(console, "flask") as product:
        session, operator = await product.operator()
        cookies = "; ".join(f"{name}={value}" for name, value in operator.cookies.items())
        reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
        head = f"POST /echo HTTP/1.1\r\nHost: {product.acme.host}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: 10\r\n\r\n12345".encode())
        await writer.drain()
        await until(lambda: product.guard._service.presence._requests)  # it was let in
        console.end(session)
        await until(lambda: product.live.ended(session.id))
        writer.write(b"67890")
        answer = (await reader.read()).decode()
        writer.close()
        assert "SESSION_ENDED" in answer
        assert "1234567890" not in products.ECHOED


async def test_a_worker_follows_the_banners_stream_until_the_page_goes(console: FakeConsole) -> None:
    async with behind(console, "flask") as product:
        session, operator = await product.operator()
        page = http.client.HTTPConnection("127.0.0.1", product.port, timeout=10)
        sent = {"Host": product.acme.host, "Cookie": "; ".join(f"{k}={v}" for k, v in operator.cookies.items())}
        await asyncio.to_thread(page.request, "GET", "/actas/stream", headers=sent)
        answer = await asyncio.to_thread(page.getresponse)
        told = await asyncio.to_thread(answer.readline)
        while not told.startswith(b"data:"):
            told = await asyncio.to_thread(answer.readline)
        assert str(session.id).encode() in told
        console.end(session)
        while b'"over": true' not in told:
            told = await asyncio.to_thread(answer.readline)
        page.close()


async def test_a_products_own_mistake_stays_its_own_and_is_recorded(console: FakeConsole) -> None:
    async with behind(console, "flask") as product:
        session, operator = await product.operator()
        assert (await operator.get("/broken")).status_code == 500
        assert (await product.recorded(session))[0]["status"] == 500


async def test_records_are_handed_over_when_the_server_tells_the_worker_to_go(console: FakeConsole) -> None:
    """P6."""
    async with behind(console, "flask") as product:
        session, operator = await product.operator()
        console.down = True
        await operator.get("/cases/7")
        console.down = False
    assert [one["path"] for one in console.records if one["sessionUuid"] == str(session.id)] == ["/cases/7"]


async def post(product: Behind, body: str, cookies: dict[str, str]) -> httpx.Response:
    sent = {"host": product.acme.host, "content-type": "application/json"}
    sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{product.port}", verify=False) as client:
        return await client.post("/echo", content=body, headers=sent)
