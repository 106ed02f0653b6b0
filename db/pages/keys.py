"""Service keys: all of them, or these."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from db.keys import COLUMNS, ServiceKey, of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


async def everything(connection: AsyncConnection) -> list[ServiceKey]:
    """All keys, the newest first, with those that were revoked."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.service_key order by created_at desc, id desc")
    )
    return [of(row) for row in result.mappings()]


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, ServiceKey]:
    """These keys."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.service_key where id = any(:ids)"),
        {"ids": list(ids)},
    )
    return {row["id"]: of(row) for row in result.mappings()}
