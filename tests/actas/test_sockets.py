"""Who may open a WebSocket, and that it closes with the sign-in or key behind it (P7; threats 17, 19, 20, 21)."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from actas.scopes import COOKIE
from permissions.operators import Permission, Role
from permissions.refusals import Unavailable
from resolvers import keys, operators, roles

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from permissions.caller import Caller
    from tests.actas.serving import Site

INIT = {"type": "connection_init"}


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(5):
        return json.loads(await socket.recv())


async def closing_code(socket: ClientConnection, *, seconds: float = 6) -> int | None:
    """The code that the server closes with; whatever it says before is heard out."""
    async with asyncio.timeout(seconds):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


def with_cookie(site: Site, cookie: str) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={cookie}", "origin": site.origin}


async def test_the_console_opens_a_socket_with_its_cookie(site: Site) -> None:
    cookie = await site.operator(Role.PLATFORM_READONLY)
    async with site.socket(**with_cookie(site, cookie)) as socket:
        await socket.send(json.dumps(INIT))
        assert "TENANT_READ" in (await hear(socket))["permissions"]


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://localhost"])
async def test_a_cookie_from_elsewhere_opens_no_socket(site: Site, origin: str | None) -> None:
    """Threat 17: also without an Origin, which no browser leaves out."""
    cookie = await site.operator(Role.PLATFORM_READONLY)
    headers = {"cookie": f"{COOKIE}={cookie}"} | ({"origin": origin} if origin else {})
    with pytest.raises(InvalidStatus) as refused:
        async with site.socket(**headers):
            pass
    assert refused.value.response.status_code == 401


async def test_a_key_in_the_first_message_opens_a_socket(site: Site) -> None:
    key = await site.key(Permission.GUARD_EVENTS)
    async with site.socket() as socket:
        await socket.send(json.dumps({**INIT, "payload": {"authorization": f"Bearer {key}"}}))
        assert (await hear(socket))["permissions"] == ["GUARD_EVENTS"]
        await socket.send("ping")
        assert await socket.recv() == "pong"


@pytest.mark.parametrize(
    "first",
    [
        INIT,
        {**INIT, "payload": {"authorization": "Bearer actas_" + "x" * 43}},
        {**INIT, "payload": {"authorization": ["Bearer"]}},
        {**INIT, "payload": "Bearer"},
        {"type": "subscribe", "payload": {"query": "{__typename}"}},
        [],
        "connection_init",
    ],
)
async def test_a_stranger_is_accepted_without_a_word_and_closed_with_4401(site: Site, first: Any) -> None:
    async with site.socket() as socket:
        await socket.send(json.dumps(first))
        assert await closing_code(socket) == 4401
        assert socket.close_reason == ""


async def test_a_stranger_who_says_nothing_is_closed_too(site: Site) -> None:
    """Threat 19."""
    async with site.socket() as socket:
        assert await closing_code(socket) == 4401


async def test_somebody_without_a_role_is_a_stranger_here(site: Site) -> None:
    cookie = await site.operator(None)
    async with site.socket(**with_cookie(site, cookie)) as socket:
        await socket.send(json.dumps(INIT))
        assert await closing_code(socket) == 4401


async def test_a_socket_elsewhere_is_a_strangers_404(site: Site) -> None:
    async with site.client() as client:
        upgrade = {
            "connection": "Upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        answer = await client.get("/live", headers=upgrade)
    assert (answer.status_code, answer.content) == (404, b"Not Found\n")


async def test_signing_out_closes_the_sockets_of_that_browser_only(site: Site) -> None:
    """P7."""
    email = await site.hire(Role.PLATFORM_READONLY)
    cookie, other = await site.cookie_of(email), await site.cookie_of(email)
    async with (
        site.socket(**with_cookie(site, cookie)) as socket,
        site.socket(**with_cookie(site, other)) as untouched,
        site.client(cookie=cookie) as client,
    ):
        await client.post("/sign-out", headers={"origin": site.origin})
        assert await closing_code(socket) == 4401
        await untouched.send(json.dumps(INIT))
        assert await hear(untouched)


async def test_revoking_a_key_closes_its_sockets(site: Site) -> None:
    key = await site.key(Permission.GUARD_EVENTS)
    async with site.socket() as socket:
        await socket.send(json.dumps({**INIT, "payload": {"authorization": f"Bearer {key}"}}))
        key_id = (await hear(socket))["who"]
        await keys.revoke(site.world.database, site.world.admin, key_id=key_id, reason="it leaked")
        assert await closing_code(socket) == 4401


async def test_disabling_an_operator_closes_their_sockets(site: Site) -> None:
    """Threat 21."""
    email = await site.hire(Role.PLATFORM_READONLY)
    async with site.socket(**with_cookie(site, await site.cookie_of(email))) as socket:
        await operators.disable(
            site.world.database, site.world.admin, operator_id=site.world.people[email], reason="left the company"
        )
        assert await closing_code(socket) == 4401


async def test_the_end_of_a_sign_in_by_time_closes_its_sockets(own_site: Site) -> None:
    """Threat 20."""
    cookie = await own_site.operator(Role.PLATFORM_READONLY)
    async with own_site.socket(**with_cookie(own_site, cookie)) as socket:
        await own_site.world.advance(timedelta(hours=12))
        assert await closing_code(socket) == 4401


async def test_the_end_of_ones_last_role_closes_ones_sockets(own_site: Site) -> None:
    """Threat 21."""
    email = await own_site.hire(None)
    await roles.grant_role(
        own_site.world.database, own_site.world.admin, operator_id=own_site.world.people[email],
        role=Role.PLATFORM_READONLY, reason="for an hour", expires_in_seconds=3600,
    )  # fmt: skip
    async with own_site.socket(**with_cookie(own_site, await own_site.cookie_of(email))) as socket:
        await own_site.world.advance(timedelta(hours=1))
        assert await closing_code(socket) == 4401


async def test_a_message_beyond_the_cap_closes_the_socket(site: Site) -> None:
    """Threat 27: 64 KiB."""
    cookie = await site.operator(Role.PLATFORM_READONLY)
    async with site.socket(**with_cookie(site, cookie)) as socket:
        await socket.send("x" * 70_000)
        assert await closing_code(socket) == 1009


async def test_a_database_that_is_away_for_long_closes_sockets_and_for_a_moment_does_not(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P7: what cannot hear of an end fails closed; a restart of the database is no end."""
    away = asyncio.Event()
    still_valid = own_site.services.callers.still_valid

    async def unknown(caller: Caller) -> Caller | None:
        if away.is_set():
            asked.set()
            raise Unavailable("away")
        return await still_valid(caller)

    asked = asyncio.Event()
    monkeypatch.setattr(own_site.services.callers, "still_valid", unknown)
    cookie = await own_site.operator(Role.PLATFORM_READONLY)
    async with own_site.socket(**with_cookie(own_site, cookie)) as socket:
        away.set()
        async with asyncio.timeout(5):
            await asked.wait()
        await socket.send(json.dumps(INIT))
        assert await hear(socket)
        monkeypatch.setattr("actas.lasting.STALE_SECONDS", 0.0)
        assert await closing_code(socket) == 1013
