"""Several serving processes on one listening socket; they share nothing else but PostgreSQL (DESIGN section 10)."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import socket
import time
from typing import TYPE_CHECKING, Final

import structlog
from uvicorn.loops.auto import auto_loop_factory

from actas import logs
from actas.server import CannotStart, database_at, port_is_free, serve, services_for

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from actas.settings import Settings

log = structlog.get_logger(__name__)

SPAWN: Final = multiprocessing.get_context("spawn")
# A worker stops gracefully within 5 s (actas/server.py); whoever takes twice as long hangs.
STOP_SECONDS: Final = 10.0
LONG_LIFE_SECONDS: Final = 30.0
LONGEST_PAUSE_SECONDS: Final = 10.0


async def supervise(settings: Settings, count: int) -> None:
    """Keep `count` workers serving until SIGINT or SIGTERM; one that dies is replaced, the later the sooner it died.

    What must be true to serve is looked at before, so that its reason is told once. Raises CannotStart.
    """
    port_is_free(settings.host, settings.port)
    told_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    with database_at(settings) as at, _listening(settings) as listening:
        async with services_for(settings, at.url):  # makes the signing key, too, where there is none yet
            pass
        keepers = [asyncio.create_task(_keep(settings, listening, told_to_stop)) for _ in range(count)]
        await asyncio.gather(*keepers)


async def _keep(settings: Settings, listening: socket.socket, told_to_stop: asyncio.Event) -> None:
    """One worker after the other, until told to stop."""
    stop = asyncio.create_task(told_to_stop.wait())
    pause = 0.1
    while not stop.done():
        began = time.monotonic()
        worker = SPAWN.Process(target=_work, args=(settings, listening), name="actas worker")
        worker.start()
        ended = asyncio.create_task(_end_of(worker))
        await asyncio.wait((stop, ended), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            await _stop(worker, ended)
            return
        log.error("a worker ended and is replaced", process=worker.pid, code=worker.exitcode)
        pause = 0.1 if time.monotonic() - began > LONG_LIFE_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
        await asyncio.wait((stop,), timeout=pause)


async def _stop(worker: SpawnProcess, ended: asyncio.Task[None]) -> None:
    worker.terminate()
    await asyncio.wait((ended,), timeout=STOP_SECONDS)
    if not ended.done():
        log.error("a worker did not stop and is killed", process=worker.pid)
        worker.kill()
        await ended


async def _end_of(worker: SpawnProcess) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(worker.sentinel, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(worker.sentinel)
    worker.join()


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=2048)


def _work(settings: Settings, listening: socket.socket) -> None:
    """A worker's whole life."""
    logs.configure()
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(_serve_with_parent(settings, listening))
    except CannotStart as error:
        log.error("a worker cannot start", why=str(error))  # noqa: TRY400  the reason is the message
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        raise SystemExit(0) from None


async def _serve_with_parent(settings: Settings, listening: socket.socket) -> None:
    """Serve as long as the supervisor is there: a killed one must not leave workers that nobody stops."""
    parent = multiprocessing.parent_process()
    assert parent
    loop, sentinel = asyncio.get_running_loop(), parent.sentinel

    def orphaned() -> None:
        loop.remove_reader(sentinel)
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(sentinel, orphaned)
    await serve(settings, listening)
