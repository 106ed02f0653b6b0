"""What subscriptions tell."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from permissions.policy import AccessMode, Presence, TenantStatus
from schema import impersonation, ledger, tenants
from schema import viewer as viewers
from schema.context import Info
from schema.enums import Change, EndCause, GuardChange, SessionChange

if TYPE_CHECKING:
    from resolvers import guards, streams

POSITION = "Where the stream stands: opaque, and good for a later `after`."


@strawberry.type(description="Something happened to a session.")
class SessionEvent:
    """One event of `sessionEvents`."""

    change: SessionChange = strawberry.field(description="What happened.")
    session: impersonation.ImpersonationSession | None = strawberry.field(description="The session as it is now.")
    at: datetime = strawberry.field(description="When it happened.")
    position: str = strawberry.field(description=POSITION)

    @classmethod
    def of(cls, info: Info, news: streams.News) -> SessionEvent:
        """From what the stream says."""
        return cls(
            change=SessionChange(news.change),
            session=impersonation.wrap(info, news.session) if news.session else None,
            at=news.at,
            position=news.position,
        )


@strawberry.type(description="Something changed about a tenant: its status, or who is inside.")
class TenantEvent:
    """One event of `tenantEvents`."""

    change: Change = strawberry.field(description="What the event is.")
    tenant: tenants.Tenant | None = strawberry.field(description="The tenant as it is now.")
    at: datetime = strawberry.field(description="When it happened.")
    position: str = strawberry.field(description=POSITION)

    @classmethod
    def of(cls, info: Info, news: streams.News) -> TenantEvent:
        """From what the stream says."""
        return cls(
            change=Change(news.change),
            tenant=tenants.wrap(info, news.tenant) if news.tenant else None,
            at=news.at,
            position=news.position,
        )


@strawberry.type(
    description=(
        "An entry was written. There is no snapshot: without `after` the stream begins with SNAPSHOT_END, which says "
        "that it listens from now on, and after a GAP likewise; what was written before is in `auditEntries`."
    )
)
class AuditEvent:
    """One event of `auditEvents`."""

    change: Change = strawberry.field(description="What the event is.")
    entry: ledger.AuditEntry | None = strawberry.field(description="The entry, where it is CHANGED.")
    position: str = strawberry.field(description=POSITION)

    @classmethod
    def of(cls, info: Info, news: streams.News) -> AuditEvent:
        """From what the stream says."""
        return cls(
            change=Change(news.change),
            entry=ledger.wrap(info, news.entry) if news.entry else None,
            position=news.position,
        )


@strawberry.type(
    description="The viewer's roles changed, or a session in this sign-in began, changed its mode or ended."
)
class ViewerEvent:
    """One event of `viewer`."""

    change: Change = strawberry.field(
        description="What the event is: SNAPSHOT first, then CHANGED; after a GAP a SNAPSHOT again."
    )
    viewer: viewers.Viewer | None = strawberry.field(description="The viewer as of now; none with a GAP.")
    at: datetime = strawberry.field(description="When it happened.")

    @classmethod
    def of(cls, news: streams.News) -> ViewerEvent:
        """From what the stream says."""
        return cls(change=Change(news.change), viewer=None if news.change == "GAP" else viewers.Viewer(), at=news.at)


@strawberry.type(description="What the tenant's people see while an operator is inside.")
class Banner:
    """A banner's words."""

    tenant_name: str = strawberry.field(description="Whose workspace it is.")
    operator_name: str = strawberry.field(description="Who is inside.")
    operator_email: str = strawberry.field(description="The operator's address.")
    reason: str = strawberry.field(description="Why.")
    started_at: datetime = strawberry.field(description="Since when.")
    expires_at: datetime = strawberry.field(description="Until when at the latest.")
    presence: Presence = strawberry.field(description="Which of the tenant's people see it.")

    @classmethod
    def of(cls, news: guards.GuardNews) -> Banner | None:
        """The banner of a session that begins or runs."""
        if not (news.session and news.tenant and news.operator and news.presence):
            return None
        return cls(
            tenant_name=news.tenant.name,
            operator_name=news.operator.name,
            operator_email=news.operator.email,
            reason=news.session.reason,
            started_at=news.session.started_at,
            expires_at=news.session.ended_at or news.session.expires_at,
            presence=news.presence,
        )


@strawberry.type(description="What a guard must know in order to refuse in time.")
class GuardEvent:
    """One event of `guardEvents`."""

    change: GuardChange = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(
        description="When it happened; of a HEARTBEAT: everything committed before then has been sent."
    )
    position: str = strawberry.field(description=POSITION)
    tenant_uuid: UUID | None = strawberry.field(description="Which tenant.")
    tenant_slug: str | None = strawberry.field(description="Its short name.")
    tenant_status: TenantStatus | None = strawberry.field(description="What it is now.")
    support_url: str | None = strawberry.field(
        description="The contact-support link that its people see when suspended."
    )
    session_uuid: UUID | None = strawberry.field(description="Which session; none where only the tenant is meant.")
    mode: AccessMode | None = strawberry.field(description="What the session may do.")
    expires_at: datetime | None = strawberry.field(
        description="When the session ends at the latest; of one that is over, when it ended."
    )
    end_cause: EndCause | None = strawberry.field(description="Why the session is over.")
    banner: Banner | None = strawberry.field(description="What to show; for SNAPSHOT and SESSION_STARTED.")

    @classmethod
    def of(cls, news: guards.GuardNews) -> GuardEvent:
        """From what the stream says."""
        tenant, session = news.tenant, news.session
        return cls(
            change=GuardChange(news.change),
            at=news.at,
            position=news.position,
            tenant_uuid=tenant.id if tenant else None,
            tenant_slug=tenant.slug if tenant else None,
            tenant_status=tenant.status if tenant else None,
            support_url=tenant.support_url if tenant else None,
            session_uuid=session.id if session else None,
            mode=session.mode if session else None,
            expires_at=(session.ended_at or session.expires_at) if session else None,
            end_cause=EndCause(session.end_cause) if session and session.end_cause else None,
            banner=Banner.of(news),
        )
