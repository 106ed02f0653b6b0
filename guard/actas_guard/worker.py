"""One WSGI request between two threads: the guard's loop, and the server's worker that runs the product."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextvars import Context, copy_context
from dataclasses import dataclass
from http.client import responses
from queue import Empty, SimpleQueue
from typing import Any, Final

from actas_guard.asgi import ASGIApp, Message, Scope, Send
from actas_guard.context import Current, current
from actas_guard.passage import CutOff
from actas_guard.pep3333 import Answered, Body, Environ, StartResponse, WhileAllowed, scope_of, without_carriers

EXCHANGE: Final = "actas.exchange"


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
        self._body = Body(environ)
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
        except Exception as raised:  # noqa: BLE001 - the worker raises it where the server sees it
            error = raised
        except BaseException:
            error = CutOff()  # the guard stops; what is left of the request must not look whole
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
        answer = Answered(lambda message: self._across(step.send, message))
        environ = without_carriers(self._environ, step.scope)
        environ["wsgi.input"] = WhileAllowed(self._body.again(), step.here)

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
