"""What is known of a tenant: changing it, and what its ledger tells of that."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from db import impersonation, tenants
from db.ledger import camel
from permissions import policy as rules
from permissions.operators import Permission
from permissions.reach import sees
from permissions.refusals import RefusalCode, Refused, refused
from resolvers.events import TenantUpdated
from resolvers.tenants import NO_SUCH_TENANT, TenantChanged, unfit

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.tenants import Tenant
    from db.unit import WriteUnit
    from permissions.caller import Caller

NOTHING_NEW = refused(RefusalCode.NO_CHANGE, "All of that is known of the tenant already.")
OCCUPIED = refused(
    RefusalCode.CONFLICT,
    "An operator is inside, and the workspace moves only while nobody is: end the session, or wait for its end.",
    "workspaceUrl",
)
# What is known of a tenant and can change; of the last two the ledger tells only that they did.
KNOWN = ("name", "plan", "region", "workspace_url", "support_url", "stripe_customer_id", "metadata")
UNTOLD = {"stripe_customer_id", "metadata"}


@dataclass(frozen=True, kw_only=True)
class UpdateTenant:
    """What is to change of what is known of a tenant: fields by name, None takes a value away."""

    tenant_id: UUID
    given: dict[str, Any]


async def update(database: Database, caller: Caller, request: UpdateTenant) -> TenantChanged | Refused:
    """Change what is known of a tenant. Its workspace moves only while nobody is inside.

    A token is good for the origin that the tenant had when it was made, so a session would be lost half way.
    """
    decision = rules.permit(caller.permissions, Permission.TENANT_REGISTER)
    async with database.unit(caller) as unit:
        tenant = await tenants.lock(unit.connection, request.tenant_id)
        if tenant is None or not sees(caller, tenant.id):
            unit.abandon()
            return NO_SUCH_TENANT
        updated = replace(tenant, **(request.given | _filled(request.given)))
        refusal = unfit(updated)
        changed = () if refusal else _changed(tenant, updated)
        if not refusal and not changed:
            refusal = NOTHING_NEW
        if "workspace_url" in changed and await _somebody_inside(unit, tenant.id):
            refusal = OCCUPIED
        if refusal:
            unit.abandon()
            return refusal
        stored = await tenants.update(unit.connection, updated)
        unit.append(decision, _updated(tenant, stored, changed))
    return TenantChanged(tenant=stored)


def _changed(was: Tenant, now: Tenant) -> tuple[str, ...]:
    new = _told({name: getattr(now, name) for name in KNOWN}) - _told({name: getattr(was, name) for name in KNOWN})
    return tuple(name for name in KNOWN if name in dict(new))


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a name, without its outer spaces, and what stands for a name or metadata that is taken away."""
    kept: dict[str, Any] = {}
    if "name" in given:
        kept["name"] = (given["name"] or "").strip()
    if "metadata" in given:
        kept["metadata"] = given["metadata"] or {}
    return kept


def _told(values: dict[str, Any]) -> set[tuple[str, str]]:
    """Each value as JSON has it: to Python true and 1 would be the same."""
    return {(name, json.dumps(value, sort_keys=True)) for name, value in values.items()}


async def _somebody_inside(unit: WriteUnit, tenant_id: UUID) -> bool:
    inside = await impersonation.lock_active(unit.connection, tenant_id=tenant_id)
    return any(each.ended_at is None for each in await impersonation.now(unit.connection, inside))


def _updated(was: Tenant, now: Tenant, changed: tuple[str, ...]) -> TenantUpdated:
    told = [name for name in changed if name not in UNTOLD]
    return TenantUpdated(
        tenant_id=now.id,
        name=now.name,
        changed=tuple(camel(name) for name in changed),
        was={camel(name): getattr(was, name) for name in told},
        now={camel(name): getattr(now, name) for name in told},
        metadata_changed=tuple(sorted({key for key, _ in _told(was.metadata) ^ _told(now.metadata)})),
        workspace_url=now.workspace_url,
    )
