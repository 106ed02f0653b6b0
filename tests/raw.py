"""The app's role by hand: what a process could try with the credential that it serves with."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from permissions.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from permissions.caller import Caller
    from tests.databases import DatabaseUrls


UNRECORDED = "AC001"


class Raw:
    """One connection of the app's role, and the two statements that every start is made of."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self.sql = connection

    async def append(
        self,
        kind: str,
        chain: UUID,
        *,
        tenant: UUID | None = None,
        session: UUID | None = None,
        operator: UUID | None = None,
        caller: Caller | None = None,
        stated: str | None = None,
        clock: datetime | None = None,
        **details: object,
    ) -> int:
        """Append an entry; its number in its chain. `details` are written as they are, in camelCase."""
        number: int = await self.sql.fetchval(
            "select seq from audit.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            caller.proof if caller else None,
            stated,
            chain,
            kind,
            tenant,
            session,
            operator,
            caller.origin.ip if caller else None,
            caller.origin.user_agent if caller else None,
            "By hand.",
            json.dumps(details, default=str),
            clock or datetime.now(UTC),
        )
        return number

    async def started(self, caller: Caller, tenant: UUID, session: UUID) -> int:
        """The entry of a start."""
        return await self.append("IMPERSONATION_STARTED", tenant, tenant=tenant, session=session, caller=caller)

    async def ended(self, caller: Caller | None, tenant: UUID, session: UUID, cause: str = "STOPPED") -> int:
        """The entry of an end."""
        return await self.append(
            "IMPERSONATION_ENDED", tenant, tenant=tenant, session=session, caller=caller, cause=cause
        )

    async def insert_session(
        self, caller: Caller, tenant: UUID, session: UUID, *, seconds: float = 600, state: str = "ACTIVE"
    ) -> None:
        """The row of a start."""
        assert caller.person
        await self.sql.execute(
            """
            insert into identity.impersonation_session (id, tenant_id, operator_id, sign_in_id, state, mode, reason,
              concurrency_key, policy_version, requested_at, started_at, expires_at, ended_at, end_cause)
            select $1, $2, $3, $4, $6, 'READ_ONLY', 'by hand', $1, 0, now, now, now + make_interval(secs => $5),
              case when $6 = 'ENDED' then now end, case when $6 = 'ENDED' then 'STOPPED' end
              from audit.clock() now""",
            session,
            tenant,
            caller.person.operator_id,
            caller.person.sign_in_id,
            seconds,
            state,
        )

    async def end_session(self, session: UUID, cause: str = "STOPPED") -> None:
        """The change of an end."""
        await self.sql.execute(
            """
            update identity.impersonation_session set state = 'ENDED', end_cause = $2, ended_by_kind = 'SYSTEM',
              ended_by_name = 'by hand', ended_at = least(audit.clock(), expires_at) where id = $1""",
            session,
            cause,
        )

    async def mode_changed(self, caller: Caller, tenant: UUID, session: UUID, to: str) -> int:
        """The entry of a change of mode."""
        kind = "IMPERSONATION_MODE_CHANGED"
        return await self.append(kind, tenant, tenant=tenant, session=session, caller=caller, sessionId=session, to=to)

    async def set_mode(self, session: UUID, to: str) -> None:
        """The change of a mode."""
        await self.sql.execute("update identity.impersonation_session set mode = $2 where id = $1", session, to)

    async def set_policy(self, policy: UUID, tenant: UUID | None, rules: dict[str, Any]) -> int:
        """The row of a policy."""
        version: int = await self.sql.fetchval(
            """insert into identity.tenant_policy (id, tenant_id, rules, reason, set_by_kind, set_by_name, set_at)
               values ($1, $2, $3, 'by hand', 'SYSTEM', 'by hand', audit.clock()) returning version""",
            policy,
            tenant,
            json.dumps(rules),
        )
        return version

    async def start_session(self, caller: Caller, tenant: UUID, *, seconds: float = 600) -> UUID:
        """A whole start, recorded, in its own transaction."""
        session = uuid7()
        async with self.sql.transaction():
            await self.insert_session(caller, tenant, session, seconds=seconds)
            await self.started(caller, tenant, session)
        return session


@asynccontextmanager
async def as_app(urls: DatabaseUrls) -> AsyncIterator[Raw]:
    """A connection of the app's role."""
    connection = await asyncpg.connect(urls.app)
    try:
        yield Raw(connection)
    finally:
        await connection.close()


@asynccontextmanager
async def refused(app: Raw, code: str = UNRECORDED) -> AsyncIterator[None]:
    """A transaction that the database does not let through, at a statement or at its commit."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with app.sql.transaction():
            yield
    assert caught.value.sqlstate == code, caught.value
