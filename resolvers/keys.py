"""Service keys: issue and revoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import keys, tenants
from permissions import keys as rules
from permissions.ids import uuid7
from permissions.operators import Permission
from permissions.policy import Permitted, permit
from permissions.refusals import RefusalCode, Refused, refused
from permissions.tenants import reason_refusal
from resolvers.events import ServiceKeyIssued, ServiceKeyRevoked

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from db.engine import Database
    from db.keys import ServiceKey
    from permissions.caller import Caller

NO_SUCH_KEY = refused(RefusalCode.NOT_FOUND, "There is no such key.", "id")
REVOKED_ALREADY = refused(RefusalCode.NO_CHANGE, "This key is revoked already.", "id")
NO_SUCH_TENANT = refused(RefusalCode.NOT_FOUND, "There is no such tenant.", "tenantId")


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A new key with its secret, which is nowhere else and never shown again."""

    key: ServiceKey
    secret: str


async def issue(
    database: Database,
    caller: Caller | None,
    *,
    name: str,
    permissions: Collection[Permission],
    tenant_id: UUID | None = None,
    stated_by: str | None = None,
) -> Issued | Refused:
    """Make a key with these permissions, for all tenants or the one named.

    Without a caller it is the command line that asks, `stated_by` whoever runs it. Raises Forbidden where a caller
    lacks SERVICE_KEY_MANAGE.
    """
    decision = permit(caller.permissions, Permission.SERVICE_KEY_MANAGE) if caller else Permitted(None)
    if unfit := rules.unfit(name, permissions):
        return unfit
    secret = rules.new_key()
    granted = tuple(sorted(permissions))
    async with database.unit(caller) as unit:
        if tenant_id and not await tenants.lock(unit.connection, tenant_id):
            unit.abandon()
            return NO_SUCH_TENANT
        key = await keys.insert(
            unit.connection,
            {
                "id": uuid7(),
                "name": name.strip(),
                "prefix": rules.prefix(secret),
                "key_hash": rules.digest(secret.encode()),
                "permissions": list(granted),
                "tenant_id": tenant_id,
            },
        )
        unit.append(
            decision,
            ServiceKeyIssued(
                key_id=key.id,
                tenant_id=tenant_id,
                name=key.name,
                prefix=key.prefix,
                permissions=granted,
                stated_by=None if caller else stated_by,
            ),
        )
    return Issued(key=key, secret=secret)


async def revoke(database: Database, caller: Caller, *, key_id: UUID, reason: str) -> ServiceKey | Refused:
    """Make a key worthless; its sockets close within 2 s. Raises Forbidden without SERVICE_KEY_MANAGE."""
    decision = permit(caller.permissions, Permission.SERVICE_KEY_MANAGE)
    if unfit := reason_refusal(reason):
        return unfit
    async with database.unit(caller) as unit:
        key = await keys.lock(unit.connection, key_id)
        if key is None or key.revoked_at:
            unit.abandon()
            return REVOKED_ALREADY if key else NO_SUCH_KEY
        revoked = await keys.revoke(unit.connection, key_id)
        unit.append(
            decision,
            ServiceKeyRevoked(
                key_id=key.id, tenant_id=key.tenant_id, name=key.name, prefix=key.prefix, reason=reason.strip()
            ),
        )
    return revoked
