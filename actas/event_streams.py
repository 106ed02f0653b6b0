"""Event streams on /graphql: they end when the sign-in or key behind them is over, as sockets do (P7).

The events themselves are written by the schema's application behind this.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

from actas.answers import AWAY, UNAUTHORIZED, graphql_error
from actas.lasting import Over, serve_while_valid
from schema.sse import COMPLETE, next_event

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from actas.services import Services

MOST_STREAMS: Final = 50
TOO_MANY = graphql_error(429, "RATE_LIMITED", f"{MOST_STREAMS} event streams of yours are open: close one first.")
ANSWERS: Final = {Over.NO_CALLER: UNAUTHORIZED, Over.UNKNOWN: AWAY}


class EventStreams:
    """Watches over requests whose answers last."""

    def __init__(self, graphql: ASGIApp, services: Services) -> None:
        self._graphql = graphql
        self._callers = services.callers
        self._stopping = services.stopping
        self._open: Counter[UUID] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a caller has at most so many open here (threat 19)."""
        caller = scope["state"]["caller"].id
        if self._open[caller] >= MOST_STREAMS:
            await TOO_MANY(scope, receive, send)
            return
        self._open[caller] += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._open[caller] -= 1
            self._open += Counter()  # forgets who has none open

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        async def part(over: Over) -> None:
            answer = ANSWERS[over]
            if started:
                await send({"type": "http.response.body", "body": next_event(answer.body) + COMPLETE})
            else:
                await answer(scope, receive, send)

        serving = asyncio.ensure_future(serve_while_valid(self._graphql, self._callers, scope, receive, sending, part))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (serving, stopping):
                task.cancel()
            outcome, _ = await asyncio.gather(serving, stopping, return_exceptions=True)
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, asyncio.CancelledError):
            # Without `complete`: the operation is not over, its client asks again where somebody still serves.
            await (send({"type": "http.response.body"}) if started else AWAY(scope, receive, send))
