"""Lists of the requests that sessions made inside workspaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db.pages.keyset import Column, Ordering, Page, Select, Window, pages, starting
from db.rows import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncConnection

NEWEST_FIRST: Final = Ordering("access", (Column("a.at", datetime), Column("a.id", UUID)), descending=True)


@dataclass(frozen=True, kw_only=True)
class Access:
    """One request that a session made."""

    id: UUID
    at: datetime
    session_id: UUID
    tenant_id: UUID
    operator_id: UUID
    method: str
    path: str
    route: str | None
    status: int
    duration_ms: float
    wrote: bool
    request_id: str | None


@dataclass(frozen=True, kw_only=True)
class AccessWhere:
    """Which requests a list keeps to."""

    session_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    path_prefix: str | None = None
    wrote: bool | None = None


async def of_tenants(
    connection: AsyncConnection, tenant_ids: Sequence[UUID], where: AccessWhere, window: Window
) -> dict[UUID, Page[Access]]:
    """A page of the requests made inside each of these tenants' workspaces."""
    return await _of_parents(connection, "a.tenant_id = parents.parent", tenant_ids, where, window)


async def of_sessions(
    connection: AsyncConnection, session_ids: Sequence[UUID], where: AccessWhere, window: Window
) -> dict[UUID, Page[Access]]:
    """A page of the requests of each of these sessions."""
    return await _of_parents(connection, "a.session_id = parents.parent", session_ids, where, window)


async def writes_of_sessions(connection: AsyncConnection, session_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many requests of each of these sessions could write; those of which none could are left out."""
    counted = text("""
        select session_id, count(*) as writes from audit.access_log
         where session_id = any(:ids) and wrote group by session_id""")
    result = await connection.execute(counted, {"ids": list(session_ids)})
    return {row.session_id: row.writes for row in result}


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Access]:
    """These requests."""
    result = await connection.execute(text("select * from audit.access_log where id = any(:ids)"), {"ids": list(ids)})
    return {row["id"]: _access(row) for row in result.mappings()}


async def _of_parents(
    connection: AsyncConnection, parent: str, ids: Sequence[UUID], where: AccessWhere, window: Window
) -> dict[UUID, Page[Access]]:
    select = Select("a.*", "audit.access_log a", NEWEST_FIRST, window)
    select.where(parent)
    if where.session_id:
        select.where("a.session_id = :session", session=where.session_id)
    if where.since:
        select.where("a.at >= :since", since=where.since)
    if where.until:
        select.where("a.at < :until", until=where.until)
    if where.path_prefix:
        select.where("a.path like :prefix", prefix=starting(where.path_prefix))
    if where.wrote is not None:
        select.where("a.wrote = :wrote", wrote=where.wrote)
    result = await connection.execute(text(select.sql_for_parents), {**select.parameters, "parents": list(ids)})
    return pages(select, ids, result.mappings(), _access)


def _access(row: Mapping[Any, Any]) -> Access:
    return build(Access, row)
