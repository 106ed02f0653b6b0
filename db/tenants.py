"""Tenants: the rows that a change of status and a start lock alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text

from db.rows import build, loaded
from permissions.policy import TenantStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

COLUMNS: Final = (
    "id, slug, name, status, status_before, status_reason, plan, region, metadata, support_url, workspace_url,"
    " stripe_customer_id, created_at, updated_at"
)


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """One customer of the product."""

    id: UUID
    slug: str
    name: str
    status: TenantStatus
    status_before: TenantStatus | None
    status_reason: str | None
    plan: str | None
    region: str | None
    metadata: dict[str, Any]
    support_url: str | None
    workspace_url: str | None
    stripe_customer_id: str | None
    created_at: datetime
    updated_at: datetime


def of(mapping: Mapping[Any, Any]) -> Tenant:
    """A tenant from its row."""
    before = mapping["status_before"]
    return build(
        Tenant,
        {
            **mapping,
            "status": TenantStatus(mapping["status"]),
            "status_before": TenantStatus(before) if before else None,
            "metadata": loaded(mapping["metadata"]),
        },
    )


async def lock(connection: AsyncConnection, tenant_id: UUID) -> Tenant | None:
    """The tenant, held against changes of its status until the commit (mechanisms C, step 3)."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.tenant where id = :id for no key update"),
        {"id": tenant_id},
    )
    found = result.mappings().one_or_none()
    return of(found) if found else None


async def insert(connection: AsyncConnection, tenant: Tenant) -> bool:
    """Add a tenant; False where its slug is taken."""
    result = await connection.execute(
        text("""
            insert into identity.tenant (id, slug, name, status, status_reason, plan, region, metadata, support_url,
              workspace_url, stripe_customer_id, created_at, updated_at)
            values (:id, :slug, :name, :status, null, :plan, :region, cast(:metadata as jsonb), :support_url,
              :workspace_url, :stripe_customer_id, :created_at, :created_at)
            on conflict (slug) do nothing returning id"""),
        {
            "id": tenant.id,
            "slug": tenant.slug,
            "name": tenant.name,
            "status": tenant.status,
            "plan": tenant.plan,
            "region": tenant.region,
            "metadata": orjson.dumps(tenant.metadata).decode(),
            "support_url": tenant.support_url,
            "workspace_url": tenant.workspace_url,
            "stripe_customer_id": tenant.stripe_customer_id,
            "created_at": tenant.created_at,
        },
    )
    return result.one_or_none() is not None


async def set_status(connection: AsyncConnection, tenant: Tenant, to: TenantStatus, reason: str) -> Tenant:
    """Change a locked tenant's status, remembering what a suspended one goes back to."""
    before = tenant.status if to is TenantStatus.SUSPENDED else None
    result = await connection.execute(
        text(f"""
            update identity.tenant set status = :to, status_before = :before, status_reason = :reason,
              updated_at = audit.clock() where id = :id returning {COLUMNS}"""),
        {"id": tenant.id, "to": to, "before": before, "reason": reason},
    )
    return of(result.mappings().one())


async def update(connection: AsyncConnection, tenant: Tenant) -> Tenant:
    """Write what is known of a locked tenant; its slug and its status stay as they are."""
    result = await connection.execute(
        text(f"""
            update identity.tenant set name = :name, plan = :plan, region = :region, support_url = :support_url,
              workspace_url = :workspace_url, stripe_customer_id = :stripe_customer_id,
              metadata = cast(:metadata as jsonb), updated_at = audit.clock()
             where id = :id returning {COLUMNS}"""),
        {
            "id": tenant.id,
            "name": tenant.name,
            "plan": tenant.plan,
            "region": tenant.region,
            "metadata": orjson.dumps(tenant.metadata).decode(),
            "support_url": tenant.support_url,
            "workspace_url": tenant.workspace_url,
            "stripe_customer_id": tenant.stripe_customer_id,
        },
    )
    return of(result.mappings().one())
