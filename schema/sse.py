"""Event streams: operations for tools that have no WebSocket, in the distinct connections mode of graphql-sse.

One request, one operation: each result is a `next` event, then `complete`. What is wrong with an operation is told in
a `next` event, too: whoever asked for events gets events.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Scope, Send

EVENT_STREAM: Final = "text/event-stream"
# Proxies give up on a silent connection after half a minute to a minute.
HEARTBEAT_SECONDS: Final = 10.0
HEARTBEAT: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata: \n\n"
HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    # A proxy that collects a response before it passes it on would hold every event back.
    (b"x-accel-buffering", b"no"),
)


def next_event(answer: bytes) -> bytes:
    """One result as an event: JSON of one line, as an event's data must be."""
    return b"event: next\ndata: " + answer + b"\n\n"


class EventStream:
    """A response that lasts as long as the operation, or until the client goes."""

    def __init__(self, answers: AsyncGenerator[Any]) -> None:
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        """Send what comes; a client that has gone ends the operation at once, not with the next event."""
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        tasks = {asyncio.ensure_future(self._send_all(send)), asyncio.ensure_future(_gone(receive))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _send_all(self, send: Send) -> None:
        async def say(chunk: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": chunk, "more_body": more})

        await say(HEARTBEAT)
        async with aclosing(self._answers) as answers:
            upcoming = asyncio.ensure_future(anext(answers, None))
            try:
                while True:
                    if not (await asyncio.wait({upcoming}, timeout=HEARTBEAT_SECONDS))[0]:
                        await say(HEARTBEAT)
                        continue
                    answer = upcoming.result()
                    if answer is None:
                        break
                    await say(next_event(orjson.dumps(answer)))
                    upcoming = asyncio.ensure_future(anext(answers, None))
            finally:
                upcoming.cancel()
                await asyncio.gather(upcoming, return_exceptions=True)
        await say(COMPLETE, more=False)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
