"""A snapshot reads what is asked of its rows for many of them at once, and never what has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

from permissions.operators import Role
from resolvers import ending
from resolvers.tenants import RegisterTenant, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.schema.conftest import Api

TENANTS = """subscription { tenantEvents { change tenant {
    slug policy { version } impersonability { state } activeSessions { uuid tenant { slug } } sessions(first: 2) {
    nodes { uuid } } ledger { sequence } audit(first: 1) { nodes { kind } } } } }"""
SESSIONS = """subscription { sessionEvents { change session {
    uuid tenant { slug activeSessions { uuid } } operator { name } audit(first: 1) { nodes { kind } } } } }"""


def counting(api: Api) -> tuple[list[str], Callable[[], None]]:
    """The statements from now on, and how to stop noting them."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "identity." in statement or "audit." in statement:
            statements.append(statement)

    engine = api.world.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    return statements, lambda: event.remove(engine, "before_cursor_execute", note)


async def test_sixty_tenants_snapshot_costs_a_few_statements_whatever_is_asked_of_each(api: Api) -> None:
    for number in range(60):
        await register(api.world.database, api.world.admin, RegisterTenant(slug=f"t-{number:02}", name=f"T {number}"))
    inside = await api.world.tenant("acme")
    started = await api.start(api.world.admin, inside)
    async with api.socket(api.world.admin) as socket:
        statements, done = counting(api)
        await socket.subscribe(TENANTS)
        snapshot = await socket.until("tenantEvents", "SNAPSHOT_END")
        done()
        told = {each["tenant"]["slug"]: each["tenant"] for each in snapshot[:-1]}
        assert len(told) == 61
        assert told["acme"]["activeSessions"] == [{"uuid": str(started.session.id), "tenant": {"slug": "acme"}}]
        assert told["t-07"]["ledger"] == {"sequence": 1}
        assert told["t-07"]["audit"]["nodes"] == [{"kind": "TENANT_REGISTERED"}]
        # The snapshot itself, its position, the caller, and one for each field that loads.
        assert len(statements) <= 20, statements
        await ending.end(api.world.database, api.world.admin, session_id=None)
        changed = (await socket.event("tenantEvents"))["tenant"]
        assert (changed["slug"], changed["activeSessions"]) == ("acme", [])


async def test_a_snapshot_of_sessions_reads_their_tenants_and_operators_at_once(api: Api) -> None:
    for number in range(12):
        caller = await api.world.operator(Role.PLATFORM_SUPPORT)
        await api.start(caller, await api.world.tenant(f"t-{number:02}"))
    async with api.socket(api.world.admin) as socket:
        statements, done = counting(api)
        await socket.subscribe(SESSIONS)
        snapshot = await socket.until("sessionEvents", "SNAPSHOT_END")
        done()
    assert len({each["session"]["tenant"]["slug"] for each in snapshot[:-1]}) == 12
    assert len({each["session"]["operator"]["name"] for each in snapshot[:-1]}) == 12
    assert len(statements) <= 12, statements
