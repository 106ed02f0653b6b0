"""Who sends this request, and may it go on to the product? The one place where the guard decides (P5, P7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from actas_guard import carrier, cookies, gate
from actas_guard.asgi import Request
from actas_guard.claims import Claims
from actas_guard.context import Current, Impersonation
from actas_guard.cookies import Inside
from actas_guard.events import Session, Tenant
from actas_guard.gate import Refusal
from actas_guard.service import Service
from actas_guard.tokens import TokenElsewhere, TokenExpired, TokenRefused


@dataclass(frozen=True, slots=True)
class Over:
    """The browser's session is over, and its operator has not been told yet."""

    session_id: UUID


@dataclass(slots=True)
class Operator:
    """An operator with a good token, in a session that lives."""

    claims: Claims
    session: Session
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A good token in the wrong place: refused, and recorded in its own session."""

    claims: Claims


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A token, of a session that nobody can vouch for at the moment."""

    session_id: UUID | None  # where at least the signature could be checked


@dataclass(frozen=True, slots=True)
class Invalid:
    """What the browser holds is no token of this console."""


# None: nobody who acts for somebody else, so one of the tenant's own people, or a stranger to the product.
Caller = Operator | Over | Foreign | Unconfirmed | Invalid | None


def tenant_of(service: Service, request: Request) -> Tenant | Refusal:
    """The tenant that lives at the request's host."""
    if not service.live.ready:
        return gate.NOT_READY
    slug = service.settings.tenant_of(request.host) if request.host else None
    return (service.live.tenant(slug) if slug else None) or gate.UNKNOWN_TENANT


def caller(service: Service, request: Request, tenant: Tenant) -> Caller:
    """Who sends the request.

    Where a browser holds an impersonation beside the sign-in of one of the tenant's people, the impersonation wins
    until its end was shown: an identity never changes silently (C-19).
    """
    settings = service.settings
    token = carrier.token(request, behind_another=settings.behind_another)
    if token is None:
        inside = None if settings.behind_another else cookies.inside(request)
        return Over(inside.session_id) if inside else None
    if not service.keys.known:
        return Unconfirmed(None)
    try:
        claims = service.tokens.verify(token, audience=request.origin, tenant_id=tenant.id)
    except TokenExpired as expired:
        return Over(expired.claims.session_id)
    except TokenElsewhere as elsewhere:
        return Foreign(elsewhere.claims)
    except TokenRefused:
        return Invalid()
    return _in_session(service, claims, token)


def _in_session(service: Service, claims: Claims, token: str) -> Operator | Over | Unconfirmed:
    session = service.live.session(claims.session_id)
    if service.live.stale and not service.live.ended(claims.session_id):
        return Unconfirmed(claims.session_id)
    # A session that was never announced is refused like one that ended; so is one announced for another tenant.
    if session is None or session.tenant_id != claims.tenant_id:
        return Over(claims.session_id)
    return Operator(claims, session, token)


def impersonation(tenant: Tenant, operator: Operator) -> Impersonation:
    """The session as the product sees it."""
    session, claims = operator.session, operator.claims
    banner, mode = session.banner, gate.mode_in_force(tenant, session.mode)
    return Impersonation(
        session.id,
        tenant.id,
        tenant.slug,
        claims.operator_id,
        banner.operator_email,
        banner.operator_name,
        banner.reason,
        mode,
        session.expires_at,
    )


def still_allowed(service: Service, here: Current, request: Request) -> bool:
    """Whether the request would be let in again, by the status and the mode of now.

    Asked of an open socket at each message, and of a request that had to wait before it changed anything. An answer
    that is under way is not asked so much: withholding it takes no change back.
    """
    now = service.live.tenant(here.tenant.slug)
    if now is None or not here.holds():
        return False
    inside = here.inside()
    mode = inside.mode if inside else None
    return gate.refused(now, mode, changes=not request.safe, kinds=request.kinds) is None


def ended_path(request: Request, session_id: UUID) -> str:
    """Where an operator reads how their session ended.

    It says where they go back to, since the page takes back what the browser remembers, and two may open it.
    """
    to_list = remembered(request, session_id).return_to == "TENANT_LIST"
    return f"/actas/ended?session={session_id}{'&back=tenants' if to_list else ''}"


def remembered(request: Request, session_id: UUID) -> Inside:
    """What the browser knows of this session, or the default where it knows another or none."""
    for known in (cookies.inside(request), cookies.tab(request)):
        if known and known.session_id == session_id:
            return known
    return Inside(session_id, "TENANT")
