"""Lists of tenants, and tenants by id or slug."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db.pages.keyset import Column, Ordering, Page, Select, Window, containing, page
from db.tenants import COLUMNS, Tenant, of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_NAME: Final = Column("lower(t.name)", str)
_ID: Final = Column("t.id", UUID)
_LIFE: Final = (
    "array_position(array['PROVISIONING', 'ACTIVE', 'READ_ONLY', 'SUSPENDED', 'OFFBOARDING', 'OFFBOARDED'], t.status)"
)
_LAST_ENTERED: Final = (
    "coalesce((select max(s.started_at) from identity.impersonation_session s where s.tenant_id = t.id),"
    " timestamptz 'epoch')"
)
ORDERINGS: Final = {
    "NAME": Ordering("tenants:name", (_NAME, _ID)),
    "CREATED_AT_DESC": Ordering("tenants:created", (Column("t.created_at", datetime), _ID), descending=True),
    "STATUS": Ordering("tenants:status", (Column(_LIFE, int), _NAME, _ID)),
    "LAST_IMPERSONATED_DESC": Ordering("tenants:entered", (Column(_LAST_ENTERED, datetime), _ID), descending=True),
}
_LIVE: Final = (
    "exists (select 1 from identity.impersonation_session s where s.tenant_id = t.id"
    " and s.state = 'ACTIVE' and s.expires_at > (select audit.clock()))"
)


@dataclass(frozen=True, kw_only=True)
class TenantsWhere:
    """Which tenants a list keeps to. `only` is the one that the caller is confined to."""

    ids: tuple[UUID, ...] | None = None
    search: str | None = None
    statuses: tuple[str, ...] | None = None
    plans: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    impersonated: bool | None = None
    only: UUID | None = None


async def tenants(connection: AsyncConnection, where: TenantsWhere, ordering: Ordering, window: Window) -> Page[Tenant]:
    """A page of tenants."""
    select = Select(_columns(), "identity.tenant t", ordering, window)
    _narrow(select, where)
    result = await connection.execute(text(select.sql), select.parameters)
    return page(select, result.mappings(), of)


async def count(connection: AsyncConnection, where: TenantsWhere) -> int:
    """How many tenants there are in the whole list."""
    select = Select("count(*)", "identity.tenant t", ORDERINGS["NAME"], Window())
    _narrow(select, where)
    # sql because: the conditions are those of _narrow, their values bound
    conditions = f" where {' and '.join(select.conditions)}" if select.conditions else ""
    result = await connection.execute(
        text(f"select count(*) from identity.tenant t{conditions}"),
        select.parameters,
    )
    return int(result.scalar_one())


async def plans_and_regions(connection: AsyncConnection, only: UUID | None) -> tuple[list[str], list[str]]:
    """Every plan and every region that some tenant has, or the one tenant's own."""
    result = await connection.execute(
        text("""
            select array(select distinct plan from identity.tenant
                          where plan is not null and (cast(:only as uuid) is null or id = :only) order by plan),
                   array(select distinct region from identity.tenant
                          where region is not null and (cast(:only as uuid) is null or id = :only) order by region)"""),
        {"only": only},
    )
    plans, regions = result.one()
    return plans, regions


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Tenant]:
    """These tenants."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.tenant where id = any(:ids)"),
        {"ids": list(ids)},
    )
    return {row["id"]: of(row) for row in result.mappings()}


async def by_slugs(connection: AsyncConnection, slugs: Sequence[str]) -> dict[str, Tenant]:
    """The tenants with these slugs."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.tenant where slug = any(:slugs)"),
        {"slugs": list(slugs)},
    )
    return {row["slug"]: of(row) for row in result.mappings()}


async def everything(connection: AsyncConnection, only: UUID | None) -> list[Tenant]:
    """All tenants, or the one: what a stream begins with."""
    result = await connection.execute(
        text(
            f"select {COLUMNS} from identity.tenant"
            " where cast(:only as uuid) is null or id = :only order by lower(name), id"
        ),
        {"only": only},
    )
    return [of(row) for row in result.mappings()]


def _columns() -> str:
    return ", ".join(f"t.{column.strip()}" for column in COLUMNS.split(","))


def _narrow(select: Select, where: TenantsWhere) -> None:
    if where.only:
        select.where("t.id = :only", only=where.only)
    if where.ids is not None:
        select.where("t.id = any(:ids)", ids=list(where.ids))
    if where.search:
        select.where("(t.name ilike :search or t.slug ilike :search)", search=containing(where.search.strip()))
    if where.statuses is not None:
        select.where("t.status = any(:statuses)", statuses=list(where.statuses))
    if where.plans is not None:
        select.where("t.plan = any(:plans)", plans=list(where.plans))
    if where.regions is not None:
        select.where("t.region = any(:regions)", regions=list(where.regions))
    if where.impersonated is not None:
        select.where(_LIVE if where.impersonated else f"not {_LIVE}")
