"""The rules of impersonation as they are stored: one row for each version, the deployment's (no tenant) and the tenants'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from db.rows import loaded

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


async def latest_rules(
    connection: AsyncConnection, tenant_ids: list[UUID]
) -> dict[UUID | None, tuple[int, dict[str, Any]]]:
    """The newest version of the rules of each of these tenants, and of the deployment (None)."""
    result = await connection.execute(
        text("""
            select distinct on (tenant_id) tenant_id, version, rules from identity.tenant_policy
             where tenant_id is null or tenant_id = any(:ids) order by tenant_id, version desc"""),
        {"ids": tenant_ids},
    )
    return {row.tenant_id: (row.version, _snake(loaded(row.rules))) for row in result}


def _snake(rules: dict[str, Any]) -> dict[str, Any]:
    """Rules under the names of the fields of `ImpersonationPolicy`; they are stored under the API's."""
    return {re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name): value for name, value in rules.items()}
