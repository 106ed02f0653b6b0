"""Service keys."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from db.pages import keys as pages
from permissions.operators import Permission
from permissions.reach import sees
from schema import ids, lazy, tenants
from schema.context import Info
from schema.paging import Node
from schema.refusals import Refused

if TYPE_CHECKING:
    from db import keys as rows


@strawberry.type(description="The key of a service. Its secret was shown once and is stored nowhere.")
class ServiceKey(Node):
    """What may be known of a key."""

    tenant_id: strawberry.Private[UUID | None]
    name: str = strawberry.field(description="What the key is for.")
    prefix: str = strawberry.field(description="The beginning of its secret, to tell keys apart.")
    permissions: list[Permission] = strawberry.field(description="What it may do.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    last_used_at: datetime | None = strawberry.field(description="When it was used last, to the minute.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")

    @classmethod
    def of(cls, row: rows.ServiceKey) -> ServiceKey:
        """From its row."""
        return cls(
            id=ids.encode("ServiceKey", row.id),
            tenant_id=row.tenant_id,
            name=row.name,
            prefix=row.prefix,
            permissions=list(row.permissions),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )

    @strawberry.field(description="The one tenant that it is bound to, and the only one it sees.")
    async def tenant(self, info: Info) -> lazy.Tenant | None:
        """Loaded for all keys at once."""
        return await tenants.load(info, self.tenant_id) if self.tenant_id else None


@strawberry.input(description="A key for a service.")
class IssueServiceKeyInput:
    """What a key needs."""

    name: str = strawberry.field(description="What it is for: at most 200 characters, and shown wherever it acts.")
    permissions: list[Permission] = strawberry.field(
        description=(
            "What it may do. A key never holds IMPERSONATE_*, IMPERSONATION_REVOKE, OPERATOR_GRANT or "
            "SERVICE_KEY_MANAGE."
        )
    )
    tenant_id: strawberry.ID | None = strawberry.field(
        default=None, description="The one tenant that it sees; all of them unless given."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=(
            "Makes a retry safe: the same key from the same caller makes no second service key. The retry is refused "
            "as CONFLICT, since the secret was shown to the first call and is kept nowhere."
        ),
    )


@strawberry.input(description="A key that is to work no longer.")
class RevokeServiceKeyInput:
    """What a revocation needs."""

    id: strawberry.ID = strawberry.field(description="Which key.")
    reason: str = strawberry.field(description="Why: it is kept in the ledger.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.type(description="A key was issued.")
class ServiceKeyIssued:
    """The key with its secret."""

    service_key: ServiceKey = strawberry.field(description="The key.")
    secret: str = strawberry.field(
        description="What the service sends as `Authorization: Bearer …`. It is shown now and never again."
    )


IssueServiceKeyResult = Annotated[
    ServiceKeyIssued | Refused,
    strawberry.union("IssueServiceKeyResult", description="What became of issuing a key."),
]


@strawberry.type(description="A key changed.")
class ServiceKeyChanged:
    """The key after the change."""

    service_key: ServiceKey = strawberry.field(description="The key as it is now.")


ServiceKeyResult = Annotated[
    ServiceKeyChanged | Refused,
    strawberry.union("ServiceKeyResult", description="What became of a change to a key."),
]


async def load(info: Info, key_id: UUID) -> ServiceKey | None:
    """The key with this id; another tenant's does not exist for a bound caller."""
    row = await info.context.load(pages.by_ids, key_id)
    caller = info.context.caller
    own = caller.service is not None and caller.service.key_id == key_id
    return ServiceKey.of(row) if row and (own or sees(caller, row.tenant_id)) else None
