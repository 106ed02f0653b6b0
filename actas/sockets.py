"""WebSockets on /graphql: who may open one, and that it closes when the sign-in or key behind it is over (P7).

The protocol itself (graphql-transport-ws) is spoken by the schema's application behind this.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import orjson

from actas.answers import AWAY, UNAUTHORIZED
from actas.lasting import Over, serve_while_valid
from actas.scopes import bearer, headers, key_in, token
from permissions.refusals import Unavailable

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from actas.services import Services
    from permissions.caller import Caller

PROTOCOL: Final = "graphql-transport-ws"
UNAUTHORIZED_CODE: Final = 4401
TRY_AGAIN_LATER: Final = 1013
INIT_SECONDS: Final = 3.0
MOST_STRANGERS: Final = 500
CODES: Final = {Over.NO_CALLER: UNAUTHORIZED_CODE, Over.UNKNOWN: TRY_AGAIN_LATER}


class Sockets:
    """Authenticates a socket, by its cookie or by the key in its first message, and watches over it."""

    def __init__(self, graphql: ASGIApp, services: Services) -> None:
        self._graphql = graphql
        self._services = services
        self._strangers = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket."""
        settings, origin = self._services.settings, scope["state"]["origin"]
        cookie, key = token(scope), bearer(scope)
        if cookie is not None and headers(scope, "origin") != [settings.console_url]:
            # Another site's page, or a client without an Origin that has got hold of a cookie (threat 17).
            await self._turn_away(scope)(scope, receive, send)
            return
        try:
            if key is not None:
                caller = await self._services.callers.by_key(key, origin)
            else:
                caller = await self._services.callers.by_sign_in(cookie or "", origin)
        except Unavailable:
            await AWAY(scope, receive, send)
            return
        if caller and caller.permissions:
            await self._serve(caller, scope, receive, send)
        else:
            await self._hear_out(scope, receive, send)

    async def _hear_out(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept without a word, and close again unless the first message brings a good key in time."""
        await receive()
        protocol = PROTOCOL if PROTOCOL in scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": protocol})
        if self._strangers >= MOST_STRANGERS:
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        self._strangers += 1
        try:
            first = await _first(receive)
            # Not within the message's time: a database that is slow now makes nobody a stranger.
            caller = await self._services.callers.by_key(_key(first), scope["state"]["origin"])
        except Unavailable:
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        finally:
            self._strangers -= 1
        if first["type"] == "websocket.disconnect":
            return
        if caller is None or protocol is None:
            self._turn_away(scope)
            await send({"type": "websocket.close", "code": UNAUTHORIZED_CODE})
            return
        await self._serve(caller, scope, *_from_the_start(first, receive, send))

    async def _serve(self, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["caller"] = caller

        async def part(over: Over) -> None:
            await send({"type": "websocket.close", "code": CODES[over]})

        await serve_while_valid(self._graphql, self._services.callers, scope, receive, send, part)

    def _turn_away(self, scope: Scope) -> ASGIApp:
        self._services.attempts.stranger(scope["state"]["origin"].ip)
        return UNAUTHORIZED


async def _first(receive: Receive) -> Message:
    """The first message, or as good as an empty one where there is none in time."""
    try:
        async with asyncio.timeout(INIT_SECONDS):
            return await receive()
    except TimeoutError:
        return {"type": "websocket.receive"}


def _key(first: Message) -> str:
    """The key in a connection_init message; empty where there is none."""
    try:
        message = orjson.loads(first.get("text") or b"")
    except orjson.JSONDecodeError:
        return ""
    payload = message.get("payload") if isinstance(message, dict) and message.get("type") == "connection_init" else None
    return key_in(payload.get("authorization")) if isinstance(payload, dict) else ""


def _from_the_start(first: Message, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """The socket as a newcomer finds it: not yet accepted, its first message still to come."""
    heard = iter(({"type": "websocket.connect"}, first))
    accepted = False

    async def receiving() -> Message:
        return next(heard, None) or await receive()

    async def sending(message: Message) -> None:
        nonlocal accepted
        if message["type"] == "websocket.accept" and not accepted:
            accepted = True
        else:
            await send(message)

    return receiving, sending
