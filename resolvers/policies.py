"""The rules in force: the deployment's over the default, the tenant's own over both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db import policies as rows
from permissions.policy import DEFAULT, ImpersonationPolicy, overlay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from db.engine import Connection, Database


async def of(database: Database, tenant_ids: Sequence[UUID]) -> dict[UUID, ImpersonationPolicy]:
    """The effective policy of each tenant."""
    async with database.read() as connection:
        rules = await rows.latest_rules(connection, list(tenant_ids))
    return {tenant_id: effective(rules, tenant_id) for tenant_id in tenant_ids}


async def deployment(database: Database) -> ImpersonationPolicy:
    """The deployment's own policy."""
    async with database.read() as connection:
        return effective(await rows.latest_rules(connection, []), None)


async def within(connection: Connection, tenant_id: UUID) -> ImpersonationPolicy:
    """A tenant's effective policy, inside a transaction that holds the tenant."""
    return effective(await rows.latest_rules(connection, [tenant_id]), tenant_id)


def effective(rules: dict[UUID | None, tuple[int, dict[str, Any]]], tenant_id: UUID | None) -> ImpersonationPolicy:
    """The default, then the deployment's stored rules, then the tenant's."""
    policy = DEFAULT
    for owner in dict.fromkeys((None, tenant_id)):
        if owner in rules:
            version, values = rules[owner]
            policy = overlay(policy, max(version, policy.version), values)
    return policy
