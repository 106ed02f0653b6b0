"""The whole process with the real schema: from sign-in to a token, and the end that every socket hears of."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from actas.graphql import schema
from actas.scopes import COOKIE
from permissions.operators import Permission, Role
from tests.actas.serving import Site, serving
from tests.resolvers.test_handoff import VERIFIER, challenge_of
from tests.world import REASON, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest
    from websockets.asyncio.client import ClientConnection

    from tests.databases import Databases

START = """
mutation ($tenant: ID!, $reason: String!) { startImpersonation(input: {tenantId: $tenant, reason: $reason}) {
  ... on ImpersonationStarted { enterUrl session { id uuid } } ... on Refused { code message } } }
"""
EXCHANGE = """
mutation ($code: String!, $verifier: String!) { exchangeHandoff(input: {code: $code, verifier: $verifier}) {
  ... on ImpersonationToken { accessToken expiresIn session { uuid mode expiresAt tenant { slug policy { carrier } } } }
  ... on Refused { code message } } }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        serving(world, tmp_path_factory.mktemp("site"), graphql=schema) as served,
    ):
        yield served


async def ask(site: Site, headers: dict[str, str], query: str, **variables: Any) -> Any:
    async with site.client() as client:
        answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert "errors" not in told, told
    return told["data"]


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(10):
        return json.loads(await socket.recv())


async def test_from_sign_in_to_a_token_and_back_out(site: Site) -> None:
    """P1, P7: enter, exchange, sign out; the guard hears of the end and the console's socket closes."""
    cookie = await site.operator(Role.PLATFORM_SUPPORT)
    tenant = await site.world.tenant("acme")
    by_cookie = site.console_headers(cookie)
    by_key = {"authorization": f"Bearer {await site.key(Permission.TOKEN_EXCHANGE, Permission.GUARD_EVENTS)}"}

    (found,) = (await ask(site, by_cookie, "{ tenants { nodes { id slug } } }"))["tenants"]["nodes"]
    started = (await ask(site, by_cookie, START, tenant=found["id"], reason=REASON))["startImpersonation"]
    assert started["enterUrl"] == f"http://acme.localhost:8001/actas/enter?session={started['session']['uuid']}"

    async with site.client(cookie=cookie) as client:
        entered = await client.get(
            "/enter",
            params={
                "session": started["session"]["uuid"],
                "challenge": challenge_of(VERIFIER),
                "state": "s" * 43,
                "redirect_uri": "http://acme.localhost:8001/actas/enter",
            },
        )
    (code,) = parse_qs(urlsplit(entered.headers["location"]).query)["code"]
    token = (await ask(site, by_key, EXCHANGE, code=code, verifier=VERIFIER))["exchangeHandoff"]
    assert token["session"]["uuid"] == started["session"]["uuid"]
    assert token["session"]["tenant"] == {"slug": tenant.slug, "policy": {"carrier": "COOKIE"}}

    async with site.socket() as guard, site.socket(cookie=f"{COOKIE}={cookie}", origin=site.origin) as console:
        await guard.send(json.dumps({"type": "connection_init", "payload": by_key}))
        await console.send(json.dumps({"type": "connection_init"}))
        for socket, field in ((guard, "guardEvents"), (console, "sessionEvents")):
            assert (await hear(socket))["type"] == "connection_ack"
            query = f"subscription {{ {field} {{ change position }} }}"
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
            assert await _until(socket, field, "SNAPSHOT_END")
        async with site.client(cookie=cookie) as client:
            assert (await client.post("/sign-out", headers={"origin": site.origin})).status_code == 204
        assert await _until(guard, "guardEvents", "SESSION_ENDED")
        assert await _closed(console) == 4401
    kinds = [entry.kind for entry in await site.world.entries(tenant.id)]
    assert kinds[-3:] == ["IMPERSONATION_STARTED", "IMPERSONATION_ENTERED", "IMPERSONATION_ENDED"]


async def test_a_browser_that_names_another_content_type_or_a_get_changes_nothing(site: Site) -> None:
    """Threat 16."""
    cookie = await site.operator(Role.PLATFORM_SUPPORT)
    async with site.client(cookie=cookie) as client:
        answer = await client.get("/graphql", params={"query": "mutation { __typename }"})
    assert answer.status_code >= 400


async def _until(socket: ClientConnection, field: str, change: str) -> bool:
    while True:
        message = await hear(socket)
        assert message["type"] in {"next", "ping"}, message
        if message["type"] == "next" and message["payload"]["data"][field]["change"] == change:
            return True


async def _closed(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(6):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
