"""`actas demo`: everything on this machine, with a week of sessions, in one process (DESIGN section 10)."""

from __future__ import annotations

import asyncio
import getpass
import logging
import shutil
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from actas import demo_world, logs
from actas.app import application
from actas.commands import good
from actas.graphql import schema
from actas.passwords import Passwords
from actas.server import DATABASE, CannotStart, port_is_free, server, services_for, set_up_embedded
from actas.sign_in import DEMO_PASSWORD
from actas.signing_keys import load
from db import embedded
from db.clock import movable
from db.engine import Database
from examples.workspace.app import WorkspaceSettings, workspace
from examples.workspace.database import load as load_workspace
from examples.workspace.database import prepare as prepare_workspace
from examples.workspace.sample import Tenant
from permissions.caller import Caller, Origin, Service
from permissions.keys import is_key
from permissions.operators import Permission, Role
from permissions.tokens import Keyring
from resolvers import keys, operators

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import uvicorn

    from actas.settings import Settings
    from db.clock import MovableClock
    from db.embedded import Server

A_WEEK: Final = timedelta(days=demo_world.DAYS)
WORKSPACE_MAY: Final = (
    Permission.TOKEN_EXCHANGE,
    Permission.GUARD_EVENTS,
    Permission.ACCESS_LOG_APPEND,
    Permission.TENANT_SIDE_READ,
    Permission.TENANT_SIDE_DECIDE,
)


async def run(settings: Settings, workspace_port: int, *, fresh: bool) -> None:
    """Make or find the demo in its data directory, then serve console and workspace until told to stop."""

    def announce() -> None:
        sys.stdout.write(announcement(settings, workspace_port) + "\n")
        sys.stdout.flush()

    logs.configure(logging.WARNING)
    async with demo(settings, workspace_port, fresh=fresh) as servers:
        await together(*servers, ready=announce)


@asynccontextmanager
async def demo(
    settings: Settings, workspace_port: int, *, fresh: bool = False
) -> AsyncIterator[tuple[uvicorn.Server, uvicorn.Server]]:
    """The demo's two servers, ready to serve: the console's and the workspace's."""
    for port in (settings.port, workspace_port):
        port_is_free(settings.host, port)
    if fresh and settings.data_dir.exists():
        _forget(settings.data_dir)
    with embedded.acquire(settings.data_dir) as lease:
        key = await _prepare(settings, lease.server, workspace_port)
        url = lease.server.url("actas_app", DATABASE)
        async with services_for(settings, url, demo=True) as services:
            services.database.feed.before_connect = lambda: asyncio.to_thread(lease.ensure)
            product = workspace(
                WorkspaceSettings(
                    database_url=await prepare_workspace(lease.server.url("actas_admin", "postgres")),
                    console_url=settings.console_url,
                    service_key=key,
                    issuer=settings.service_url,
                    port=workspace_port,
                )
            )
            yield (
                server(settings, application(services, schema(services))),
                server(settings.model_copy(update={"port": workspace_port}), product),
            )


async def together(*servers: uvicorn.Server, ready: Callable[[], None] = lambda: None) -> None:
    """Serve on all, each once the one before it answers, until one is told to stop; then stop the others."""
    tasks: list[asyncio.Task[None]] = []
    try:
        for each in servers:
            tasks.append(asyncio.create_task(each.serve()))
            while not (each.started or tasks[-1].done()):  # noqa: ASYNC110  uvicorn tells it in no other way
                await asyncio.sleep(0.01)
        ready()
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in servers:
            each.should_exit = True
        await asyncio.gather(*tasks)


async def _prepare(settings: Settings, server: Server, workspace_port: int) -> str:
    """The demo's world where it is not there yet; the workspace's key."""
    admin_url = server.url("actas_admin", DATABASE)
    await set_up_embedded(settings, "DEMO", clock_offset=-A_WEEK)
    key_file = settings.data_dir / "workspace.key"
    if key_file.exists() and is_key(key := key_file.read_text(encoding="utf-8").strip()):
        return key
    async with movable(admin_url) as clock:
        if await clock.has_seen_anything():
            raise CannotStart(
                f"The demo in {settings.data_dir} was interrupted while it was made. Run `actas demo --fresh`."
            )
        key = await _make(settings, server, clock, workspace_port)
    key_file.touch(mode=0o600)
    key_file.write_text(key, encoding="utf-8")  # last: the demo is whole only with it
    return key


async def _make(settings: Settings, server: Server, clock: MovableClock, workspace_port: int) -> str:
    stated_by = f"{getpass.getuser()} running the demo"
    database = Database(server.url("actas_app", DATABASE), pool_size=2)
    try:
        password_hash = Passwords().hash(DEMO_PASSWORD)
        short, name, _ = demo_world.PEOPLE[0]
        first = good(
            await operators.add(
                database,
                None,
                email=f"{short}@actas.example",
                name=name,
                password_hash=password_hash,
                stated_by=stated_by,
            )
        )
        granted = await operators.grant_role(
            database,
            None,
            operator_id=first,
            role=Role.PLATFORM_ADMIN,
            reason="The demo's first operator.",
            stated_by=stated_by,
        )
        good(granted)
        issued = good(
            await keys.issue(
                database, None, name="example workspace", permissions=set(WORKSPACE_MAY), stated_by=stated_by
            )
        )
        story = demo_world.Storyteller(
            database,
            Keyring(load(settings.keys_dir), settings.service_url),
            Caller(
                who=Service(key_id=issued.key.id, name=issued.key.name, tenant_id=None),
                permissions=frozenset(WORKSPACE_MAY),
                proof=issued.secret.encode(),
                origin=Origin(ip="127.0.0.1", user_agent="actas-guard"),
            ),
            clock.advance,
            workspace_port,
        )
        world = await story.tell(password_hash, first)
        await clock.catch_up()
    finally:
        await database.close()
    administrator = server.url("actas_admin", "postgres")
    await prepare_workspace(administrator)
    named = {slug: name for slug, name, *_ in demo_world.TENANTS}
    await load_workspace(administrator, [Tenant(id_, slug, named[slug]) for slug, id_ in world.tenants.items()])
    return issued.secret


def _forget(data_dir: Path) -> None:
    """Remove the demo that was there; only what is recognisably a demo's data directory is removed."""
    known = {"workspace.key", "cluster"}
    if not known & {entry.name for entry in data_dir.iterdir()}:
        raise CannotStart(f"{data_dir} does not look like a demo's data directory: remove it yourself.")
    shutil.rmtree(data_dir)


def announcement(settings: Settings, workspace_port: int) -> str:
    """What a newcomer reads: two URLs, who can sign in, what to try."""
    roles = ", ".join(
        f"{short}@actas.example ({role.removeprefix('PLATFORM_').lower() if role else 'no role'})"
        for short, _, role in demo_world.PEOPLE
    )
    return "\n".join(
        (
            "",
            f"  Console    {settings.console_url}",
            f"  Workspace  http://acme.localhost:{workspace_port}",
            "",
            f"  Operators  {roles}",
            "  Customers  owner@acme.example, member@acme.example (and the same at each tenant)",
            f"  Password   {DEMO_PASSWORD}",
            "",
            "  Sign in as support, open Acme GmbH, choose Impersonate. Ctrl-C stops everything.",
            "",
        )
    )
