"""A request's way through the product and back, cut off as soon as what let it in no longer holds (P7)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from actas_guard import admission
from actas_guard.asgi import Answer, ASGIApp, Message, Receive, Request, Scope, Send
from actas_guard.context import Current
from actas_guard.records import Record
from actas_guard.service import Service

# How soon an open socket notices what no event tells: that the guard's view went stale, or a deadline passed.
_LOOK_SECONDS: Final = 1
_NO_STORE: Final = (b"cache-control", b"no-store")


class CutOff(Exception):
    """Raised into the product where it would answer somebody who may no longer be answered."""


class Passage:
    """One request that was let in, and may be answered for as long as that holds.

    `status` is what the product answered, also where nobody was told any more.
    """

    # For as long as a request waits it is gone through by the garbage collector, so it is made of few objects.
    __slots__ = ("_receive", "_record", "_send", "_service", "_socket", "begun", "cut", "here", "request", "status")

    def __init__(self, service: Service, request: Request, here: Current, receive: Receive, send: Send) -> None:
        self._service = service
        self._receive = receive
        self._send = send
        self._record: Record | None = None
        self._socket = request.scope["type"] == "websocket"
        self.request = request
        self.here = here
        self.status: int | None = None
        self.begun = False
        self.cut = False

    def record(self, record: Record) -> None:
        """Answer nothing before this record is kept, and have the answer kept in no cache."""
        self._record = record

    def holds(self) -> bool:
        """Whether the request may still be answered."""
        return admission.still_allowed(self._service, self.here, self.request) if self._socket else self.here.holds()

    async def receive(self) -> Message:
        """What the product is given of the request (ASGI `receive`): a body may still come after the end."""
        message = await self._receive()
        if self.holds():
            return message
        self.cut = True
        return {"type": "http.disconnect"}

    async def instead(self, answer: Answer) -> None:
        """Answer in the product's stead; as its own answer, not before the record is kept."""
        if self._record and (settled := self._record.settled()):
            await settled
        await answer.send(self.request, self._send)

    async def socket(self, app: ASGIApp, scope: Scope, changed: asyncio.Event) -> None:
        """Let a WebSocket through; once it no longer holds, both sides see it closed."""
        over = asyncio.ensure_future(self._close_when_over(changed))

        async def receive_until_over() -> Message:
            message = asyncio.ensure_future(self._receive())
            await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
            if self.holds() and message.done():
                return message.result()
            message.cancel()
            return {"type": "websocket.disconnect", "code": 4401, "reason": "session over"}

        try:
            await app(scope, receive_until_over, self.answer)
        except Exception:
            if not self.cut:
                raise
        finally:
            over.cancel()

    async def answer(self, message: Message) -> None:
        """Pass on what the product answers (ASGI `send`). Raises CutOff where nobody may be told any more."""
        if self.here.refusal and not self.begun:
            self.cut = True  # the guard answers; what the product makes of its handler's refusal is nothing for anybody
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._record:
                message = {**message, "headers": _kept_nowhere(message.get("headers", ()))}
        elif message["type"] == "websocket.accept":
            self.status = 101
        if self._record and not self.begun and (settled := self._record.settled()):
            await settled
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
    kept = [header for header in headers if header[0].lower() != b"cache-control"]
    kept.append(_NO_STORE)
    return kept
