"""Console, guard and workspace on real sockets: an operator, a colleague, and what the tenant reads of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import expect

from actas.graphql import schema
from db.embedded import Server
from db.tenants import Tenant as Registered
from examples.workspace.app import WorkspaceSettings, workspace
from examples.workspace.database import load
from examples.workspace.sample import PASSWORD, Tenant
from permissions.caller import Caller
from permissions.operators import Permission, Role
from permissions.policy import AccessMode, TenantStatus
from permissions.refusals import Refused
from resolvers import ending, impersonation, modes, tenants
from resolvers.impersonation import StartRequest
from resolvers.modes import ChangeMode
from resolvers.policies import SetPolicy, set_policy
from resolvers.tenants import SetStatus
from tests.actas.serving import Site, serving, until
from tests.browser.pages import Person
from tests.databases import Databases
from tests.workspace.conftest import DATABASE, Workspace
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


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    databases: Databases, server: Server, prepared: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        serving(world, tmp_path_factory.mktemp("house"), graphql=schema) as site,
    ):
        tenant = await world.tenant("umbrella")
        known = Tenant(tenant.id, tenant.slug, tenant.name)
        await load(server.url("actas_admin", "postgres"), [known], database=DATABASE)
        settings = WorkspaceSettings(prepared.url, site.origin, await site.key(*GUARD), site.origin)
        config = uvicorn.Config(workspace(settings), log_config=None, log_level="error", timeout_graceful_shutdown=1)
        async with serving_on(config) as port, AsyncExitStack() as visitors:
            running = House(site, world, tenant, port, visitors)
            await until(lambda: _ready(running))
            yield running


async def _ready(house: House) -> bool:
    return (await house.browser().get("/sign-in")).status_code == 200


async def test_the_owner_reads_who_is_inside_and_then_the_whole_visit(house: House) -> None:
    """S1-31, S2-35, P3: start, reason and end together, in the tenant's own page."""
    owner = await house.owner()
    assert "Nobody from the platform is inside now" in (await owner.get("/audit")).text
    caller, operator, _ = await house.enters()
    assert caller.person
    page = (await owner.get("/audit/live")).text
    assert "Inside now" in page
    assert caller.person.email in page
    assert REASON in page
    assert "IMPERSONATION_STARTED" in page
    left = await operator.send("POST", "/actas/leave")
    assert left.status_code < 400, left.text
    page = (await owner.get("/audit/live")).text
    assert "Nobody from the platform is inside now" in page
    assert re.search(
        rf"{re.escape(caller.person.email)}\) was inside for \d+ seconds?, until .* read only\. Reason:", page
    )
    assert "Left on their own." in page
    assert "IMPERSONATION_ENDED" in page


async def test_an_operator_inside_sees_the_inbox_is_refused_a_change_and_is_out_after_the_end(house: House) -> None:
    """P5, P7."""
    caller, operator, _ = await house.enters(AccessMode.READ_ONLY)
    inbox = await operator.get("/")
    assert "Needs an answer" in inbox.text
    assert "Sign out" not in inbox.text
    conversation = re.search(r"/conversations/[0-9a-f-]{36}", inbox.text)
    assert conversation
    refused = await operator.send("POST", f"{conversation[0]}/replies", body="hello")
    assert refused.status_code == 403
    assert "Your session is read only" in refused.text
    await ending.end(house.world.database, caller, session_id=None)
    await until(lambda: _is_out(operator))
    assert (await operator.get(conversation[0])).status_code in {302, 303, 401, 403}


async def _is_out(operator: Visitor) -> bool:
    answer = await operator.get("/")
    return answer.status_code != 200 or "/conversations/" not in answer.text


async def test_an_answer_in_a_session_names_the_operator_through_the_whole_house(
    house: House, admin: asyncpg.Connection
) -> None:
    """P6, S2-31."""
    caller, operator, session = await house.enters(AccessMode.READ_WRITE)
    assert caller.person
    conversation = re.search(r"/conversations/([0-9a-f-]{36})", (await operator.get("/")).text)
    assert conversation
    answer = await operator.send("POST", f"{conversation[0]}/replies", body="It is fixed.")
    assert answer.status_code == 303, answer.text
    query = "select * from message where conversation_id = $1 order by at desc limit 1"
    written = await admin.fetchrow(query, conversation[1])
    assert written is not None
    assert written["acting_operator_email"] == caller.person.email
    assert str(written["acting_session"]) == session
    await ending.end(house.world.database, caller, session_id=None)


async def test_a_change_of_mode_reaches_the_product_under_the_same_token(house: House) -> None:
    """C-16, P7: the guard follows its stream both ways."""
    caller, operator, session = await house.enters()
    token = dict(operator.cookies)
    conversation = re.search(r"/conversations/[0-9a-f-]{36}", (await operator.get("/")).text)
    assert conversation

    async def answered(status: int) -> bool:
        return (await operator.send("POST", f"{conversation[0]}/replies", body="hello")).status_code == status

    for mode, status in ((AccessMode.READ_WRITE, 303), (AccessMode.READ_ONLY, 403)):
        asked = ChangeMode(session_id=UUID(session), mode=mode, reason="the customer asked for the fix")
        changed = await modes.change(house.world.database, caller, asked)
        assert not isinstance(changed, Refused), changed
        await until(partial(answered, status))
    assert operator.cookies == token
    await ending.end(house.world.database, caller, session_id=None)


async def test_the_operator_arrives_where_the_rules_of_the_session_say(house: House) -> None:
    """C-22: those of its version, whatever was set since."""
    change = SetPolicy(tenant_id=house.tenant.id, reason="for the test", changes={"landingPath": "/cases"})
    assert not isinstance(await set_policy(house.world.database, house.world.admin, change), Refused)
    caller, _, _ = await house.enters(lands="/cases")
    await ending.end(house.world.database, caller, session_id=None)
    back = SetPolicy(tenant_id=house.tenant.id, reason="for the test", changes={"landingPath": None})
    assert not isinstance(await set_policy(house.world.database, house.world.admin, back), Refused)


async def test_the_banner_is_for_the_tenants_people_and_a_stranger_learns_nothing(house: House) -> None:
    """S1-27."""
    caller, _, session = await house.enters()
    owner, stranger = await house.owner(), house.browser()
    assert session in (await owner.get("/actas/state")).text
    told = (await stranger.get("/actas/state")).text
    assert session not in told
    assert REASON not in told
    await ending.end(house.world.database, caller, session_id=None)


async def test_the_owners_open_page_tells_of_a_visit_without_a_reload(
    house: House, person: Callable[[str], Awaitable[Person]]
) -> None:
    """S1-23, S1-31: the entry, then the end, each pushed; under the product's own content security policy."""
    owner = (await person("owner")).page
    at_home = f"http://{house.tenant.slug}.localhost:{house.port}"
    await owner.goto(f"{at_home}/sign-in")
    await owner.get_by_label("E-mail").fill(f"owner@{house.tenant.slug}.example")
    await owner.get_by_label("Password").fill(PASSWORD)
    await owner.get_by_role("button", name="Sign in").click()
    await owner.get_by_role("link", name="Who was here").click()
    await expect(owner.get_by_text("Nobody from the platform is inside now")).to_be_visible()
    await owner.evaluate("window.sameDocument = true")

    caller = await house.site.caller(await house.site.operator(Role.PLATFORM_SUPPORT))
    assert caller.person
    reason = "a reason that nobody gave before"
    asked = StartRequest(tenant_id=house.tenant.id, reason=reason, mode=AccessMode.READ_ONLY)
    started = await impersonation.start(house.world.database, caller, asked)
    assert not isinstance(started, Refused), started
    inside = owner.locator(".inside")
    await expect(inside).to_contain_text(reason)
    await expect(inside).to_contain_text(caller.person.email)
    await expect(owner.locator("actas-banner")).to_contain_text(reason)
    await ending.end(house.world.database, caller, session_id=None)
    await expect(owner.locator(".visits li").first).to_contain_text(f"Reason: {reason}. Left on their own.")
    await expect(owner.get_by_text("Nobody from the platform is inside now")).to_be_visible()
    assert await owner.evaluate("window.sameDocument")


async def test_a_suspended_workspace_is_closed_to_its_own_people(house: House) -> None:
    """S1-33, S1-35, S1-36."""
    owner = await house.owner()

    async def to(status: TenantStatus) -> None:
        change = SetStatus(tenant_id=house.tenant.id, to=status, reason="for the test")
        changed = await tenants.set_status(house.world.database, house.world.admin, change)
        assert not isinstance(changed, Refused), changed

    async def answers(status: int) -> bool:
        return (await owner.get("/")).status_code == status

    await to(TenantStatus.SUSPENDED)
    await until(lambda: answers(503))
    assert (await owner.get("/sign-in")).status_code == 503
    await to(TenantStatus.ACTIVE)
    await until(lambda: answers(200))
