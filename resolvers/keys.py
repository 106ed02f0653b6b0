"""Service keys: issue and revoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import keys, tenants
from permissions import keys as rules
from permissions.ids import uuid7
from permissions.operators import Permission
from permissions.refusals import RefusalCode, Refused, refused
from permissions.tenants import reason_refusal
from resolvers import replay
from resolvers.authority import entitled, hold
from resolvers.events import ServiceKeyIssued, ServiceKeyRevoked

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from db.engine import Database
    from db.keys import ServiceKey
    from db.unit import WriteUnit
    from permissions.caller import Caller

NO_SUCH_KEY = refused(RefusalCode.NOT_FOUND, "There is no such key.", "id")
REVOKED_ALREADY = refused(RefusalCode.NO_CHANGE, "This key is revoked already.", "id")
NO_SUCH_TENANT = refused(RefusalCode.NOT_FOUND, "There is no such tenant.", "tenantId")


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A new key with its secret, which is nowhere else and never shown again."""

    key: ServiceKey
    secret: str

    @property
    def id(self) -> UUID:
        """The key's: all that is kept for a retry."""
        return self.key.id


async def issue(
    database: Database,
    caller: Caller | None,
    *,
    name: str,
    permissions: Collection[Permission],
    tenant_id: UUID | None = None,
    stated_by: str | None = None,
    idempotency_key: str | None = None,
) -> Issued | Refused:
    """Make a key with these permissions, for all tenants or the one named.

    Without a caller it is the command line that asks, `stated_by` whoever runs it. A retry with the same
    `idempotency_key` makes no second key, and is refused: the secret was shown to the first call and is nowhere.
    Raises Forbidden where a caller lacks SERVICE_KEY_MANAGE.
    """
    entitled(caller, Permission.SERVICE_KEY_MANAGE)
    granted = tuple(sorted(set(permissions)))

    async def decided(unit: WriteUnit) -> Issued | Refused:
        if unfit := rules.unfit(name, granted):
            return unfit
        decision, _ = await hold(unit, Permission.SERVICE_KEY_MANAGE)
        if tenant_id and not await tenants.lock(unit.connection, tenant_id):
            return NO_SUCH_TENANT
        secret = rules.new_key()
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
                stated_by=stated_by,
            ),
        )
        return Issued(key=key, secret=secret)

    given = {"name": name, "permissions": granted, "tenant": tenant_id}
    return await replay.once(database, caller, idempotency_key, "issueServiceKey", given, decided, _issued_already)


async def revoke(
    database: Database,
    caller: Caller | None,
    *,
    key_id: UUID,
    reason: str,
    stated_by: str | None = None,
    idempotency_key: str | None = None,
) -> ServiceKey | Refused:
    """Make a key worthless; its sockets close within 2 s. Without a caller it is the command line, used by `stated_by`.

    Raises Forbidden where a caller lacks SERVICE_KEY_MANAGE.
    """
    entitled(caller, Permission.SERVICE_KEY_MANAGE)

    async def decided(unit: WriteUnit) -> ServiceKey | Refused:
        if unfit := reason_refusal(reason):
            return unfit
        decision, _ = await hold(unit, Permission.SERVICE_KEY_MANAGE)
        key = await keys.lock(unit.connection, key_id)
        if key is None or key.revoked_at:
            return REVOKED_ALREADY if key else NO_SUCH_KEY
        revoked = await keys.revoke(unit.connection, key_id)
        unit.append(
            decision,
            ServiceKeyRevoked(
                key_id=key.id,
                tenant_id=key.tenant_id,
                name=key.name,
                prefix=key.prefix,
                reason=reason.strip(),
                stated_by=stated_by,
            ),
        )
        return revoked

    given = {"key": key_id, "reason": reason}
    return await replay.once(database, caller, idempotency_key, "revokeServiceKey", given, decided, _again)


async def _issued_already(unit: WriteUnit, key_id: UUID) -> Refused:
    key = await keys.lock(unit.connection, key_id)
    assert key
    return refused(
        RefusalCode.CONFLICT,
        f"The key {key.prefix}… was issued by this request before, and its secret is told once. "
        "If that answer was lost, revoke this key and issue another.",
        "idempotencyKey",
    )


async def _again(unit: WriteUnit, key_id: UUID) -> ServiceKey | Refused:
    return await keys.lock(unit.connection, key_id) or NO_SUCH_KEY
