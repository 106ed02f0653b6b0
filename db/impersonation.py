"""Impersonation sessions: insert, lock, end. One is read through identity.session_now, which enforces deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import text

from db.rows import build
from permissions.policy import AccessMode, Running

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

BATCH: Final = 200


@dataclass(frozen=True, kw_only=True)
class Session:
    """One impersonation session as it is now."""

    id: UUID
    tenant_id: UUID
    operator_id: UUID
    sign_in_id: UUID
    state: str
    mode: AccessMode
    reason: str
    ticket: str | None
    break_glass: bool
    policy_version: int
    requested_at: datetime
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_cause: str | None
    ended_by_kind: str | None
    ended_by_id: UUID | None
    ended_by_name: str | None
    ip: str | None
    user_agent: str | None
    requests: int
    last_seen_at: datetime | None
    now: datetime

    @property
    def duration_seconds(self) -> int:
        """So far, or in all."""
        return int(((self.ended_at or self.now) - self.started_at).total_seconds())


@dataclass(frozen=True, kw_only=True)
class By:
    """Who ended a session, as the session's row names them."""

    kind: str
    id: UUID | None
    name: str


SYSTEM: Final = By(kind="SYSTEM", id=None, name="Actas")


def of(mapping: Mapping[Any, Any]) -> Session:
    """A session from its row in identity.session_now."""
    return build(Session, {**mapping, "mode": AccessMode(mapping["mode"])})


async def share_gate(connection: AsyncConnection) -> None:
    """Enter the gate that a stop of everyone closes (mechanisms C, step 1)."""
    await connection.execute(text("lock table identity.gate in row share mode"))


async def now(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Session]:
    """These sessions as they are now, in the order of their ids."""
    result = await connection.execute(
        text("select * from identity.session_now where id = any(:ids) order by id"), {"ids": list(ids)}
    )
    return [of(row) for row in result.mappings()]


async def insert(connection: AsyncConnection, values: Mapping[str, Any]) -> Session:
    """Add a session that begins now; `values` has its id, whose it is, its rules, its origin and `duration_seconds`."""
    await connection.execute(
        text("""
            insert into identity.impersonation_session (id, tenant_id, operator_id, sign_in_id, state, mode, reason,
              ticket, concurrency_key, policy_version, requested_at, started_at, expires_at, ip, user_agent)
            select :id, :tenant_id, :operator_id, :sign_in_id, 'ACTIVE', :mode, :reason, :ticket, :concurrency_key,
              :policy_version, c.now, c.now, c.now + make_interval(secs => :duration_seconds), :ip, :user_agent
              from (select audit.clock() as now offset 0) c"""),
        values,
    )
    return (await now(connection, [values["id"]]))[0]


_LOCK: Final = {
    "everywhere": ":everywhere",
    "ids": "s.id = any(:ids)",
    "tenant_id": "s.tenant_id = :tenant_id",
    "operator_id": "s.operator_id = :operator_id",
    "sign_in_id": "s.sign_in_id = :sign_in_id",
}


async def lock_active(connection: AsyncConnection, **where: object) -> list[UUID]:
    """Lock the sessions that no one has ended yet, by id (mechanisms C, step 4): all whose one named column matches."""
    ((column, value),) = where.items()
    result = await connection.execute(
        text(
            "select s.id from identity.impersonation_session s"
            f" where s.state = 'ACTIVE' and {_LOCK[column]} order by s.id for no key update"
        ),
        {column: value},
    )
    return list(result.scalars())


async def lock_due(connection: AsyncConnection) -> list[UUID]:
    """Lock a batch of sessions past their deadline; what another transaction holds is that one's to end."""
    result = await connection.execute(
        text("""
            select s.id from identity.impersonation_session s
             where s.state = 'ACTIVE' and s.expires_at <= (select audit.clock())
             order by s.id limit :batch for no key update skip locked"""),
        {"batch": BATCH},
    )
    return list(result.scalars())


async def live(connection: AsyncConnection, **where: object) -> list[Running]:
    """The sessions that are live at this moment, by one named column."""
    ((column, value),) = where.items()
    result = await connection.execute(
        text(
            "select s.id, s.tenant_id, s.operator_id, s.sign_in_id, s.concurrency_key = s.operator_id as alone"
            " from identity.impersonation_session s"
            f" where s.state = 'ACTIVE' and s.expires_at > (select audit.clock()) and {_LOCK[column]} order by s.id"
        ),
        {column: value},
    )
    return [build(Running, row) for row in result.mappings()]


async def set_mode(connection: AsyncConnection, session_id: UUID, mode: AccessMode) -> Session:
    """Change what a locked session may do."""
    await connection.execute(
        text("update identity.impersonation_session set mode = :mode where id = :id"),
        {"id": session_id, "mode": mode},
    )
    return (await now(connection, [session_id]))[0]


async def end(
    connection: AsyncConnection, ids: Sequence[UUID], cause: str, by: By, *, at: datetime | None = None
) -> list[Session]:
    """End locked sessions; the ones that this call ended, by id.

    The first cause wins: who comes after the deadline finds it EXPIRED at the deadline, whatever was asked
    (mechanisms H.4). `at` is the true time where it lies in the past, as of a sign-in that ran out.
    """
    result = await connection.execute(
        text("""
            update identity.impersonation_session s
               set state = 'ENDED', ended_at = greatest(s.started_at, least(c.now, s.expires_at)),
                   end_cause = case when c.now >= s.expires_at then 'EXPIRED' else :cause end,
                   ended_by_kind = case when c.now >= s.expires_at then 'SYSTEM' else :by_kind end,
                   ended_by_id = case when c.now >= s.expires_at then null else cast(:by_id as uuid) end,
                   ended_by_name = case when c.now >= s.expires_at then 'Actas' else :by_name end
              from (select least(audit.clock(), cast(:at as timestamptz)) as now offset 0) c
             where s.id = any(:ids) and s.state = 'ACTIVE' returning s.id"""),
        {"ids": list(ids), "cause": cause, "by_kind": by.kind, "by_id": by.id, "by_name": by.name, "at": at},
    )
    return await now(connection, list(result.scalars()))


async def next_deadline(connection: AsyncConnection) -> datetime | None:
    """When the next session, sign-in or role runs out."""
    deadline: datetime | None = await connection.scalar(
        text("""
            select least(
              (select min(expires_at) from identity.impersonation_session where state = 'ACTIVE'),
              (select min(expires_at) from identity.sign_in where ended_at is null),
              (select min(expires_at) from identity.role_grant where revoked_at is null))""")
    )
    return deadline
