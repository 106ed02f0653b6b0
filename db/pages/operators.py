"""Operators and service keys for many parents at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from db import keys
from db.keys import ServiceKey
from db.operators import Operator, RoleGrant
from db.operators import by_ids as operators_by_ids
from db.rows import build
from permissions.operators import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


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


async def keys_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, ServiceKey]:
    """These service keys."""
    result = await connection.execute(
        text(f"select {keys.COLUMNS} from identity.service_key where id = any(:ids)"),
        {"ids": list(ids)},
    )
    return {row["id"]: keys.of(row) for row in result.mappings()}
