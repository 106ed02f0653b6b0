"""Operators: a page of them, and what is asked of many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db.operators import COLUMNS, Operator, RoleGrant
from db.operators import by_ids as operators_by_ids
from db.pages.keyset import Column, Ordering, Page, Select, Window, containing, page
from db.rows import build
from permissions.operators import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

BY_NAME: Final = Ordering("operators", (Column("lower(o.name)", str), Column("o.id", UUID)))


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """What an operator's sessions were like that began in some last days (S3-25)."""

    started: int = 0
    stopped: int = 0
    expired: int = 0
    abandoned: int = 0
    tenants: int = 0
    without_ticket: int = 0
    break_glass: int = 0


async def operators(connection: AsyncConnection, search: str | None, window: Window) -> Page[Operator]:
    """A page of operators by name; with `search` those who have it in their name or address."""
    select = Select(COLUMNS, "identity.operator o", BY_NAME, window)
    if search:
        select.where("(o.name ilike :search or o.email ilike :search)", search=containing(search))
    result = await connection.execute(text(select.sql), select.parameters)
    return page(select, result.mappings(), lambda row: build(Operator, row))


async def count(connection: AsyncConnection, search: str | None) -> int:
    """How many operators there are in the whole list."""
    result = await connection.execute(
        text("""
            select count(*) from identity.operator o where cast(:search as text) is null
                or o.name ilike :search or o.email ilike :search"""),
        {"search": containing(search) if search else None},
    )
    return int(result.scalar_one())


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Operator]:
    """These operators."""
    return await operators_by_ids(connection, ids)


async def grants_of(connection: AsyncConnection, operator_ids: Sequence[UUID]) -> dict[UUID, list[RoleGrant]]:
    """The roles in force of each of these operators, by role."""
    result = await connection.execute(
        text("""
            select * from identity.role_grant where operator_id = any(:ids) and revoked_at is null
               and (expires_at is null or expires_at > (select audit.clock())) order by operator_id, role"""),
        {"ids": list(operator_ids)},
    )
    found: dict[UUID, list[RoleGrant]] = {operator_id: [] for operator_id in operator_ids}
    for row in result.mappings():
        found[row["operator_id"]].append(build(RoleGrant, {**row, "role": Role(row["role"])}))
    return found


async def conduct_of(
    connection: AsyncConnection, operator_ids: Sequence[UUID], days: int, only: UUID | None
) -> dict[UUID, Conduct]:
    """What the sessions of each were like that began in the last `days`; in the one tenant that a caller is kept to."""
    result = await connection.execute(
        text("""
            select s.operator_id, count(*) as started,
                   count(*) filter (where s.end_cause = 'STOPPED') as stopped,
                   count(*) filter (where s.end_cause = 'EXPIRED') as expired,
                   count(*) filter (where s.end_cause = 'ABANDONED') as abandoned,
                   count(distinct s.tenant_id) as tenants,
                   count(*) filter (where s.ticket is null) as without_ticket,
                   count(*) filter (where s.break_glass) as break_glass
              from identity.session_now s
             where s.operator_id = any(:ids) and s.started_at > (select audit.clock()) - make_interval(days => :days)
               and (cast(:only as uuid) is null or s.tenant_id = :only)
             group by s.operator_id"""),
        {"ids": list(operator_ids), "days": days, "only": only},
    )
    found = dict.fromkeys(operator_ids, Conduct())
    return found | {row["operator_id"]: build(Conduct, row) for row in result.mappings()}
