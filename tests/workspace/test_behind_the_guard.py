"""Console, guard and workspace on real sockets: an operator, a colleague, and what the tenant reads of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import expect

from db.embedded import Server
from examples.workspace.sample import PASSWORD
from permissions.operators import Role
from permissions.policy import AccessMode, TenantStatus
from permissions.refusals import Refused
from resolvers import ending, impersonation, modes, tenants
from resolvers.impersonation import StartRequest
from resolvers.modes import ChangeMode
from resolvers.policies import SetPolicy, set_policy
from resolvers.tenants import SetStatus
from tests.actas.serving import until
from tests.browser.pages import Person
from tests.databases import Databases
from tests.workspace.conftest import Workspace
from tests.workspace.house import House, Visitor, house_on
from tests.world import REASON


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    databases: Databases, server: Server, prepared: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    admin, folder = server.url("actas_admin", "postgres"), tmp_path_factory.mktemp("house")
    async with house_on(databases, admin, prepared.url, folder, slug="umbrella") as running:
        yield running


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
