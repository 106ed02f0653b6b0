"""The one subscription of this process to `guardEvents`, resumed for as long as the process lives."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Callable
from typing import Any, Final, NoReturn

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from actas_guard.events import SUBSCRIPTION, Event, InvalidEvent
from actas_guard.live import LiveSet
from actas_guard.settings import HEARTBEAT_SECONDS, GuardSettings

log = logging.getLogger("actas_guard")

_PROTOCOL: Final = Subprotocol("graphql-transport-ws")
_SILENCE_SECONDS: Final = 3 * HEARTBEAT_SECONDS
_OPEN_SECONDS: Final = 5
_CLOSE_SECONDS: Final = 1  # who does not answer any more does not answer a farewell either
_LONGEST_PAUSE_SECONDS: Final = 5  # well within the staleness that the guard bears


class FeedRefused(Exception):
    """The console does not serve the subscription."""


class FeedUnavailable(Exception):
    """The console cannot serve the subscription at the moment; what was told stays as true as it was."""


class _Connect(connect):
    """Opens the stream at the console's own address or not at all: whoever is there next is told the service key."""

    def process_redirect(self, exc: Exception) -> Exception:
        """Take a redirect for the failure that it is."""
        return exc


class Feed:
    """Keeps a live set up to date."""

    def __init__(self, settings: GuardSettings, live: LiveSet, *, on_keys_rotated: Callable[[], None]) -> None:
        self._url = f"ws{settings.console_url.removeprefix('http')}/graphql"
        self._key = settings.service_key
        self._live = live
        self._on_keys_rotated = on_keys_rotated
        self._position: str | None = None
        self._failures = 0
        self.connected = False
        self.reconnects = 0

    async def follow(self) -> NoReturn:
        """Read the stream, and begin again wherever it breaks off; runs until it is cancelled."""
        while True:
            try:
                await self._listen()
            except (OSError, WebSocketException, TimeoutError, FeedUnavailable) as error:
                log.warning("actas: the connection to the console broke off (%s); trying again", _why(error))
            except (InvalidEvent, FeedRefused) as error:
                # What was believed so far may be wrong: fail closed, and read the whole anew.
                self._begin_anew()
                log.error("actas: %s; impersonation stays refused until it works", error)  # noqa: TRY400 - no trace needed
            finally:
                self.connected = False
                self._live.interrupted()
            self.reconnects += 1
            self._failures += 1
            # Jitter: a restarted console is not met by all its guards at once (threat 50).
            longest = min(_LONGEST_PAUSE_SECONDS, 0.1 * 2 ** min(self._failures, 10))
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - no secret

    async def _listen(self) -> None:
        # No proxy of the environment: it would be shown the service key (as in console.client).
        async with _Connect(
            self._url,
            subprotocols=[_PROTOCOL],
            proxy=None,
            compression=None,
            open_timeout=_OPEN_SECONDS,
            close_timeout=_CLOSE_SECONDS,
        ) as socket:
            await _send(socket, {"type": "connection_init", "payload": {"authorization": f"Bearer {self._key}"}})
            if (await self._receive(socket)).get("type") != "connection_ack":
                raise FeedRefused("the console did not acknowledge the connection")
            self.connected = True
            payload = {"query": SUBSCRIPTION, "variables": {"after": self._position}}
            await _send(socket, {"id": "guard", "type": "subscribe", "payload": payload})
            while True:
                message = await self._receive(socket)
                match message.get("type"):
                    case "next":
                        self._take(message)
                    case "ping":
                        await _send(socket, {"type": "pong"})
                    case "error" if _unavailable(message.get("payload")):
                        raise FeedUnavailable
                    case "error" | "complete" as kind:
                        raise FeedRefused(f"the console ended guardEvents ({kind}): has the key GUARD_EVENTS?")

    def _take(self, message: dict[str, Any]) -> None:
        payload = message.get("payload")
        if isinstance(payload, dict) and _unavailable(payload.get("errors")):
            raise FeedUnavailable
        try:
            data = message["payload"]["data"]["guardEvents"]
        except (KeyError, TypeError) as error:
            raise FeedRefused("guardEvents answered with an error: has the key GUARD_EVENTS?") from error
        event = Event.read(data)
        self._live.apply(event)
        match event.change:
            case "GAP" | "SNAPSHOT":
                self._position = None  # half a snapshot is no place to go on from
            case "SNAPSHOT_END":
                self._failures = 0
                self._position = event.position
            case "KEYS_ROTATED":
                self._position = self._position and event.position
                self._on_keys_rotated()
            case _:
                # No position before the first whole snapshot.
                self._position = self._position and event.position
        if event.change == "HEARTBEAT":
            self._failures = 0
            if self._live.stale and self._position:
                # It beats, but of an old read: another connection may reach a process whose feed works.
                raise FeedRefused("the console's own feed is behind, or its clock went back")

    async def _receive(self, socket: ClientConnection) -> dict[str, Any]:
        # A connection can stall without closing; three missed heartbeats are as good as a close.
        try:
            message = json.loads(await asyncio.wait_for(socket.recv(), _SILENCE_SECONDS))
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code in {4401, 4403}:
                raise FeedRefused("the console refused the service key: is it revoked, has it GUARD_EVENTS?") from None
            raise
        except (ValueError, RecursionError) as error:
            raise InvalidEvent("the console sent something that is no JSON") from error
        if not isinstance(message, dict):
            raise InvalidEvent("the console sent something that is no message of graphql-transport-ws")
        return message

    def _begin_anew(self) -> None:
        self._position = None
        self._live.distrust()


def _unavailable(errors: object) -> bool:
    """Whether all that is wrong is that the console cannot reach its database now: no reason to doubt what it told."""
    return bool(errors) and isinstance(errors, list) and all(_code(error) == "UNAVAILABLE" for error in errors)


def _code(error: object) -> object:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return extensions.get("code") if isinstance(extensions, dict) else None


async def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, ConnectionClosed) else type(error).__name__
