"""A network between a guard and its console, for tests that break it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


_ENDS: Final = b"connection: close"


class Network:
    """Passes on what comes in at `port`, as long as it is whole."""

    def __init__(self, upstream: int) -> None:
        self.port = 0
        self.answer: bytes | None = None  # what new connections get instead of the console
        self.connections = 0
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._whole = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Take connections, at the port that it had before."""
        self._whole = asyncio.Event()
        self._whole.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def swallow(self) -> None:
        """From now on the connections that are there pass nothing on, and nobody is told; new ones work."""
        self._whole.clear()
        self._whole = asyncio.Event()
        self._whole.set()

    async def close(self) -> None:
        """Cut everything off, and let nobody in."""
        if self._server:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.answer is not None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
            if _ENDS in self.answer:
                writer.close()
                await writer.wait_closed()
            else:
                await reader.read()  # until the other side has had enough
            return
        upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self._upstream)
        self._writers.add(upstream)
        whole = self._whole
        try:
            ways = (_pump(reader, upstream, whole), _pump(upstream_reader, writer, whole))
            pumps = {asyncio.create_task(way) for way in ways}
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            self._writers.discard(upstream)
            upstream.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, whole: asyncio.Event) -> None:
    while chunk := await reader.read(65536):
        if not whole.is_set():
            continue
        writer.write(chunk)
        await writer.drain()


@asynccontextmanager
async def network(upstream: int) -> AsyncIterator[Network]:
    """A network that is whole."""
    made = Network(upstream)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


def http(status: str, body: bytes = b"", *headers: str, whole: bool = True) -> bytes:
    """An HTTP answer as it goes over the wire; with `whole` false its end never comes."""
    length = len(body) if whole else len(body) + (1 << 30)
    end = [_ENDS.decode()] if whole else []
    lines = [f"HTTP/1.1 {status}", f"content-length: {length}", *end, *headers, "", ""]
    return "\r\n".join(lines).encode() + body
