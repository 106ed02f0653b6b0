"""One serving process: what must be true before it serves, and the server itself."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
import uvicorn

from actas import policy_file
from actas.app import application
from actas.graphql import schema
from actas.policy_file import UnfitPolicy
from actas.services import Services
from actas.signing_keys import UnfitKeys, load
from db import embedded, errors, health, migrate, selfcheck
from db.engine import Database
from permissions.refusals import Unavailable
from permissions.tokens import Keyring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from starlette.types import ASGIApp

    from actas.settings import Settings

log = structlog.get_logger(__name__)

DATABASE: Final = "actas"
# Nobody sends more over a socket than an operation with its variables; the library's own limit is 16 MiB.
LARGEST_MESSAGE: Final = 65_536


class CannotStart(Exception):
    """The process would break a promise, so it does not start; the message says what to do."""


class CannotReach(CannotStart):
    """The database is not there, or not now."""


def cannot_reach(error: BaseException, variable: str = "DATABASE_URL") -> CannotReach:
    """What to say of a database that is away, where `variable` told where it is."""
    return CannotReach(f"The database cannot be reached: {errors.why_away(error)}. Check {variable}.")


@dataclass(frozen=True)
class Whereabouts:
    """The app role's database; `ensure` has an embedded server running again after its keeper was killed."""

    url: str = field(repr=False)
    ensure: Callable[[], Awaitable[object]] | None = None


@contextmanager
def database_at(settings: Settings) -> Iterator[Whereabouts]:
    """The given database, else the embedded one, which runs as long as this is held. Raises CannotStart."""
    if settings.database_url:
        yield Whereabouts(settings.database_url.get_secret_value())
        return
    try:
        lease = embedded.acquire(settings.data_dir)
    except embedded.EmbeddedError as error:
        raise CannotReach(str(error)) from error
    with lease:
        yield Whereabouts(lease.server.url("actas_app", DATABASE), lambda: asyncio.to_thread(lease.ensure))


async def set_up_embedded(
    settings: Settings, purpose: migrate.Purpose, *, clock_offset: timedelta = timedelta(0)
) -> None:
    """Make or update the embedded database, whose every credential is in the data directory.

    Raises CannotStart where it was made for another purpose or by a newer version.
    """
    with embedded.acquire(settings.data_dir) as lease:
        try:
            await migrate.set_up(lease.server, DATABASE, purpose=purpose, clock_offset=clock_offset)
        except errors.REFUSALS as error:
            if not errors.is_other_purpose(error):
                raise
            raise CannotStart(f"{settings.data_dir}: {error}. Choose another --data-dir.") from error
        except errors.OtherSchema as error:
            raise CannotStart(f"{settings.data_dir}: {error}") from error


@asynccontextmanager
async def services_for(settings: Settings, url: str, *, demo: bool = False) -> AsyncIterator[Services]:
    """The parts of a process that may serve on this database.

    Raises CannotStart where its role is too strong, something that holds the promises is missing, or the database is
    a demo's and `demo` is not said.
    """
    await selfcheck.ensure_months(url)
    try:
        reasons = await selfcheck.check(url)
    except errors.REFUSALS as error:
        raise cannot_reach(error) from error
    if reasons:
        raise CannotStart("\n".join(reasons))
    database = Database(url, pool_size=settings.pool_size)
    try:
        async with database.read() as connection:
            purpose = await health.purpose(connection)
        if purpose != "REAL" and not demo:
            raise CannotStart(
                f"This database was made as {purpose}: its clock can be moved and everybody knows its passwords. "
                "Serve a database made by `actas migrate --audit`, or run `actas demo`."
            )
        if settings.policy:
            await policy_file.adopt(database, settings.policy)
        keyring = Keyring(load(settings.keys_dir), settings.service_url)
        yield Services.of(settings, database, keyring, demo=purpose != "REAL")
    except (UnfitKeys, UnfitPolicy) as error:
        raise CannotStart(str(error)) from error
    except Unavailable as error:
        raise CannotReach(str(error)) from error
    finally:
        await database.close()


def port_is_free(host: str, port: int) -> None:
    """Look before anything is started. Raises CannotStart where somebody else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another port.") from error


class _Server(uvicorn.Server):
    """Waits for open responses before it ends, so those that would last for ever have to be told."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell them first."""
        self._stopping.set()
        await super().shutdown(sockets)


def server(settings: Settings, app: ASGIApp, stopping: asyncio.Event | None = None) -> uvicorn.Server:
    """The HTTP and WebSocket server for an application; `stopping` is set once it was told to end."""
    # Of the library's two, this is the one that passes the whole Autobahn suite; the notice is not for whoever runs it.
    warnings.filterwarnings("ignore", message="The `websockets` implementation is deprecated")
    return _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            ws="websockets",
            ws_max_size=LARGEST_MESSAGE,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # actas/scopes.py reads them, and only as far as one's own proxies wrote them
            timeout_graceful_shutdown=5,
        ),
        stopping or asyncio.Event(),
    )


def keep_for_good() -> None:
    """Spare the garbage collector what lives as long as the process: schema, modules, routes.

    Going through all of it takes the collector longer than an end may take to reach the last guard (bench/reach.py).
    """
    gc.collect()
    gc.freeze()


async def run(server: uvicorn.Server, on: socket.socket | None = None) -> None:
    """Serve until told to stop. Raises CannotStart, with what the server's log tells of."""
    try:
        await server.serve([on] if on else None)
    except SystemExit as error:  # its way to say that it cannot listen
        where = f"{server.config.host}:{server.config.port}"
        raise CannotStart(f"Cannot listen on {where}: somebody else took it just now. Choose another port.") from error
    if not server.started:
        raise CannotStart("The server did not start; its log says why.")


async def serve(settings: Settings, on: socket.socket | None = None) -> None:
    """Serve until told to stop, on a socket that listens already or on the settings' address. Raises CannotStart."""
    if on is None:
        port_is_free(settings.host, settings.port)
    with database_at(settings) as at:
        async with services_for(settings, at.url) as services:
            services.database.feed.before_connect = at.ensure
            app = application(services, schema(services))
            keep_for_good()
            await run(server(settings, app, services.stopping), on)
