"""WSGI (PEP 3333) in the words of ASGI, and back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from actas_guard.asgi import Message, Scope
from actas_guard.context import Current, NoLongerAllowed
from actas_guard.redaction import encoded

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]

_CHUNK: Final = 64 * 1024


class Answered:
    """What a WSGI application answers, as ASGI's messages."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._head: Message | None = None
        self._sent = False

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        """`start_response` of PEP 3333."""
        if exc_info and self._sent:
            raise exc_info[1]
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._head = {"type": "http.response.start", "status": int(status[:3]), "headers": raw}
        return self.write

    def write(self, part: bytes) -> None:
        """Pass on one part; the head goes with the first that is not empty."""
        if part:
            self._begin()
            self._send({"type": "http.response.body", "body": part, "more_body": True})

    def end(self) -> None:
        """Say that this was all."""
        self._begin()
        self._send({"type": "http.response.body", "body": b""})

    def _begin(self) -> None:
        if self._sent:
            return
        if self._head is None:
            raise AssertionError("the application answered without start_response()")
        self._sent = True
        self._send(self._head)


class Body:
    """The request's body, as far as the guard reads it, and once more for the product."""

    def __init__(self, environ: Environ) -> None:
        self._input = environ["wsgi.input"]
        length = environ.get("CONTENT_LENGTH") or "0"
        self._left = int(length) if length.isdecimal() else 0
        self._unbounded = bool(environ.get("wsgi.input_terminated")) and not environ.get("CONTENT_LENGTH")
        self._taken: list[bytes] = []
        self.ended = False

    def part(self) -> Message:
        """The next part, as ASGI has it."""
        part = self.read(_CHUNK)
        self._taken.append(part)
        self.ended = not part or not (self._left or self._unbounded)
        return {"type": "http.request", "body": part, "more_body": not self.ended}

    def read(self, size: int) -> bytes:
        """At most `size` bytes, and never beyond the body's end: a server's input may wait there for ever."""
        part: bytes = self._input.read(size if self._unbounded else min(size, self._left))
        self._left -= 0 if self._unbounded else len(part)
        return part

    def again(self) -> Any:
        """The body for the product: the server's own input where nothing was read of it."""
        if not self._taken:
            return self._input
        return io.BufferedReader(_Replayed(b"".join(self._taken), self))


class _Gone(NoLongerAllowed, ConnectionAbortedError):
    """Frameworks take it for a browser that went away."""


class WhileAllowed:
    """A request's body, given to the product only as long as its sender may be served (P7)."""

    def __init__(self, body: Any, here: Current | None) -> None:
        self._body = body
        self._here = here

    def read(self, *size: int) -> bytes:
        """As PEP 3333 has it. Raises NoLongerAllowed, as an OSError, once what let the request in holds no more."""
        part: bytes = self._checked(self._body.read(*size))
        return part

    def readline(self, *size: int) -> bytes:
        """Like `read`, up to the line's end."""
        line: bytes = self._checked(self._body.readline(*size))
        return line

    def readlines(self, *hint: int) -> list[bytes]:
        """Like `read`, by lines."""
        lines: list[bytes] = self._checked(self._body.readlines(*hint))
        return lines

    def __iter__(self) -> Iterator[bytes]:
        """Line by line."""
        while line := self.readline():
            yield line

    def _checked(self, part: Any) -> Any:
        if self._here is not None and not self._here.holds():
            raise _Gone("whoever sends this may no longer be served")
        return part


class _Replayed(io.RawIOBase):
    def __init__(self, taken: bytes, rest: Body) -> None:
        self._taken = io.BytesIO(taken)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._taken.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def scope_of(environ: Environ) -> Scope:
    """ASGI's scope of a WSGI request."""
    names = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    names |= {name: environ[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)}
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1") or b"/"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": environ.get("SERVER_PROTOCOL", "HTTP/1.1").rpartition("/")[2],
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": path.decode("utf-8", "replace"),
        "raw_path": _as_sent(environ, path),
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").lower().encode("latin-1"), value.encode("latin-1")) for name, value in names.items()
        ],
        "client": (environ.get("REMOTE_ADDR", ""), 0),
        "server": (environ.get("SERVER_NAME", ""), int(environ.get("SERVER_PORT") or 0)),
    }


def _as_sent(environ: Environ, path: bytes) -> bytes:
    """The path before the server decoded it, where it tells (PEP 3333 does not ask it to), else encoded again.

    What it tells may be of another path: a proxy or a mount may have rewritten this one meanwhile.
    """
    for name in ("REQUEST_URI", "RAW_URI"):
        target: bytes = environ.get(name, "").encode("latin-1", "replace").partition(b"?")[0]
        if not target.startswith(b"/"):  # http://host/path (RFC 9112, section 3.2.2)
            target = b"/" + target.partition(b"://")[2].partition(b"/")[2]
        if unquote_to_bytes(target) == path:
            return target
    return encoded(path)


def without_carriers(environ: Environ, scope: Scope) -> Environ:
    """What the guard took out of the scope's headers is taken out here, too."""
    kept = {name: value.decode("latin-1") for name, value in scope["headers"]}
    left = dict(environ)
    for name in ("cookie", "authorization", "actas-token"):
        key = f"HTTP_{name.upper().replace('-', '_')}"
        if name.encode() in kept:
            left[key] = kept[name.encode()]
        else:
            left.pop(key, None)
    return left
