"""The demo as a newcomer runs it: both servers on free ports, an embedded database of its own."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from actas.demo import demo, together
from actas.server import DATABASE
from actas.settings import Settings
from db import embedded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta
    from pathlib import Path


@dataclass(frozen=True)
class Running:
    """Where the demo is, and its administrator's way in."""

    console_url: str
    workspace_port: int
    service_key: str
    admin_url: str

    def workspace(self, slug: str = "acme") -> str:
        """The origin of a tenant's workspace."""
        return f"http://{slug}.localhost:{self.workspace_port}"

    async def advance(self, by: timedelta) -> None:
        """Let time go by for the database."""
        await self.ask("select audit.advance_clock($1)", by)

    async def ask(self, statement: str, *arguments: object) -> object:
        """A statement's first value, as the administrator."""
        connection = await asyncpg.connect(self.admin_url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()


@asynccontextmanager
async def running_demo(data_dir: Path) -> AsyncIterator[Running]:
    """The demo in this folder, from its first page to its end; no crash is expected, so its database spares fsync."""
    port, workspace_port = free_port(), free_port()
    url = f"http://localhost:{port}"
    settings = Settings(data_dir=data_dir, port=port, service_url=url, console_url=url)
    with embedded.acquire(data_dir, fsync=False) as lease:
        async with demo(settings, workspace_port) as servers:
            ready = asyncio.Event()
            serving = asyncio.create_task(together(*servers, ready=ready.set))
            await ready.wait()
            try:
                key = (data_dir / "workspace.key").read_text(encoding="utf-8").strip()
                yield Running(url, workspace_port, key, lease.server.url("actas_admin", DATABASE))
            finally:
                for server in servers:
                    server.should_exit = True
                await serving


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
