"""The end of a session, as its operator meets it: Stop, and the page that names the cause (C-19)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

from actas_guard import admission, cookies, gate, pages
from actas_guard.admission import Invalid, Operator, Over, Unconfirmed
from actas_guard.asgi import Answer, Request
from actas_guard.console import ConsoleRefused, ConsoleUnavailable
from actas_guard.csrf import from_elsewhere
from actas_guard.events import Tenant
from actas_guard.gate import Refusal
from actas_guard.service import Service

log = logging.getLogger("actas_guard")

_CAUSES: Final = {
    "STOPPED": "The session was stopped",
    "TENANT_STOPPED": "The tenant stopped the session",
    "EXPIRED": "The session's time was up",
    "IDLE": "Nothing happened in the session for too long",
    "ABANDONED": "No page of the session was open any more",
    "REPLACED": "Another session replaced this one",
    "REVOKED": "An administrator of the platform revoked the session",
    "LOCKED": "A lock on the platform ended the session",
    "TENANT_SUSPENDED": "The tenant was suspended",
    "TENANT_OFFBOARDING": "The tenant is being closed",
    "ROLE_LOST": "The operator lost the permission",
    "CONSENT_WITHDRAWN": "The tenant withdrew its consent",
    "SIGNED_OUT": "The operator signed out of the console",
    "RESTORED": "The platform was restored from a back-up",
}


def in_words(cause: str | None) -> str:
    """The cause as the beginning of a sentence; one that is newer than this guard is shown as it is written."""
    if cause is None:
        return "The session is over; the console's record says how it ended"
    return _CAUSES.get(cause, f"The session ended ({cause})")


def turned_away(service: Service, request: Request, session_id: UUID, *, reached: bool = False) -> Answer:
    """What a request in a session that is over gets: a person is shown the end, a program is told.

    The cookies stay until the end was shown; without them the next request would be somebody else's. `reached`: the
    product had the request before the end, and may have carried it out.
    """
    where = admission.ended_path(request, session_id)
    if request.navigation:
        return pages.redirect(where)
    ended = service.live.ended(session_id)
    more = {"endedUrl": where}
    if ended:
        more |= {"endedAt": ended.at.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        more |= {"cause": ended.cause} if ended.cause else {}
    came_of_it = gate.REACHED if reached else "Nothing was changed."
    detail = f"{in_words(ended.cause if ended else None)}. {came_of_it} Open endedUrl in the browser."
    return pages.refuse(request, Refusal(401, "SESSION_ENDED", "This session is over", detail, more=more))


def ended_page(service: Service, request: Request, tenant: Tenant) -> Answer:
    """Answer `/actas/ended`: say how the session ended, and only then let go of it."""
    if request.method not in {"GET", "HEAD"}:
        return Answer(405, headers=(("allow", "GET, HEAD"),))
    query = parse_qs(request.scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
    asked = _uuid(query.get("session", [""])[0])
    caller = admission.caller(service, request, tenant)
    if isinstance(caller, Operator) and asked == caller.session.id:
        return pages.redirect("/")
    shown = request.method == "GET"  # what a HEAD would have shown, nobody has read
    theirs = isinstance(caller, Invalid) or (isinstance(caller, Over) and asked in {caller.session_id, None})
    dropped = (cookies.drop(cookies.TOKEN), cookies.drop(cookies.INSIDE)) if theirs and shown else ()
    session_id = caller.session_id if isinstance(caller, Over) and asked is None else asked
    ended = service.live.ended(session_id) if session_id else None
    if ended and ended.tenant_id != tenant.id:
        ended = None
    name = ended.banner.tenant_name if ended else tenant.slug
    if ended and ended.cause:
        said = f"{in_words(ended.cause)}, at {_time(ended.at)}."
    elif session_id and service.live.session(session_id):
        said = "This browser is not inside any more. The session itself goes on until it is stopped from the console."
    else:
        said = f"{in_words(None)}."
    to_list = query.get("back") == ["tenants"]
    back = (
        ("/tenants", "Back to the tenants")
        if to_list
        else (f"/tenants/{tenant.slug}", f"Back to {name} in the console")
    )
    return pages.page(
        200,
        f"You are no longer inside {name}",
        said,
        "What was done in the session is in the tenant's own audit log.",
        link=(service.settings.console_url + back[0], back[1]),
        small=f"Session {session_id}" if session_id else None,
        headers=dropped,
    )


async def leave(service: Service, request: Request, tenant: Tenant) -> Answer:
    """Answer `POST /actas/leave`, the operator's own Stop; it works as well while the guard's view is stale."""
    if refusal := from_elsewhere(request):
        return refusal
    match admission.caller(service, request, tenant):
        case Operator(claims):
            session_id = claims.session_id
        case Unconfirmed(UUID() as session_id):
            pass  # the token is good, and a Stop needs nothing else
        case Unconfirmed():
            return pages.refuse(request, gate.STALE)
        case Over(session_id):
            return pages.as_json({"endedUrl": admission.ended_path(request, session_id)})
        case _:
            return pages.refuse(
                request, Refusal(401, "NO_SESSION", "You are not inside", "This browser holds no session to stop.")
            )
    try:
        await service.console.end(session_id)
    except (ConsoleRefused, ConsoleUnavailable) as error:
        log.warning("actas: a session could not be stopped (%s)", error)
        detail = "The console did not take it, so your session goes on. Try again, or stop it from the console."
        return pages.refuse(request, Refusal(502, "NOT_STOPPED", "The session was not stopped", detail))
    # The stream says so a moment later; this process must not let anything through in between.
    service.live.end(session_id, "STOPPED")
    return pages.as_json({"endedUrl": admission.ended_path(request, session_id)})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _time(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc:%H:%M} UTC on {utc.day} {utc:%B %Y}"
