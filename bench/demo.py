"""The demo in a process of its own, as a newcomer starts it: who measures shares no interpreter with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from actas.server import DATABASE
from db import embedded
from tests.running import Running, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

START_SECONDS = 60
STOP_SECONDS = 15


@asynccontextmanager
async def demo_process() -> AsyncIterator[Running]:
    """A demo of its own, from its announcement to its end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data_dir, port, workspace_port = Path(folder) / "demo", free_port(), free_port()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from actas.launch import main; main()", "demo"),
            *("--port", str(port), "--workspace-port", str(workspace_port), "--data-dir", str(data_dir)),
            stdout=asyncio.subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        )
        assert process.stdout
        try:
            async with asyncio.timeout(START_SECONDS):
                while b"Ctrl-C" not in (line := await process.stdout.readline()):
                    assert line or process.returncode is None, "the demo ended before it served"
            with embedded.acquire(data_dir) as lease:
                key = (data_dir / "workspace.key").read_text(encoding="utf-8").strip()
                admin_url = lease.server.url("actas_admin", DATABASE)
                yield Running(f"http://localhost:{port}", workspace_port, key, admin_url)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
