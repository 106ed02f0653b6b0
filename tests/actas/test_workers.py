"""`actas serve --workers`: processes on one port; a dead one is replaced, told to stop all stop."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from typing import TYPE_CHECKING

import httpx

from tests.running import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STARTED = re.compile(r"Started server process \[(\d+)\]")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.05)


async def test_a_worker_that_dies_is_replaced_and_all_stop_when_told_to(tmp_path: Path) -> None:
    """DESIGN section 10, with the embedded database: the port answers all the while, and nothing is left running."""
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as out:
        serving = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from actas.launch import main; main()", "serve", "--workers", "2"),
            *("--port", str(port), "--data-dir", str(tmp_path / "data")),
            stderr=out,
            env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        )

    def workers() -> list[int]:
        return [int(pid) for pid in STARTED.findall(log.read_text())]

    try:
        await until(lambda: len(workers()) == 2 or serving.returncode is not None)
        first, second = workers()
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(workers()) == 3)
        assert "a worker ended and is replaced" in log.read_text()
        await until(lambda: log.read_text().count("startup complete") >= 3)
        async with httpx.AsyncClient(headers={"host": f"localhost:{port}"}) as client:
            assert (await client.get(f"http://127.0.0.1:{port}/livez")).status_code == 200
        assert alive(second)
    finally:
        serving.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await serving.wait() == 0
    assert not [pid for pid in workers() if alive(pid)]
