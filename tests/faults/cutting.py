"""Cutting the connection before any statement, and what must not be half-done then."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from permissions.policy import TenantStatus
from permissions.refusals import Refused
from resolvers import ending, impersonation, operators, sign_ins, tenants
from resolvers.impersonation import Started, StartRequest
from resolvers.tenants import SetStatus
from tests.world import REASON, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from permissions.caller import Caller

# Everything that an operation could leave half-done.
STATE = """
    select array[
      (select string_agg(format('%s %s %s %s', id, state, end_cause, ended_at), ',' order by id)
         from identity.impersonation_session),
      (select string_agg(format('%s %s', id, status), ',' order by id) from identity.tenant),
      (select string_agg(format('%s %s', id, ended_at), ',' order by id) from identity.sign_in),
      (select string_agg(format('%s %s', id, disabled_at), ',' order by id) from identity.operator),
      (select string_agg(format('%s %s', key, result), ',' order by key) from identity.idempotency),
      (select string_agg(format('%s %s %s', chain, seq, kind), ',' order by chain, seq) from audit.entry),
      (select string_agg(format('%s %s', chain, seq), ',' order by chain) from audit.chain_head)]"""
# Sessions without exactly one start, or whose end and its entry do not agree; and entries of no session.
DISAGREEMENTS = """
    select count(*) from identity.impersonation_session s full join (
      select session_id, count(*) filter (where kind = 'IMPERSONATION_STARTED') as starts,
             count(*) filter (where kind = 'IMPERSONATION_ENDED') as ends
        from audit.entry where kind in ('IMPERSONATION_STARTED', 'IMPERSONATION_ENDED') group by 1) e
      on e.session_id = s.id
     where s.id is null or e.starts is distinct from 1 or e.ends is distinct from (s.ended_at is not null)::int"""


class Fault:
    """Cuts the connection before the given statement of what is done meanwhile, counting commits as statements.

    Only those on the world's own database count: a server that other tests share works on in the background.
    """

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.left: int | None = None
        self.answer_lost = False
        self.struck = ""
        execute, commit = AsyncConnection.execute, AsyncConnection.commit

        async def executed(connection: AsyncConnection, statement: Any, *rest: Any, **options: Any) -> Any:
            await self._pass(connection, str(statement))
            return await execute(connection, statement, *rest, **options)

        async def committed(connection: AsyncConnection) -> None:
            if self.left == 0 and self.answer_lost and self._ours(connection):
                await commit(connection)
                self.left, self.struck = None, "after the commit"
                raise ConnectionResetError("the answer was lost")
            await self._pass(connection, "commit")
            await commit(connection)

        monkeypatch.setattr(AsyncConnection, "execute", executed)
        monkeypatch.setattr(AsyncConnection, "commit", committed)

    @contextmanager
    def before(self, statement: int, *, answer_lost: bool = False) -> Iterator[None]:
        """With `answer_lost` only a commit is struck, once it is made."""
        self.left, self.answer_lost, self.struck = statement, answer_lost, ""
        yield
        self.left = None

    def _ours(self, connection: AsyncConnection) -> bool:
        return bool(connection.sync_engine.url.database == self.world.urls.name)

    async def _pass(self, connection: AsyncConnection, statement: str) -> None:
        if self.left is None or self.answer_lost or not self._ours(connection):
            return
        self.left -= 1
        if self.left < 0:
            self.left, self.struck = None, statement
            raw = await connection.get_raw_connection()
            assert raw.driver_connection
            await self.world.admin_sql("select pg_terminate_backend($1, 5000)", raw.driver_connection.get_server_pid())


class Scene:
    """An operator inside one tenant, and another tenant to enter."""

    def __init__(self, world: World, caller: Caller, places: list[UUID], running: UUID) -> None:
        self.world, self.caller, self.places, self.running = world, caller, places, running

    @classmethod
    async def make(cls, world: World) -> Scene:
        caller, places = await world.operator(), [(await world.somewhere()).id for _ in range(2)]
        running = await impersonation.start(
            world.database, caller, StartRequest(tenant_id=places[0], reason=REASON, duration_seconds=600)
        )
        assert isinstance(running, Started)
        return cls(world, caller, places, running.session.id)

    async def replace(self) -> object:
        """A start that ends another session: two tenants' ledgers, three kinds of rows."""
        return await impersonation.start(
            self.world.database,
            self.caller,
            StartRequest(tenant_id=self.places[1], reason=REASON, idempotency_key="replace"),
        )

    async def turned_down(self) -> object:
        """A refusal is recorded or it is no answer either (I6)."""
        refusal = await impersonation.start(
            self.world.database,
            self.caller,
            StartRequest(tenant_id=self.places[1], reason="short", idempotency_key="no"),
        )
        assert isinstance(refusal, Refused)
        return refusal

    async def end(self) -> object:
        return await ending.end(self.world.database, self.caller, session_id=self.running, idempotency_key="end")

    async def suspend(self) -> object:
        request = SetStatus(
            tenant_id=self.places[0], to=TenantStatus.SUSPENDED, reason="a test", idempotency_key=str(self.running)
        )
        return await tenants.suspend(self.world.database, self.world.admin, request)

    async def disable(self) -> object:
        return await operators.disable(
            self.world.database, self.world.admin, operator_id=self.caller.id, reason="a test"
        )

    async def sign_out(self) -> None:
        await sign_ins.sign_out(self.world.database, self.caller)
