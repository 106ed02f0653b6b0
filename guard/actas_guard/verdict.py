"""What becomes of a request for the product: let in as somebody, or turned away with an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from actas_guard import admission, cookies, gate, pages
from actas_guard.admission import Caller, Foreign, Invalid, Operator, Over, Unconfirmed
from actas_guard.asgi import Answer, Request
from actas_guard.context import Current, Impersonation
from actas_guard.csrf import CROSS_SITE, from_another_site
from actas_guard.ended import turned_away
from actas_guard.events import Tenant
from actas_guard.gate import Refusal
from actas_guard.service import Service


class Turned(NamedTuple):
    """The answer to a request that is not let in, and the session that it was tried in, where that is known."""

    answer: Answer
    session_id: UUID | None = None


def admit(service: Service, request: Request, tenant: Tenant, *, reached: bool = False) -> Current | Turned:
    """Decide about a request for the product (DESIGN section 5's table, row by row).

    `reached`: it was let in before, and the product may have carried it out.
    """
    if refusal := gate.closed(tenant):
        if inside := cookies.inside(request):
            link = (admission.ended_path(request, inside.session_id), "See how your session ended")
            refusal = replace(refusal, link=link)
        return Turned(_refuse(request, refusal, reached=reached))
    caller = admission.caller(service, request, tenant)
    if isinstance(caller, Operator):
        inside_now = admission.impersonation(tenant, caller)
        return Current(tenant, inside_now, caller.token, request.origin, service.live)
    if caller is not None:
        return _turned(service, request, caller, reached=reached)
    if refusal := gate.refused(tenant, None, changes=not request.safe, kinds=request.kinds):
        return Turned(_refuse(request, refusal, reached=reached))
    return Current(tenant, None, None, request.origin, service.live)


def refused(service: Service, request: Request, here: Current, inside: Impersonation) -> Refusal | None:
    """What forbids an operator who is let in this one request."""
    changes = not request.safe
    if refusal := gate.refused(here.tenant, inside.mode, changes=changes, kinds=request.kinds):
        return refusal
    # No browser sends what a service behind another goes by.
    cross_site = changes and not service.settings.behind_another and from_another_site(request)
    return CROSS_SITE if cross_site else None


def no_longer(service: Service, request: Request, tenant: Tenant, *, reached: bool = False) -> Answer:
    """The answer to a request that was let in, and may no longer go on."""
    admitted = admit(service, request, service.live.tenant(tenant.slug) or tenant, reached=reached)
    if isinstance(admitted, Turned):
        return admitted.answer
    inside = admitted.impersonation
    mode = inside.mode if inside else None
    refusal = gate.refused(admitted.tenant, mode, changes=not request.safe, kinds=request.kinds)
    return _refuse(request, refusal or gate.STALE, reached=reached, inside=inside is not None)


def _turned(service: Service, request: Request, caller: Caller, *, reached: bool) -> Turned:
    match caller:
        case Over(session_id):
            return Turned(turned_away(service, request, session_id, reached=reached))
        case Unconfirmed(session_id):
            return Turned(_refuse(request, gate.STALE, reached=reached), session_id)
        case Foreign(claims):
            # Its own tenant reads of it (threat 12).
            lives = service.live.session(claims.session_id)
            return Turned(_refuse(request, gate.FOREIGN_TOKEN, reached=reached), claims.session_id if lives else None)
        case Invalid() | _:
            return Turned(_refuse(request, gate.INVALID_TOKEN, reached=reached))


def _refuse(request: Request, refusal: Refusal, *, reached: bool, inside: bool = False) -> Answer:
    return pages.refuse(request, replace(refusal, detail=gate.REACHED) if reached else refusal, inside=inside)
