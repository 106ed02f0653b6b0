"""The root of subscriptions: what is true now, then every change (resolvers/streams.py)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from resolvers import guards, viewers, watch
from resolvers.streams import Listener
from schema import events, filters, ids
from schema.context import Info

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from resolvers.streams import News

N = TypeVar("N", bound="News")
E = TypeVar("E")

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
    return Listener(info.context.live_caller, permission, tenant_id, operator_id, info.context.expect)


async def _told(stream: AsyncGenerator[N], tell: Callable[[N], E]) -> AsyncGenerator[E, None]:
    """A stream in the API's words, which is over as soon as its reader goes."""
    async with aclosing(stream):
        async for news in stream:
            yield tell(news)


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
        description=(
            "Sessions: those that are live, then each as it starts, is in use, changes its mode, is about to expire, "
            "and ends."
        ),
        extensions=[needs(Permission.TENANT_READ)],
    )
    def session_events(
        self, info: Info, tenant_id: TenantId = None, operator_id: OperatorId = None, after: After = None
    ) -> AsyncGenerator[events.SessionEvent, None]:
        """Live sessions."""
        listener = _listener(
            info,
            Permission.TENANT_READ,
            ids.optional(tenant_id, "Tenant", "tenantId"),
            ids.optional(operator_id, "Operator", "operatorId"),
        )
        return _told(watch.sessions(info.context.database, listener, after), partial(events.SessionEvent.of, info))

    @strawberry.subscription(
        description="Tenants: all that there are, then each as its status or who is inside it changes.",
        extensions=[needs(Permission.TENANT_READ)],
    )
    def tenant_events(
        self, info: Info, tenant_id: TenantId = None, after: After = None
    ) -> AsyncGenerator[events.TenantEvent, None]:
        """Tenants."""
        listener = _listener(info, Permission.TENANT_READ, ids.optional(tenant_id, "Tenant", "tenantId"))
        return _told(watch.tenants(info.context.database, listener, after), partial(events.TenantEvent.of, info))

    @strawberry.subscription(
        description="The ledger's entries as they are written, after a position, else from now on.",
        extensions=[needs(Permission.AUDIT_READ)],
    )
    def audit_events(
        self, info: Info, filter: filters.Audit = None, after: After = None
    ) -> AsyncGenerator[events.AuditEvent, None]:
        """Entries."""
        where = filters.audit(info.context.caller, filter)
        listener = _listener(info, Permission.AUDIT_READ, where.tenant_id)
        listener.again = partial(filters.audit, given=filter)
        return _told(watch.entries(info.context.database, listener, where, after), partial(events.AuditEvent.of, info))

    @strawberry.subscription(
        description=(
            "Oneself: what is true now, then the whole anew whenever a role comes or goes, or the session in this "
            "sign-in does. For everybody who is signed in; it ends within 2 seconds of the sign-in or key."
        )
    )
    def viewer(self, info: Info) -> AsyncGenerator[events.ViewerEvent, None]:
        """Public to whoever is authenticated: one's own name and permissions."""
        return _told(viewers.events(info.context.database, info.context.live_caller), events.ViewerEvent.of)

    @strawberry.subscription(
        description="What a guard must know in order to refuse in time; a tenant's key hears of that tenant only.",
        extensions=[needs(Permission.GUARD_EVENTS)],
    )
    def guard_events(self, info: Info, after: After = None) -> AsyncGenerator[events.GuardEvent, None]:
        """For guards."""
        listener = _listener(info, Permission.GUARD_EVENTS)
        return _told(guards.events(info.context.database, listener, after), events.GuardEvent.of)
