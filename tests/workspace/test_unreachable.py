"""The database goes away: a page that says so, nothing half-done, and all well again as soon as it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import make_url, text

from examples.workspace.people import People
from examples.workspace.store import DatabaseUnreachable, Store
from tests.workspace.conftest import ACME, Open, Workspace, request_for


class Line:
    """A wire to PostgreSQL that can be cut, for those who connect and for those who are connected."""

    def __init__(self, target: str, folder: Path) -> None:
        self._target = target
        self.path = folder / ".s.PGSQL.1"
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_unix_server(self._connect, self.path)

    async def cut(self) -> None:
        if self._server:
            self._server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.path.unlink(missing_ok=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        theirs, ours = await asyncio.open_unix_connection(self._target)
        try:
            await asyncio.wait(
                [asyncio.create_task(_pump(reader, ours)), asyncio.create_task(_pump(theirs, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            for end in (writer, ours):
                end.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()


@pytest_asyncio.fixture(loop_scope="session")
async def line(prepared: Workspace, tmp_path: Path) -> AsyncIterator[Line]:
    where = make_url(prepared.url).query
    made = Line(f"{where['host']}/.s.PGSQL.{where['port']}", tmp_path)
    await made.mend()
    yield made
    await made.cut()


@pytest_asyncio.fixture(loop_scope="session")
async def far_store(prepared: Workspace, line: Line) -> AsyncIterator[Store]:
    """A store whose only connection goes over the line."""
    url = make_url(prepared.url).set(query={"host": str(line.path.parent), "port": "1"})
    made = Store(url.render_as_string(hide_password=False), pool_size=1)
    yield made
    await made.close()


async def test_the_page_says_that_the_data_cannot_be_reached_and_recovers(
    open_browser: Open, far_store: Store, line: Line
) -> None:
    browser = open_browser(ACME, through=far_store)
    await browser.sign_in("owner")
    assert (await browser.get("/")).status_code == 200
    await line.cut()
    for path in ("/", "/sign-in", "/audit", "/conversations/00000000-0000-0000-0000-000000000000"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "The data of this workspace cannot be reached" in answer.text
        assert "</actas-banner>" in answer.text, "an operator must see where they are also now"
    assert (await browser.post("/sign-in", email="owner@acme.example", password="demo")).status_code == 503
    with request_for(ACME), pytest.raises(DatabaseUnreachable):  # and not "nobody", which would take the banner away
        await People(far_store).person_of({"type": "http", "headers": []})
    await line.mend()
    assert (await browser.get("/")).status_code == 200


async def test_a_connection_that_dies_between_requests_costs_nobody_a_request(
    open_browser: Open, far_store: Store, admin: asyncpg.Connection
) -> None:
    browser = open_browser(ACME, through=far_store)
    await browser.sign_in("owner")
    await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'workspace'")
    assert (await browser.get("/")).status_code == 200


async def test_a_connection_that_dies_in_the_middle_is_the_same_answer_and_nothing_is_half_done(
    far_store: Store, admin: asyncpg.Connection
) -> None:
    before = await admin.fetchval("select count(*) from message")
    add = text(
        "insert into message (id, tenant_id, conversation_id, author, from_customer, body)"
        " select gen_random_uuid(), tenant_id, id, 'me', false, 'half' from conversation limit 1"
    )
    with pytest.raises(DatabaseUnreachable), request_for(ACME):
        async with far_store.transaction() as connection:
            assert (await connection.execute(add)).rowcount == 1
            own = (await connection.execute(text("select pg_backend_pid()"))).scalar_one()
            await admin.execute("select pg_terminate_backend($1)", own)
            await connection.execute(add)
    assert await admin.fetchval("select count(*) from message") == before
