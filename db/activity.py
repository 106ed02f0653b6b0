"""What operators looked at: rows that can only be added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True)
class ActivityRecord:
    """One operation of the console or the API by a person."""

    id: UUID
    operator_id: UUID
    sign_in_id: UUID
    operation: str
    fields: tuple[str, ...]
    tenants: tuple[UUID, ...]
    refused: bool


async def append(connection: AsyncConnection, records: Sequence[ActivityRecord]) -> None:
    """Add records; one that is there already is left as it is."""
    await connection.execute(
        text("select audit.append_activity(cast(:records as jsonb))"),
        {"records": orjson.dumps([vars(record) for record in records], default=str).decode()},
    )
