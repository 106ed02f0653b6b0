"""Answers that are the same bytes every time, so that whoever gets them learns nothing from them (S1-7, threat 29)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Answer:
    """A whole response, for a request or, in place of the handshake, for a socket."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; nothing of the request is read."""
        kind = "http"
        if scope["type"] == "websocket":
            kind = "websocket.http"
            await receive()
        headers = [
            (b"content-type", self.media_type.encode()),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"no-store"),
            *self.headers,
        ]
        await send({"type": f"{kind}.response.start", "status": self.status, "headers": headers})
        await send({"type": f"{kind}.response.body", "body": self.body})


def problem(status: int, title: str, detail: str, **headers: str) -> Answer:
    """An error of a route that is not GraphQL, as RFC 9457 has it."""
    body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
    extra = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    return Answer(status, "application/problem+json", body, extra)


def graphql_error(status: int, code: str, message: str, **headers: str) -> Answer:
    """An error of /graphql that comes before anything of the request is parsed."""
    body = orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
    extra = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    return Answer(status, "application/json", body, extra)


NOT_FOUND = Answer(404, "text/plain; charset=utf-8", b"Not Found\n")
UNAUTHORIZED = graphql_error(401, "UNAUTHENTICATED", "Sign in first.", www_authenticate="Bearer")
NOT_FROM_HERE = graphql_error(
    403, "FORBIDDEN", "A change by a signed-in browser needs JSON, the console's own Origin and x-actas-csrf: 1."
)
AWAY = graphql_error(
    503, "UNAVAILABLE", "The database cannot be reached, so nothing happened. Try again.", retry_after="5"
)
AWAY_PAGE = problem(
    503, "Unavailable", "The database cannot be reached, so nothing happened. Try again.", retry_after="5"
)
FAILED = problem(500, "Internal error", "Something went wrong; the log of the server says what.")
NO_ACCESS = Answer(
    403,
    "text/html; charset=utf-8",
    b"<!doctype html><html lang=en><meta charset=utf-8><title>No access</title>"
    b"<h1>You don&rsquo;t have access</h1><p>Ask whoever sent you here.</p></html>\n",
)
