"""Idempotency keys: a retry gets the first call's result (DESIGN section 5)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import text

from db.rows import loaded

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


class AnotherInput(Exception):
    """The key was used with another input."""


async def begin(
    connection: AsyncConnection, caller_id: UUID, key: str, operation: str, given: dict[str, Any]
) -> dict[str, Any] | None:
    """Take the key, or the result that the first call with it left.

    It is the first statement of its transaction: a twin waits here and holds nothing (mechanisms C, step 0).
    Raises AnotherInput where the first call was another operation or had another input.
    """
    # In ASCII, since what is compared may hold what no database stores, such as half of a surrogate pair.
    digest = hashlib.sha256(json.dumps([operation, given], sort_keys=True, default=str).encode()).digest()
    taken = await connection.execute(
        text("""
            insert into identity.idempotency (caller_id, key, operation, input_hash, created_at)
            values (:caller, :key, :operation, :digest, audit.clock()) on conflict do nothing returning key"""),
        {"caller": caller_id, "key": key, "operation": operation, "digest": digest},
    )
    if taken.one_or_none():
        return None
    found = await connection.execute(
        text("select input_hash, result from identity.idempotency where caller_id = :caller and key = :key"),
        {"caller": caller_id, "key": key},
    )
    row = found.one()
    if row.input_hash != digest:
        raise AnotherInput
    result: dict[str, Any] = loaded(row.result)
    return result


async def finish(connection: AsyncConnection, caller_id: UUID, key: str, result: dict[str, Any]) -> None:
    """Leave the result for retries, in the transaction that made it."""
    await connection.execute(
        text(
            "update identity.idempotency set result = cast(:result as jsonb) where caller_id = :caller and key = :key"
        ),
        {"caller": caller_id, "key": key, "result": orjson.dumps(result, default=str).decode()},
    )
