"""Lists of what operators looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db.pages.keyset import Column, Ordering, Page, Select, Window, page
from db.rows import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncConnection

NEWEST_FIRST: Final = Ordering("activity", (Column("a.at", datetime), Column("a.id", UUID)), descending=True)


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One operation of the console or the API by a person, as it was recorded."""

    id: UUID
    at: datetime
    operator_id: UUID
    operation: str
    fields: list[str]
    tenants: list[UUID]
    refused: bool


@dataclass(frozen=True, kw_only=True)
class ActivityWhere:
    """Which records a list keeps to."""

    operator_id: UUID | None = None
    tenant_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def activity(connection: AsyncConnection, where: ActivityWhere, window: Window) -> Page[Activity]:
    """A page of what operators looked at, the newest first."""
    select = Select("a.*", "audit.activity a", NEWEST_FIRST, window)
    if where.operator_id:
        select.where("a.operator_id = :operator", operator=where.operator_id)
    if where.tenant_id:
        select.where("a.tenants @> cast(array[:tenant] as uuid[])", tenant=where.tenant_id)
    if where.since:
        select.where("a.at >= :since", since=where.since)
    if where.until:
        select.where("a.at < :until", until=where.until)
    result = await connection.execute(text(select.sql), select.parameters)
    return page(select, result.mappings(), _activity)


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Activity]:
    """These records."""
    result = await connection.execute(text("select * from audit.activity where id = any(:ids)"), {"ids": list(ids)})
    return {row["id"]: _activity(row) for row in result.mappings()}


def _activity(row: Mapping[Any, Any]) -> Activity:
    return build(Activity, row)
