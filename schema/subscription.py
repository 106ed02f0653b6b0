"""The root of subscriptions: what is true now, then every change (resolvers/streams.py)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from resolvers import guards, watch
from resolvers.streams import Listener
from schema import events, filters, ids
from schema.context import Info

if TYPE_CHECKING:
    from uuid import UUID

After = Annotated[
    str | None,
    strawberry.argument(description="The position to go on from; without one the stream begins with what is true now."),
]
TenantId = Annotated[strawberry.ID | None, strawberry.argument(description="Only what concerns this tenant.")]
OperatorId = Annotated[strawberry.ID | None, strawberry.argument(description="Only this operator's.")]


def _listener(
    info: Info, permission: Permission, tenant_id: UUID | None = None, operator_id: UUID | None = None
) -> Listener:
    if tenant_id:
        info.context.seen.add(tenant_id)
    return Listener(info.context.live_caller, permission, tenant_id, operator_id)


@strawberry.type(
    description=(
        "Everything that can be followed: every change in commit order, none lost and none twice. Where the server "
        "cannot be sure of that it sends GAP and a fresh snapshot. A stream ends when its viewer's sign-in, key or "
        "permission does."
    )
)
class Subscription:
    """Streams."""

    @strawberry.subscription(
        description="Sessions: those that are live, then each as it starts, is about to expire, and ends.",
        extensions=[needs(Permission.TENANT_READ)],
    )
    async def session_events(
        self, info: Info, tenant_id: TenantId = None, operator_id: OperatorId = None, after: After = None
    ) -> AsyncGenerator[events.SessionEvent, None]:
        """Live sessions."""
        listener = _listener(
            info,
            Permission.TENANT_READ,
            ids.optional(tenant_id, "Tenant", "tenantId"),
            ids.optional(operator_id, "Operator", "operatorId"),
        )
        async for news in watch.sessions(info.context.database, listener, after):
            yield events.SessionEvent.of(info, news)

    @strawberry.subscription(
        description="Tenants: all that there are, then each as its status or who is inside it changes.",
        extensions=[needs(Permission.TENANT_READ)],
    )
    async def tenant_events(
        self, info: Info, tenant_id: TenantId = None, after: After = None
    ) -> AsyncGenerator[events.TenantEvent, None]:
        """Tenants."""
        listener = _listener(info, Permission.TENANT_READ, ids.optional(tenant_id, "Tenant", "tenantId"))
        async for news in watch.tenants(info.context.database, listener, after):
            yield events.TenantEvent.of(info, news)

    @strawberry.subscription(
        description="The ledger's entries as they are written, after a position, else from now on.",
        extensions=[needs(Permission.AUDIT_READ)],
    )
    async def audit_events(
        self, info: Info, filter: filters.Audit = None, after: After = None
    ) -> AsyncGenerator[events.AuditEvent, None]:
        """Entries."""
        where = filters.audit(info.context.caller, filter)
        listener = _listener(info, Permission.AUDIT_READ, where.tenant_id)
        async for news in watch.entries(info.context.database, listener, where, after):
            yield events.AuditEvent.of(info, news)

    @strawberry.subscription(
        description="What a guard must know in order to refuse in time; a tenant's key hears of that tenant only.",
        extensions=[needs(Permission.GUARD_EVENTS)],
    )
    async def guard_events(self, info: Info, after: After = None) -> AsyncGenerator[events.GuardEvent, None]:
        """For guards."""
        listener = _listener(info, Permission.GUARD_EVENTS)
        async for news in guards.events(info.context.database, listener, after):
            yield events.GuardEvent.of(news)
