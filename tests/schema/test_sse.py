"""Event streams over plain HTTP: what tools without a WebSocket get, and that they end with their viewer (P7)."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from actas.event_streams import MOST_STREAMS
from permissions.operators import Permission, Role
from resolvers import keys
from schema import sse
from tests.actas.serving import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.actas.serving import Site

EVENTS = {"accept": "text/event-stream"}
FOLLOW = "subscription { tenantEvents { change tenant { name } } }"


@asynccontextmanager
async def streaming(site: Site, query: str, **headers: str) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[str]]]:
    """A response as it comes, line by line."""
    async with (
        site.client() as client,
        client.stream("POST", "/graphql", json={"query": query}, headers=EVENTS | headers) as response,
    ):
        yield response, response.aiter_lines()


async def event(lines: AsyncIterator[str]) -> tuple[str, Any]:
    """The next event; comments are passed over."""
    name = ""
    async with asyncio.timeout(10):
        async for line in lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field.startswith("data"):
                return name, json.loads(value) if value else None
    raise AssertionError("the stream ended")


async def test_an_operation_is_a_next_event_and_complete(site: Site) -> None:
    headers = site.console_headers(await site.operator(Role.PLATFORM_READONLY))
    async with streaming(site, "{ __typename }", **headers) as (response, lines):
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "no-store" in response.headers["cache-control"]
        assert response.headers["x-accel-buffering"] == "no"
        assert await event(lines) == ("next", {"data": {"__typename": "Query"}})
        assert await event(lines) == ("complete", None)


@pytest.mark.parametrize("query", ["{ oops", "{ nothing }", "query ($id: ID!) { node(id: $id) { id } }"])
async def test_what_is_wrong_with_an_operation_is_an_event_too(site: Site, query: str) -> None:
    """The protocol: whoever asked for events gets events."""
    headers = site.console_headers(await site.operator(Role.PLATFORM_READONLY))
    async with streaming(site, query, **headers) as (response, lines):
        assert response.status_code == 200
        name, told = await event(lines)
        assert (name, "data" in told) == ("next", False)
        assert told["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert await event(lines) == ("complete", None)


async def test_a_change_by_event_stream_must_come_from_the_console_as_any_other(site: Site) -> None:
    """Threat 16."""
    cookie = await site.operator(Role.PLATFORM_READONLY)
    async with streaming(site, FOLLOW, cookie=site.console_headers(cookie)["cookie"]) as (response, _):
        assert response.status_code == 403


async def test_a_stranger_gets_the_same_as_ever(site: Site) -> None:
    """Threat 24."""
    async with site.client() as client:
        plain = await client.post("/graphql", json={"query": FOLLOW})
        asked = await client.post("/graphql", json={"query": FOLLOW}, headers=EVENTS)
    assert (asked.status_code, asked.content) == (plain.status_code, plain.content) == (401, plain.content)


async def test_a_stream_ends_within_2_s_of_its_viewers_sign_in_and_says_why(site: Site) -> None:
    """Threat 20; the same sign-in's other request is answered as a stranger's."""
    cookie = await site.operator(Role.PLATFORM_READONLY)
    async with streaming(site, FOLLOW, **site.console_headers(cookie)) as (_, lines):
        assert (await event(lines))[1]["data"]["tenantEvents"]["change"] == "SNAPSHOT"
        async with site.client(cookie=cookie) as browser:
            await browser.post("/sign-out", headers={"origin": site.origin})
        async with asyncio.timeout(2):
            name, told = await event(lines)
            while "errors" not in told:
                name, told = await event(lines)
            assert name == "next"
            assert told["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert await event(lines) == ("complete", None)


async def test_a_stream_ends_with_its_key(site: Site) -> None:
    """P7 for services."""
    secret = await site.key(Permission.GUARD_EVENTS)
    async with streaming(
        site, "subscription { guardEvents { change } }", authorization=f"Bearer {secret}"
    ) as (_, lines):  # fmt: skip
        await event(lines)
        key_id = await site.world.admin_sql("select id from identity.service_key order by created_at desc limit 1")
        await keys.revoke(site.world.database, site.world.admin, key_id=key_id, reason="it leaked")
        async with asyncio.timeout(2):
            while True:
                name, told = await event(lines)
                if name == "complete":
                    break
        assert told is None


async def test_a_silent_stream_is_kept_open_by_comments(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.01)
    headers = site.console_headers(await site.operator(Role.PLATFORM_READONLY))
    async with streaming(site, FOLLOW, **headers) as (_, lines), asyncio.timeout(10):
        comments = 0
        async for line in lines:
            comments += line == ":"
            if comments == 5:
                break
    assert comments == 5


async def test_a_client_that_goes_ends_its_stream_and_a_caller_has_only_so_many(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat 19."""
    monkeypatch.setattr("actas.event_streams.MOST_STREAMS", 1)
    assert MOST_STREAMS == 50
    headers = site.console_headers(await site.operator(Role.PLATFORM_READONLY))
    async with streaming(site, FOLLOW, **headers) as (_, lines):
        await event(lines)
        async with streaming(site, FOLLOW, **headers) as (response, _):
            assert response.status_code == 429
            assert (await response.aread()).count(b"RATE_LIMITED") == 1

    async def free() -> bool:
        async with streaming(site, "{ __typename }", **headers) as (response, _):
            return response.status_code == 200

    await until(free)


async def test_a_mutation_by_event_stream_is_recorded_as_any_other(site: Site) -> None:
    """S1-8: nothing is executed that is not recorded as activity."""
    email = await site.hire(Role.PLATFORM_READONLY)
    headers = site.console_headers(await site.cookie_of(email))
    async with streaming(site, "query Look { tenants { nodes { name } } }", **headers) as (_, lines):
        await event(lines)
    recorded = await site.world.admin_sql(
        "select operation from audit.activity where operator_id = $1", site.world.people[email]
    )
    assert recorded == "query Look"
