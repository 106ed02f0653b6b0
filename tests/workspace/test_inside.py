"""An operator inside, through console, guard and database: what no session may, and what is left when data is away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import make_url

from db.embedded import Server
from permissions.policy import AccessMode
from resolvers import ending
from tests.actas.serving import until
from tests.databases import Databases
from tests.workspace.conftest import Workspace
from tests.workspace.house import House, house_on
from tests.workspace.test_unreachable import Line
from tests.world import REASON


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def line(prepared: Workspace, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    where = make_url(prepared.url).query
    made = Line(f"{where['host']}/.s.PGSQL.{where['port']}", tmp_path_factory.mktemp("line"))
    await made.mend()
    yield made
    await made.cut()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    databases: Databases,
    server: Server,
    prepared: Workspace,
    line: Line,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[House]:
    """Its workspace reaches its database over a line that can be cut."""
    over = make_url(prepared.url).set(query={"host": str(line.path.parent), "port": "1"})
    url, admin = over.render_as_string(hide_password=False), server.url("actas_admin", "postgres")
    async with house_on(databases, admin, url, tmp_path_factory.mktemp("inside"), slug="soylent") as running:
        yield running


@pytest.mark.parametrize("mode", AccessMode)
async def test_no_session_reads_a_secret_or_agrees_for_anybody(house: House, mode: AccessMode) -> None:
    """P6: refused before the product hears of it, whatever the mode."""
    caller, operator, _ = await house.enters(mode)
    for method, path in (("GET", "/keys/secret"), ("GET", "/keys//secret/"), ("POST", "/terms")):
        refused = await operator.send(method, path)
        assert refused.status_code == 403, refused.text
        assert "whsec_" not in refused.text
    assert "shown to no operator" in (await operator.get("/keys")).text
    assert (await operator.get("/terms")).status_code == 200
    await ending.end(house.world.database, caller, session_id=None)


async def test_the_owner_reads_what_an_operator_did_request_by_request(house: House) -> None:
    """P6, S2-31, S3-34: the guard's record of the requests beside the rows that they wrote."""
    caller, operator, session = await house.enters(AccessMode.READ_WRITE)
    case = re.search(r"/cases/[0-9a-f-]{36}", (await operator.get("/cases")).text)
    assert case
    person = re.search(r'<option value="([0-9a-f-]{36})"', (await operator.get(case[0])).text)
    assert person
    assigned_at = f"{case[0]}/assignee"
    assigned = await operator.send("POST", assigned_at, person=person[1])
    assert assigned.status_code == 303, assigned.text
    await ending.end(house.world.database, caller, session_id=None)
    owner = await house.owner()

    async def told() -> bool:
        return assigned_at in (await owner.get(f"/audit/visits/{session}")).text

    await until(told)
    page = (await owner.get(f"/audit/visits/{session}")).text
    assert "1 of them could write" in page
    assert "Put somebody in charge" in page
    listed = (await owner.get("/audit")).text
    assert f'href="/audit/visits/{session}"' in listed
    file = (await owner.get("/audit.csv?kind=visits")).text
    assert file.count(f'"{session}"') == 3, "started, entered and ended"
    assert (await (house.browser()).get("/audit.csv")).status_code == 303


async def test_the_banner_works_above_the_page_that_says_the_data_is_away(house: House, line: Line) -> None:
    """S3-29: whoever is inside is seen and can leave, also without the tenant's database."""
    _, operator, session = await house.enters()
    assert (await operator.get("/")).status_code == 200
    owner = await house.owner()
    await line.cut()
    page = await operator.get("/cases")
    assert page.status_code == 503
    assert "The data of this workspace cannot be reached" in page.text
    assert "</actas-banner>" in page.text
    state = (await operator.get("/actas/state")).json()
    assert [(each["session"], each["own"], each["reason"]) for each in state["banners"]] == [(session, True, REASON)]
    # Who of the tenant's people asks cannot be found out: their open pages keep what they show.
    assert (await owner.get("/actas/state")).status_code == 503
    left = await operator.send("POST", "/actas/leave")
    assert left.status_code < 400, left.text
    await line.mend()

    async def is_back() -> bool:
        return (await owner.get("/")).status_code == 200

    await until(is_back)
