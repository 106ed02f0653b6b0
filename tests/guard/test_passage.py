"""Ended means ended, also for what was under way (P7): answers, streams and sockets."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.guard.conftest import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.guard.conftest import Browser, Site


@asynccontextmanager
async def chat(site: Site, browser: Browser, **headers: str) -> AsyncIterator[ClientConnection]:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    address = f"ws://{site.acme.host}/chat"
    sent = {"cookie": cookies, **headers} if cookies else headers
    async with connect(address, host="127.0.0.1", port=site.port, additional_headers=sent, proxy=None) as socket:
        yield socket


async def test_an_answer_under_way_is_not_given_after_the_end(site: Site) -> None:
    """The product had begun; what it found out goes nowhere, and the record says what it did."""
    session, browser = await site.operator()
    waiting = asyncio.create_task(browser.get("/slow"))
    await until(lambda: site.product.seen)
    await site.end(session, "REVOKED")
    site.product.go_on.set()
    answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    await until(lambda: site.console.records)
    assert site.console.records[0]["status"] == 200


async def test_a_persons_answer_under_way_is_not_given_after_a_suspension(site: Site) -> None:
    """S1-33: it takes effect immediately, for those who are signed in as well."""
    waiting = asyncio.create_task(site.browser().get("/slow"))
    await until(lambda: site.product.seen)
    await site.status("SUSPENDED")
    site.product.go_on.set()
    assert (await waiting).status_code == 503


async def test_a_stream_of_the_product_breaks_off_at_the_end(site: Site) -> None:
    session, browser = await site.operator()
    headers = {"host": site.acme.host, "cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", verify=False) as client,
        client.stream("GET", "/drip", headers=headers) as answer,
    ):
        chunks = answer.aiter_bytes()
        assert await anext(chunks) == b"first"
        await site.end(session)
        site.product.go_on.set()
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(chunks)


async def test_a_socket_of_an_operator_is_closed_at_the_end_on_both_sides(site: Site) -> None:
    session, browser = await site.operator()
    async with chat(site, browser) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
        site.console.end(session)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 5)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4401
    await until(lambda: {"closed": 4401} in site.product.seen)
    assert {"path": "/chat", "operator": "Jane Doe (operator)"} in site.product.seen
    await until(lambda: site.console.records)
    record = site.console.records[0]
    assert (record["path"], record["status"], record["wrote"]) == ("/chat", 101, True)


async def test_a_socket_of_an_operator_is_closed_when_the_view_goes_stale(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actas_guard.passage._LOOK_SECONDS", 0.02)
    _, browser = await site.operator()
    async with chat(site, browser) as socket:
        site.pass_time(31)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)


async def test_a_socket_of_a_person_is_closed_by_a_suspension(site: Site) -> None:
    """S1-33."""
    async with chat(site, site.browser()) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
        await site.status("SUSPENDED")
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)


@pytest.mark.parametrize("narrowed", ["mode", "status"])
async def test_a_socket_of_an_operator_is_closed_when_they_may_only_read(site: Site, narrowed: str) -> None:
    """C-16: what a read-only session may not open does not stay open in one."""
    session, browser = await site.operator()
    async with chat(site, browser) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
        if narrowed == "mode":
            site.console.tell("SESSION_MODE", sessionUuid=str(session.id), mode="READ_ONLY")
        else:
            await site.status("READ_ONLY")
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)


async def test_a_socket_of_a_person_is_closed_when_the_tenant_may_only_be_read(site: Site) -> None:
    async with chat(site, site.browser()) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
        await site.status("OFFBOARDING")
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)


@pytest.mark.parametrize(
    ("happens", "status", "code"), [("downgrade", 403, "READ_ONLY_SESSION"), ("end", 401, "SESSION_ENDED")]
)
async def test_a_change_that_waits_for_the_banner_is_judged_by_what_holds_then(
    site: Site, happens: str, status: int, code: str
) -> None:
    """P7, C-16: the product never hears of it, and the record says what became of it."""
    session, browser = await site.operator()
    sightings = site.guard._service.sightings
    sightings._until.clear()
    change = asyncio.create_task(browser.ask("POST", "/cases"))
    await until(lambda: session.id in sightings._waiting)
    if happens == "end":
        await site.end(session)
    else:
        site.console.tell("SESSION_MODE", sessionUuid=str(session.id), mode="READ_ONLY")
        await until(lambda: site.live.session(session.id).mode == "READ_ONLY")
    sightings.seen(session.id)
    answer = await change
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert site.product.seen == []
    record = (await until(lambda: site.console.records))[0]
    assert (record["status"], record["wrote"]) == (status, False)


async def test_a_read_only_session_opens_no_socket(site: Site) -> None:
    """Nobody can tell from outside what a socket will carry."""
    _, browser = await site.operator(mode="READ_ONLY")
    with pytest.raises(InvalidStatus) as refused:
        async with chat(site, browser):
            pass
    assert refused.value.response.status_code == 403
    assert site.product.seen == []


async def test_a_socket_in_a_session_that_is_over_is_not_opened(site: Site) -> None:
    session, browser = await site.operator()
    await site.end(session)
    with pytest.raises(InvalidStatus) as refused:
        async with chat(site, browser):
            pass
    assert refused.value.response.status_code == 403


async def test_a_page_of_another_tenant_changes_nothing_through_an_operators_browser(site: Site) -> None:
    """Threats 16, 17: all tenants' hosts are one site, so the cookies come along; the attempt is recorded."""
    _, browser = await site.operator()
    sibling = "http://globex.localhost:8001"
    answer = await browser.ask("POST", "/cases", origin=sibling, sec_fetch_site="same-site")
    assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_SITE")
    with pytest.raises(InvalidStatus):
        async with chat(site, browser, origin=sibling):
            pass
    assert site.product.seen == []
    told = await until(lambda: site.console.records if len(site.console.records) == 2 else None)
    assert [(record["path"], record["status"], record["wrote"]) for record in told] == [
        ("/cases", 403, False),
        ("/chat", 403, False),
    ]
    async with chat(site, browser, origin=site.acme.origin) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
    assert (await browser.get("/cases", sec_fetch_site="cross-site")).status_code == 200, "a link may be followed"
