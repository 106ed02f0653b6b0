"""`actas demo`: everything on this machine, with ninety days of sessions, in one process (DESIGN section 10)."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import orjson

from actas import logs
from actas.app import application
from actas.demo import cast
from actas.demo.forgetting import forget
from actas.demo.making import prepare
from actas.graphql import schema
from actas.server import DATABASE, CannotStart, keep_for_good, port_is_free, server, services_for
from actas.server import run as run_server
from actas.sign_in import DEMO_PASSWORD
from db import embedded
from examples.workspace.app import WorkspaceSettings, workspace
from examples.workspace.database import MadeByAnother
from examples.workspace.database import prepare as prepare_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import uvicorn

    from actas.settings import Settings


async def run(settings: Settings, workspace_port: int, *, fresh: bool, as_json: bool = False) -> None:
    """Make or find the demo in its data directory, then serve console and workspace until told to stop."""

    def announce() -> None:
        told = announced(settings, workspace_port) if as_json else announcement(settings, workspace_port)
        sys.stdout.write(told + "\n")
        sys.stdout.flush()

    logs.configure(logging.WARNING)
    async with demo(settings, workspace_port, fresh=fresh) as servers:
        keep_for_good()
        await together(*servers, ready=announce)


@asynccontextmanager
async def demo(
    settings: Settings, workspace_port: int, *, fresh: bool = False
) -> AsyncIterator[tuple[uvicorn.Server, uvicorn.Server]]:
    """The demo's two servers, ready to serve: the console's and the workspace's. Raises CannotStart."""
    if settings.port == workspace_port:
        raise CannotStart(f"Console and workspace cannot both listen on port {workspace_port}: give them two ports.")
    running = embedded.in_use(settings.data_dir)
    if not (running and fresh):  # which has a message of its own
        for port in (settings.port, workspace_port):
            _expect_free(settings, port, running=running)
    if fresh:
        await forget(settings.data_dir)
    with embedded.acquire(settings.data_dir) as lease:
        key = await prepare(settings, lease.server, workspace_port)
        try:
            workspace_url = await prepare_workspace(lease.server.url("actas_admin", "postgres"))
        except MadeByAnother as error:
            raise CannotStart(
                f"The workspace in {settings.data_dir} is of another version of the demo. Begin anew with --fresh."
            ) from error
        url = lease.server.url("actas_app", DATABASE)
        async with services_for(settings, url, demo=True) as services:
            services.database.feed.before_connect = lambda: asyncio.to_thread(lease.ensure)
            product = workspace(
                WorkspaceSettings(
                    database_url=workspace_url,
                    console_url=settings.console_url,
                    service_key=key,
                    issuer=settings.service_url,
                    port=workspace_port,
                    spool=settings.data_dir / "spool",
                )
            )
            yield (
                server(settings, application(services, schema(services)), services.stopping),
                server(settings.model_copy(update={"port": workspace_port}), product),
            )


async def together(*servers: uvicorn.Server, ready: Callable[[], None] = lambda: None) -> None:
    """Serve on all, each once the one before it answers, until one is told to stop; then stop the others.

    Raises CannotStart where one does not start.
    """
    tasks: list[asyncio.Task[None]] = []
    try:
        for each in servers:
            tasks.append(asyncio.create_task(run_server(each)))
            while not (each.started or tasks[-1].done()):  # noqa: ASYNC110  uvicorn tells it in no other way
                await asyncio.sleep(0.01)
            if tasks[-1].done():
                return
        ready()
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in servers:
            each.should_exit = True
        await asyncio.gather(*tasks)


def _expect_free(settings: Settings, port: int, *, running: bool) -> None:
    try:
        port_is_free(settings.host, port)
    except CannotStart as error:
        if not running:
            raise
        raise CannotStart(
            f"Something listens on port {port} and something runs in {settings.data_dir}: is it the demo already? Use "
            "that one, stop it first (Ctrl-C where it runs), or give this one a --data-dir and ports of its own."
        ) from error


def announcement(settings: Settings, workspace_port: int) -> str:
    """What a newcomer reads: two URLs, who can sign in, what to try."""
    people = ", ".join(
        f"{each.email} ({each.role.removeprefix('PLATFORM_').lower() if each.role else 'no role'})"
        for each in cast.OPERATORS
    )
    return "\n".join(
        (
            "",
            f"  Console    {settings.console_url}",
            f"  Workspace  http://acme.localhost:{workspace_port}",
            "",
            f"  Operators  {people}",
            "  Customers  owner@acme.example, member@acme.example (and the same at each tenant)",
            f"  Password   {DEMO_PASSWORD}",
            "",
            f"  1. Sign in at {settings.console_url} as support@actas.example, open Acme GmbH, choose Impersonate.",
            f"  2. In another browser, be the customer: http://acme.localhost:{workspace_port} as owner@acme.example.",
            f"  3. In another terminal have colleagues come and go: {_simulate(settings)}. Ctrl-C stops the demo.",
            "",
        )
    )


def _simulate(settings: Settings) -> str:
    """The command that finds this very demo."""
    standard = type(settings).model_fields
    port = f" --port {settings.port}" if settings.port != standard["port"].default else ""
    folder = f" --data-dir {settings.data_dir}" if settings.data_dir != standard["data_dir"].default else ""
    return f"`actas simulate{port}{folder}`"


def announced(settings: Settings, workspace_port: int) -> str:
    """The same for programs."""
    told = {
        "consoleUrl": settings.console_url,
        "workspaceUrl": f"http://acme.localhost:{workspace_port}",
        "operators": [{"email": each.email, "name": each.name, "role": each.role} for each in cast.OPERATORS],
        "customers": ["owner@acme.example", "member@acme.example"],
        "password": DEMO_PASSWORD,
    }
    return orjson.dumps(told).decode()
