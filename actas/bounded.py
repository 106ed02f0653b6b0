"""Requests whose bodies have at most so many bytes (threat 27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actas.answers import graphql_error
from actas.scopes import header

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _TooLarge(Exception):
    """More was sent than is taken."""


class Bounded:
    """An application that never sees more of a body: whoever sends more is told the limit, before the rest is read.

    Starlette's own limit answers in words of its own. The application must read the body before it answers.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._answer = graphql_error(
            413, "BAD_USER_INPUT", f"The body has more than {most:,} bytes, which is the limit. Send less at once."
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        declared = header(scope, "content-length") or ""
        if declared.isdecimal() and int(declared) > self._most:
            await self._answer(scope, receive, send)
            return
        total = 0

        async def receiving() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self._most:
                raise _TooLarge
            return message

        try:
            await self._app(scope, receiving, send)
        except _TooLarge:
            await self._answer(scope, receive, send)
