"""One WSGI request between two threads: the guard's loop, and the server's worker that runs the product."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable, Iterator
from contextvars import Context, copy_context
from dataclasses import dataclass
from http.client import responses
from queue import Empty, SimpleQueue
from typing import Any, Final

from actas_guard.asgi import ASGIApp, Message, Scope, Send
from actas_guard.context import Current, current
from actas_guard.passage import CutOff

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]

EXCHANGE: Final = "actas.exchange"
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True)
class _Read:
    """The guard wants a part of the request's body."""

    given: asyncio.Future[Message]


@dataclass(frozen=True)
class _Through:
    """The guard lets the request through to the product."""

    scope: Scope
    here: Current | None
    send: Send
    done: asyncio.Future[None]


@dataclass(frozen=True)
class _Over:
    """The guard has finished with the request."""

    error: BaseException | None


class Exchange:
    """One request. `answer` is the worker's side, everything else runs in the guard's loop."""

    def __init__(
        self,
        guard: ASGIApp,
        loop: asyncio.AbstractEventLoop,
        app: Callable[[Environ, StartResponse], Iterable[bytes]],
        environ: Environ,
    ) -> None:
        self._guard = guard
        self._loop = loop
        self._app = app
        self._environ = environ
        self._steps: SimpleQueue[Message | _Read | _Through | _Over] = SimpleQueue()
        self._body = _Body(environ)
        self._gone = asyncio.Event()
        self._started = self._complete = False

    def answer(self, start_response: StartResponse) -> Iterator[bytes]:
        """Have the guard decide, run the product if it says so, and give what either of them answers."""
        scope = {**scope_of(self._environ), EXCHANGE: self}
        work = asyncio.run_coroutine_threadsafe(self._serve(scope), self._loop)
        try:
            while not isinstance(step := self._steps.get(), _Over):
                if isinstance(step, _Read):
                    self._tell(step.given, self._body.part())
                elif isinstance(step, _Through):
                    yield from self._product(step, start_response)
                else:
                    yield from self._out(step, start_response)
            if step.error:
                raise step.error
            if self._started and not self._complete:
                raise CutOff  # the one way to have a server not finish an answer in order
        finally:
            self._loop.call_soon_threadsafe(self._gone.set)
            work.cancel()

    async def through(self, scope: Scope, send: Send) -> None:
        """Run the product in the worker's thread, and wait for it."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._steps.put(_Through(scope, current.get(), send, done))
        await done

    async def _serve(self, scope: Scope) -> None:
        error: BaseException | None = None
        try:
            await self._guard(scope, self._receive, self._send)
        except BaseException as raised:
            error = raised
            if not isinstance(raised, Exception):
                raise
        finally:
            self._steps.put(_Over(error))

    async def _receive(self) -> Message:
        if self._body.ended:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        given: asyncio.Future[Message] = self._loop.create_future()
        self._steps.put(_Read(given))
        return await given

    async def _send(self, message: Message) -> None:
        self._steps.put(message)

    def _product(self, step: _Through, start_response: StartResponse) -> Iterator[bytes]:
        context = copy_context()
        context.run(current.set, step.here)
        error: Exception | None = None
        try:
            for _ in self._run(context, step):
                yield from self._sent(start_response)
        except Exception as raised:  # noqa: BLE001 - the guard sees it as an ASGI product's, and raises it again
            error = raised
        yield from self._sent(start_response)
        self._tell(step.done, error)

    def _run(self, context: Context, step: _Through) -> Iterator[None]:
        """The product's answer on its way through the guard, which may cut it off at each part."""
        answer = _Answer(lambda message: self._across(step.send, message))
        environ = _without_carriers(self._environ, step.scope)
        environ["wsgi.input"] = self._body.again()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            # Flask has its request here for as long as it answers, and the route with it.
            rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
            step.scope["path_template"] = getattr(rule, "rule", None)
            return answer.start(status, headers, exc_info)

        parts = context.run(self._app, environ, start)
        try:
            iterator = iter(parts)
            while (part := context.run(next, iterator, None)) is not None:
                answer.write(part)
                yield
            answer.end()
            yield
        finally:
            if close := getattr(parts, "close", None):
                context.run(close)

    def _sent(self, start_response: StartResponse) -> Iterator[bytes]:
        while True:
            try:
                step = self._steps.get_nowait()
            except Empty:
                return
            assert not isinstance(step, _Read | _Through | _Over), "the guard waits while the product runs"
            yield from self._out(step, start_response)

    def _out(self, message: Message, start_response: StartResponse) -> Iterator[bytes]:
        if message["type"] == "http.response.start":
            self._started = True
            status = message["status"]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            start_response(f"{status} {responses.get(status, 'Unknown')}", headers)
        else:
            self._complete = not message.get("more_body", False)
            if body := message.get("body"):
                yield body

    def _across(self, send: Send, message: Message) -> None:
        async def sending() -> None:
            await send(message)

        asyncio.run_coroutine_threadsafe(sending(), self._loop).result()

    def _tell(self, future: asyncio.Future[Any], result: Any) -> None:
        def tell() -> None:
            if future.done():
                return
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

        self._loop.call_soon_threadsafe(tell)


class _Answer:
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


class _Body:
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


class _Replayed(io.RawIOBase):
    def __init__(self, taken: bytes, rest: _Body) -> None:
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
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": environ.get("SERVER_PROTOCOL", "HTTP/1.1").rpartition("/")[2],
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": path.encode("latin-1").decode("utf-8", "replace") or "/",
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").lower().encode("latin-1"), value.encode("latin-1")) for name, value in names.items()
        ],
        "client": (environ.get("REMOTE_ADDR", ""), 0),
        "server": (environ.get("SERVER_NAME", ""), int(environ.get("SERVER_PORT") or 0)),
    }


def _without_carriers(environ: Environ, scope: Scope) -> Environ:
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
