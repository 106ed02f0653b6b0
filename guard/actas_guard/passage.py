"""A request's way through the product and back, cut off as soon as what let it in no longer holds (P7)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final

from actas_guard.asgi import ASGIApp, Message, Receive, Scope, Send
from actas_guard.context import Notes
from actas_guard.marks import RefusedHere

# How soon an open socket notices what no event tells: that the guard's view went stale, or a deadline passed.
_LOOK_SECONDS: Final = 1


class CutOff(Exception):
    """Raised into the product where it would answer somebody who may no longer be answered."""


class Passage:
    """One request. `holds` says whether it may still be answered; what is `private` is kept in no cache.

    Nothing is answered before `kept` returns: what was told to somebody is on the record.

    `status` is what the product answered, also where nobody was told any more.
    """

    def __init__(
        self,
        send: Send,
        holds: Callable[[], bool],
        notes: Notes,
        *,
        private: bool = False,
        kept: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._send = send
        self.holds = holds
        self._notes = notes
        self._private = private
        self._kept = kept
        self.status: int | None = None
        self.begun = False
        self.cut = False

    async def http(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        """Let an HTTP request through; returns where it was cut off, whatever the product made of that."""
        try:
            await app(scope, receive, self._pass_on)
        except RefusedHere:
            self.cut = True
        except Exception:
            if not self.cut:
                raise

    async def socket(self, app: ASGIApp, scope: Scope, receive: Receive, changed: asyncio.Event) -> None:
        """Let a WebSocket through; once it no longer holds, both sides see it closed."""
        over = asyncio.ensure_future(self._close_when_over(changed))

        async def receive_until_over() -> Message:
            message = asyncio.ensure_future(receive())
            await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
            if self.holds() and message.done():
                return message.result()
            message.cancel()
            return {"type": "websocket.disconnect", "code": 4401, "reason": "session over"}

        try:
            await app(scope, receive_until_over, self._pass_on)
        except Exception:
            if not self.cut:
                raise
        finally:
            over.cancel()

    async def _pass_on(self, message: Message) -> None:
        if self._notes.refusal and not self.begun:
            self.cut = True  # the guard answers; what the product makes of its handler's refusal is nothing for anybody
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._private:
                message = {**message, "headers": _kept_nowhere(message.get("headers", ()))}
        elif message["type"] == "websocket.accept":
            self.status = 101
        if self._kept and not self.begun:
            await self._kept()
        if not self.holds():
            self.cut = True
            raise CutOff
        self.begun = True
        await self._send(message)

    async def _close_when_over(self, changed: asyncio.Event) -> None:
        while self.holds():
            try:
                await asyncio.wait_for(changed.wait(), _LOOK_SECONDS)
            except TimeoutError:
                continue
            changed.clear()
        self.cut = True
        with suppress(OSError, RuntimeError):  # the other side was quicker
            await self._send({"type": "websocket.close", "code": 4401, "reason": "session over"})


def _kept_nowhere(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    # What an operator saw must not come out of a cache after the end.
    pairs = [(name, value) for name, value in headers if name.lower() != b"cache-control"]
    return [*pairs, (b"cache-control", b"no-store")]
