"""The guard in front of a WSGI product: Flask, Django and the like.

It decides nothing by itself. The very same `Guard` runs in an event loop of its own, in one thread for the process; a
request that it lets through goes back to the server's worker thread, where the product runs as ever.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from actas_guard.asgi import Receive, Scope, Send
from actas_guard.middleware import Guard
from actas_guard.pep3333 import Environ, StartResponse
from actas_guard.settings import GuardSettings
from actas_guard.worker import EXCHANGE, Exchange

log = logging.getLogger("actas_guard")

WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]

_HEARD_WITHIN_SECONDS: Final = 5
_STOP_SECONDS: Final = 10


class WSGIGuard:
    """Stands in front of a WSGI application like `Guard` in front of an ASGI one.

    It starts with the first request of each process, so it may be made before a server forks. Call `close` where the
    server tells a worker to go (gunicorn: `worker_exit`); the interpreter's own end calls it too.
    """

    def __init__(self, app: WSGIApp, settings: GuardSettings) -> None:
        self._app = app
        self._settings = settings
        self._lock = threading.Lock()
        self._loop: _Loop | None = None

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        loop = self._running()
        return Exchange(loop.guard, loop.loop, self._app, environ).answer(start_response)

    def close(self) -> None:
        """Stop following the console, and hand over the records that wait, for a few seconds at most."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop and loop.pid == os.getpid():
            loop.stop()

    def _running(self) -> _Loop:
        with self._lock:
            # A thread does not survive a fork: what a parent started is not running here.
            if self._loop is None or self._loop.pid != os.getpid():
                self._loop = _Loop(self._settings)
                atexit.register(self.close)
            return self._loop


class _Loop:
    """An event loop in a thread of its own, with a guard in it that has heard the console."""

    def __init__(self, settings: GuardSettings) -> None:
        self.pid = os.getpid()
        self._settings = settings
        self._ready = threading.Event()
        self._told = asyncio.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._live(),), name="actas_guard", daemon=True)
        self._thread.start()
        self._ready.wait()

    async def _live(self) -> None:
        try:
            self.loop = asyncio.get_running_loop()
            self.guard = Guard(_in_worker, self._settings)
            self.guard.start()
            with suppress(TimeoutError):
                async with asyncio.timeout(_HEARD_WITHIN_SECONDS):
                    while not self.guard.metrics().ready:  # noqa: ASYNC110 - once in a process, and no event tells of it
                        await asyncio.sleep(0.02)
        finally:
            self._ready.set()
        await self._told.wait()
        await self.guard.stop()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._told.set)
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            log.warning("actas: the guard did not stop in order, and what it had to hand over may be lost")


async def _in_worker(scope: Scope, _receive: Receive, send: Send) -> None:
    """The product, as the guard sees it."""
    exchange: Exchange = scope[EXCHANGE]
    await exchange.through(scope, send)
