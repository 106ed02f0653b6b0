"""A whole house on real sockets: console, guard and workspace, one tenant in it, and browsers at its door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn

from actas.graphql import schema
from db.tenants import Tenant as Registered
from examples.workspace.app import WorkspaceSettings, workspace
from examples.workspace.database import load
from examples.workspace.sample import PASSWORD, Tenant
from permissions.caller import Caller
from permissions.operators import Permission, Role
from permissions.policy import AccessMode
from permissions.refusals import Refused
from resolvers import impersonation
from resolvers.impersonation import StartRequest
from tests.actas.serving import Site, serving, until
from tests.databases import Databases
from tests.workspace.conftest import DATABASE
from tests.workspace.sockets import serving_on
from tests.world import REASON, World, world_on

GUARD = (Permission.TOKEN_EXCHANGE, Permission.GUARD_EVENTS, Permission.ACCESS_LOG_APPEND, Permission.TENANT_SIDE_READ)


class Visitor:
    """A browser at the workspace: sends its cookies over plain HTTP too, as browsers do for *.localhost."""

    def __init__(self, port: int, host: str) -> None:
        self.origin = f"http://{host}"
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"host": host, "accept": "text/html"}
        )
        self.cookies: dict[str, str] = {}

    async def send(self, method: str, path: str, **form: str) -> httpx.Response:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers |= {"origin": self.origin, "x-actas-csrf": "1"}
        answer = await self.http.request(method, path, data=form or None, headers=headers)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    async def get(self, path: str) -> httpx.Response:
        return await self.send("GET", path)

    async def sign_in(self, login: str) -> None:
        slug = urlsplit(self.origin).netloc.partition(".")[0]
        answer = await self.send("POST", "/sign-in", email=f"{login}@{slug}.example", password=PASSWORD)
        assert answer.status_code == 303, answer.text


@dataclass
class House:
    """Everything that runs, and one tenant in it."""

    site: Site
    world: World
    tenant: Registered
    port: int
    visitors: AsyncExitStack

    def browser(self) -> Visitor:
        visitor = Visitor(self.port, f"{self.tenant.slug}.localhost:8001")
        self.visitors.push_async_callback(visitor.http.aclose)
        return visitor

    async def owner(self) -> Visitor:
        browser = self.browser()
        await browser.sign_in("owner")
        return browser

    async def enters(self, mode: AccessMode = AccessMode.READ_ONLY, lands: str = "/") -> tuple[Caller, Visitor, str]:
        """An operator with a session, and their browser inside: through both legs of the hand-off."""
        cookie = await self.site.operator(Role.PLATFORM_SUPPORT)
        caller = await self.site.caller(cookie)
        asked = StartRequest(tenant_id=self.tenant.id, reason=REASON, mode=mode)
        started = await impersonation.start(self.world.database, caller, asked)
        assert not isinstance(started, Refused), started
        browser = self.browser()
        there = await browser.get(f"/actas/enter?session={started.session.id}")
        async with self.site.client(cookie=cookie) as console:
            back = await console.get(there.headers["location"].removeprefix(self.site.origin))
        landed = await browser.get(back.headers["location"].removeprefix(browser.origin))
        assert (landed.status_code, landed.headers["location"]) == (302, lands), landed.text
        return caller, browser, str(started.session.id)


@asynccontextmanager
async def house_on(
    databases: Databases, admin_url: str, database_url: str, folder: Path, *, slug: str
) -> AsyncIterator[House]:
    """A console of its own, and a workspace over `database_url` that the tenant `slug` is filled into."""
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        serving(world, folder, graphql=schema) as site,
    ):
        tenant = await world.tenant(slug)
        await load(admin_url, [Tenant(tenant.id, tenant.slug, tenant.name)], database=DATABASE)
        settings = WorkspaceSettings(
            database_url, site.origin, await site.key(*GUARD), site.origin, spool=folder / "spool"
        )
        config = uvicorn.Config(workspace(settings), log_config=None, log_level="error", timeout_graceful_shutdown=1)
        async with serving_on(config) as port, AsyncExitStack() as visitors:
            running = House(site, world, tenant, port, visitors)
            await until(lambda: _ready(running))
            yield running


async def _ready(house: House) -> bool:
    return (await house.browser().get("/actas/state")).status_code == 200
