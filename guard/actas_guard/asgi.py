"""What the guard reads of a request, and how it answers one, in plain ASGI: no framework is needed or assumed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[str, str]]

FIRST_ORIGIN: Final = b"actas-origin"
# Many frameworks take the method from one of these, where their product asks for it.
_OVERRIDES: Final = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# As RFC 6265 has it. Python's own blanks are more: a sibling host may set `\xa0__Host-…`, which is nobody's, and which
# must neither be read as ours nor be passed on as if it were the product's (cookie tossing).
_BLANKS: Final = " \t"
_BLANK_BYTES: Final = _BLANKS.encode()
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")
_DEFAULT_PORT: Final = {"http": ":80", "https": ":443"}


class Request(NamedTuple):
    """The parts of a request that decide about it. A tuple, since one is made for each request: it costs the least."""

    scope: Scope
    method: str
    path: str
    host: str  # the Host header in lower case, with its port; empty where it is absent, doubled or malformed
    origin: str  # of the page that this request's host serves
    headers: Mapping[bytes, bytes | None]  # by their names; None where one is given more than once
    changes: bool | None = None  # whether it may change something, where more is known than its method says
    kinds: frozenset[str] = frozenset()  # what the product marked its route with

    @classmethod
    def of(
        cls, scope: Scope, scheme: Literal["http", "https"] | None = None, *, behind_another: bool = False
    ) -> Request:
        """Read an `http` or `websocket` scope; without `scheme` it is the one that the server saw.

        A service `behind_another` is told by it which tenant's host the request came to first.
        """
        headers = _single(scope)
        sent = headers.get(b"host") or b""
        if scheme is None:
            scheme = "https" if scope.get("scheme", "http") in {"https", "wss"} else "http"
        if behind_another:
            first, _, sent = (headers.get(FIRST_ORIGIN) or b"").partition(b"://")
            scheme = "https" if first == b"https" else "http"
        host, origin = _served(sent, scheme)
        return cls(scope, scope.get("method", "GET"), scope["path"], host, origin, headers)

    @property
    def safe(self) -> bool:
        """Whether it may change nothing. Nobody can tell that from outside of what a WebSocket will carry."""
        if self.scope["type"] != "http" or self.overridden:
            return False
        return self.method in SAFE_METHODS if self.changes is None else not self.changes

    @property
    def overridden(self) -> bool:
        """Whether it asks to be taken for one of another method; the product may, or may not."""
        return not self.headers.keys().isdisjoint(_OVERRIDES)

    @property
    def navigation(self) -> bool:
        """Whether a person waits for a page; an answer to anything else is for a program."""
        mode = self.header(b"sec-fetch-mode")
        if mode is not None:
            return mode == "navigate"
        return self.method in SAFE_METHODS and "text/html" in (self.header(b"accept") or "")

    def header(self, name: bytes) -> str | None:
        """The header's value; None where it is absent or given more than once."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def cookie(self, name: str) -> str | None:
        """The cookie's value; where two values contend for one name, an empty text, which is no valid value of ours."""
        sent = self.headers.get(b"cookie", b"")
        if sent is not None and name.encode("latin-1") not in sent:
            return None  # as of most requests: those of the tenant's own people
        value = None
        for pair in _pairs(self.scope) if sent is None else sent.decode("latin-1").split(";"):
            if name in pair:
                key, found, content = pair.strip(_BLANKS).partition("=")
                if found and key == name:
                    if value is not None and value != content:
                        return ""
                    value = content
        return value


@lru_cache
def _served(sent: bytes, scheme: str) -> tuple[str, str]:
    """The host that a Host header names, and the origin of its pages."""
    host = sent.decode("latin-1").lower()
    if not _HOST.fullmatch(host):
        host = ""
    return host, f"{scheme}://{host.removesuffix(_DEFAULT_PORT[scheme])}"


def _single(scope: Scope) -> Mapping[bytes, bytes | None]:
    headers = scope["headers"]
    found: dict[bytes, bytes | None] = dict(headers)
    if len(found) != len(headers):
        names = [name for name, _ in headers]
        found |= {name: None for name in found if names.count(name) > 1}
    return found


def without_cookies(scope: Scope, prefix: bytes) -> list[tuple[bytes, bytes]]:
    """The scope's headers without the cookies that begin with `prefix`."""
    kept = []
    for header in scope["headers"]:
        name, value = header
        if name != b"cookie":
            kept.append(header)
            continue
        # Stripped as they are read: what counts as ours there must not be left here.
        pairs = [pair.strip(_BLANK_BYTES) for pair in value.split(b";")]
        if theirs := b"; ".join([pair for pair in pairs if pair and not pair.startswith(prefix)]):
            kept.append((name, theirs))
    return kept


def _pairs(scope: Scope) -> list[str]:
    """Of all its Cookie headers; HTTP/2 may send one for each."""
    return [
        pair for name, value in scope["headers"] if name == b"cookie" for pair in value.decode("latin-1").split(";")
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response of the guard's own; nothing of it is ever kept in a cache."""

    status: int
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()

    async def send(self, request: Request, send: Send) -> None:
        """Answer an HTTP request, or turn down a WebSocket handshake (the server answers that with 403)."""
        if request.scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403, "reason": ""})
            return
        headers = {
            "content-type": self.media_type,
            "content-length": str(len(self.body)),
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "cross-origin-resource-policy": "same-origin",
        }
        single = [(name, value) for name, value in headers.items() if name not in dict(self.headers)]
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*single, *self.headers)]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else self.body})
