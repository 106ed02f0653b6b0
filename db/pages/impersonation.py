"""Lists of sessions, for many tenants or operators at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db import impersonation
from db.impersonation import Session
from db.pages.keyset import Column, Ordering, Page, Select, Window, page, pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

NEWEST_FIRST: Final = Ordering("sessions", (Column("s.started_at", datetime), Column("s.id", UUID)), descending=True)


@dataclass(frozen=True, kw_only=True)
class SessionsWhere:
    """Which sessions a list keeps to. `only` is the tenant that the caller is confined to."""

    states: tuple[str, ...] | None = None
    tenant_id: UUID | None = None
    operator_id: UUID | None = None
    started_since: datetime | None = None
    started_until: datetime | None = None
    inside_since: datetime | None = None
    inside_until: datetime | None = None
    end_causes: tuple[str, ...] | None = None
    ticket: str | None = None
    only: UUID | None = None


_CONDITIONS: Final = {
    "only": "s.tenant_id = :only",
    "states": "s.state = any(:states)",
    "tenant_id": "s.tenant_id = :tenant_id",
    "operator_id": "s.operator_id = :operator_id",
    "started_since": "s.started_at >= :started_since",
    "started_until": "s.started_at < :started_until",
    # The table lets none last longer than 8 hours: said again here, it makes this a range of the index.
    "inside_since": "coalesce(s.ended_at, s.now) >= :inside_since"
    " and s.started_at >= cast(:inside_since as timestamptz) - interval '8 hours'",
    "inside_until": "s.started_at < :inside_until",
    "end_causes": "s.end_cause = any(:end_causes)",
    "ticket": "lower(s.ticket) = lower(:ticket)",
}


async def sessions(connection: AsyncConnection, where: SessionsWhere, window: Window) -> Page[Session]:
    """A page of all sessions, the newest first."""
    select = _select(where, window)
    result = await connection.execute(text(select.sql), select.parameters)
    return page(select, result.mappings(), impersonation.of)


async def of_tenants(
    connection: AsyncConnection, tenant_ids: Sequence[UUID], where: SessionsWhere, window: Window
) -> dict[UUID, Page[Session]]:
    """A page of the sessions of each of these tenants."""
    return await _of_parents(connection, "s.tenant_id = parents.parent", tenant_ids, where, window)


async def of_operators(
    connection: AsyncConnection, operator_ids: Sequence[UUID], where: SessionsWhere, window: Window
) -> dict[UUID, Page[Session]]:
    """A page of the sessions of each of these operators."""
    return await _of_parents(connection, "s.operator_id = parents.parent", operator_ids, where, window)


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Session]:
    """These sessions as they are now."""
    return {session.id: session for session in await impersonation.now(connection, ids)}


async def active_of_tenants(connection: AsyncConnection, tenant_ids: Sequence[UUID]) -> dict[UUID, list[Session]]:
    """The live sessions in each of these tenants, the newest first."""
    found: dict[UUID, list[Session]] = {tenant_id: [] for tenant_id in tenant_ids}
    for session in await _active(connection, "s.tenant_id = any(:ids)", ids=list(tenant_ids)):
        found[session.tenant_id].append(session)
    return found


async def active_of_sign_ins(connection: AsyncConnection, sign_in_ids: Sequence[UUID]) -> dict[UUID, Session]:
    """The live session of each of these sign-ins, where there is one."""
    active = await _active(connection, "s.sign_in_id = any(:ids)", ids=list(sign_in_ids))
    return {session.sign_in_id: session for session in reversed(active)}


async def active(connection: AsyncConnection, tenant_id: UUID | None, operator_id: UUID | None) -> list[Session]:
    """All live sessions, of one tenant or operator where named: what a stream begins with."""
    return await _active(
        connection,
        "(cast(:tenant as uuid) is null or s.tenant_id = :tenant)"
        " and (cast(:operator as uuid) is null or s.operator_id = :operator)",
        tenant=tenant_id,
        operator=operator_id,
    )


async def _active(connection: AsyncConnection, condition: str, **parameters: object) -> list[Session]:
    # sql because: both conditions are written above, their values bound
    result = await connection.execute(
        text(
            f"select s.* from identity.session_now s where s.state = 'ACTIVE' and {condition}"
            " order by s.started_at desc, s.id desc"
        ),
        parameters,
    )
    return [impersonation.of(row) for row in result.mappings()]


async def _of_parents(
    connection: AsyncConnection, parent: str, ids: Sequence[UUID], where: SessionsWhere, window: Window
) -> dict[UUID, Page[Session]]:
    select = _select(where, window)
    select.where(parent)
    result = await connection.execute(text(select.sql_for_parents), {**select.parameters, "parents": list(ids)})
    return pages(select, ids, result.mappings(), impersonation.of)


def _select(where: SessionsWhere, window: Window) -> Select:
    select = Select("s.*", "identity.session_now s", NEWEST_FIRST, window)
    for name, condition in _CONDITIONS.items():
        value = getattr(where, name)
        if value is not None:
            select.where(condition, **{name: value})
    return select
