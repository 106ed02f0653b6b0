"""Service keys: only their hashes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import text

from db.rows import build
from permissions.operators import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

COLUMNS: Final = "id, name, prefix, permissions, tenant_id, created_at, last_used_at, revoked_at"


@dataclass(frozen=True, kw_only=True)
class ServiceKey:
    """A service's key, without the secret that nobody keeps."""

    id: UUID
    name: str
    prefix: str
    permissions: tuple[Permission, ...]
    tenant_id: UUID | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def of(mapping: Mapping[Any, Any]) -> ServiceKey:
    """A key from its row."""
    return build(ServiceKey, {**mapping, "permissions": tuple(Permission(each) for each in mapping["permissions"])})


async def insert(connection: AsyncConnection, values: Mapping[str, Any]) -> ServiceKey:
    """Add a key; `values` has id, name, prefix, key_hash, permissions and tenant_id."""
    result = await connection.execute(
        text(f"""
            insert into identity.service_key (id, name, prefix, key_hash, permissions, tenant_id, created_at)
            values (:id, :name, :prefix, :key_hash, :permissions, :tenant_id, audit.clock())
            returning {COLUMNS}"""),
        values,
    )
    return of(result.mappings().one())


async def lock(connection: AsyncConnection, key_id: UUID) -> ServiceKey | None:
    """The key, held until the commit (mechanisms C, step 2)."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.service_key where id = :id for no key update"),
        {"id": key_id},
    )
    found = result.mappings().one_or_none()
    return of(found) if found else None


async def revoke(connection: AsyncConnection, key_id: UUID) -> ServiceKey:
    """Revoke a locked key."""
    result = await connection.execute(
        text(f"update identity.service_key set revoked_at = audit.clock() where id = :id returning {COLUMNS}"),
        {"id": key_id},
    )
    return of(result.mappings().one())


async def touch(connection: AsyncConnection, key_id: UUID) -> None:
    """Remember that a key was used; to the minute, so that a busy guard does not rewrite its row all the time."""
    await connection.execute(
        text("""
            update identity.service_key set last_used_at = audit.clock()
             where id = :id and coalesce(last_used_at, '-infinity') < audit.clock() - interval '1 minute'"""),
        {"id": key_id},
    )
