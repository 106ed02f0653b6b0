"""A real process that is told to stop ends without waiting for what would last for ever (P7, DESIGN section 10)."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from permissions.operators import Permission
from permissions.refusals import Refused
from resolvers import keys
from tests.running import free_port

if TYPE_CHECKING:
    from tests.world import World

ROOT = Path(__file__).parent.parent.parent
# As `actas serve`, which takes no database that is marked TEST.
SERVE = """
import asyncio, sys
from actas import logs
from actas.app import application
from actas.graphql import schema
from actas.server import server, services_for
from actas.settings import Settings

async def main(url, port, data_dir):
    here = f"http://localhost:{port}"
    settings = Settings(data_dir=data_dir, port=int(port), console_url=here, service_url=here)
    async with services_for(settings, url, demo=True) as services:
        await server(settings, application(services, schema(services)), services.stopping).serve()

logs.configure()
asyncio.run(main(*sys.argv[1:]))
"""
FOLLOW = "subscription { guardEvents { change } }"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_an_open_stream_and_an_open_socket_hold_no_process_back(
    world: World, tmp_path: Path, told: signal.Signals
) -> None:
    """The stream ends without `complete`, so that its client asks again; the socket closes with 1012 for the same."""
    await world.tenant("acme")
    issued = await keys.issue(world.database, world.admin, name="a guard", permissions=[Permission.GUARD_EVENTS])
    assert not isinstance(issued, Refused)
    port, log = free_port(), tmp_path / "log"
    headers = {"authorization": f"Bearer {issued.secret}", "host": f"localhost:{port}"}
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SERVE, world.urls.app, str(port), str(tmp_path / "data")),
            cwd=ROOT, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while "startup complete" not in log.read_text():
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client,
            client.stream(
                "POST", "/graphql", json={"query": FOLLOW}, headers={"accept": "text/event-stream"}
            ) as stream,
            connect(
                f"ws://localhost:{port}/graphql",
                host="127.0.0.1",
                subprotocols=[Subprotocol("graphql-transport-ws")],
                additional_headers={"authorization": headers["authorization"]},
            ) as socket,
        ):
            chunks = stream.aiter_text()
            said = await anext(chunks)
            while "event: next" not in said:
                said += await anext(chunks)
            for message in (
                {"type": "connection_init"},
                {"type": "subscribe", "id": "1", "payload": {"query": FOLLOW}},
            ):
                await socket.send(json.dumps(message))
                await socket.recv()
            process.send_signal(told)
            async with asyncio.timeout(30):
                rest = "".join([chunk async for chunk in chunks])
                with pytest.raises(ConnectionClosed) as closed:
                    while True:
                        await socket.recv()
                await process.wait()
        assert "complete" not in rest
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert "timeout graceful shutdown exceeded" not in log.read_text()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
