"""The tenant's own stop: one of its admins sends an operator out, now (S1-28, DESIGN section 7)."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

from actas_guard import admission, gate, pages
from actas_guard.asgi import Answer, Request
from actas_guard.console import ConsoleRefused, ConsoleUnavailable
from actas_guard.csrf import from_elsewhere
from actas_guard.events import Tenant
from actas_guard.gate import Refusal
from actas_guard.people import PersonUnknown, who
from actas_guard.service import Service
from actas_guard.settings import Named

log = logging.getLogger("actas_guard")

_LONGEST_NAME: Final = 200  # the console's limit
_NAMELESS: Final = "An administrator of the tenant"


async def end_now(service: Service, request: Request, tenant: Tenant) -> Answer:
    """Answer `POST /actas/end?session=…`; only the tenant's own admins may, and only what they are shown."""
    if refusal := from_elsewhere(request):
        return refusal
    if admission.caller(service, request, tenant) is not None:
        return _refuse(request, 403, "NOT_YOURS", "This is for the tenant's own people", "Stop your own session.")
    try:
        person = await who(service.settings, request, tenant)
    except PersonUnknown:
        return pages.refuse(request, gate.PERSON_UNKNOWN)
    if person is None or person.role != "ADMIN":
        return _refuse(
            request, 403, "ADMINS_ONLY", "Only an administrator can do this", "Ask one of your administrators."
        )
    session = service.live.session(_asked(request))
    if session is None or session.tenant_id != tenant.id or session.banner.presence not in {"EVERYONE", "ADMINS"}:
        return _refuse(request, 404, "NO_SESSION", "Nobody is inside there", "The session may be over already.")
    try:
        await service.console.end(session.id, on_behalf_of=_stated(person))
    except (ConsoleRefused, ConsoleUnavailable) as error:
        log.warning("actas: a session could not be ended for its tenant (%s)", error)
        detail = "The console did not take it, so the session goes on. Try again, or ask the platform's support."
        return _refuse(request, 502, "NOT_ENDED", "The session was not ended", detail)
    # The stream says so a moment later; this process must not let anything through in between.
    service.live.end(session.id, "TENANT_STOPPED")
    return Answer(204)


def _stated(person: Named) -> str:
    name = "".join(character for character in person.name if character.isprintable()).strip()
    return name[:_LONGEST_NAME].strip() or _NAMELESS


def _refuse(request: Request, status: int, code: str, title: str, detail: str) -> Answer:
    return pages.refuse(request, Refusal(status, code, title, detail))


def _asked(request: Request) -> UUID:
    query = parse_qs(request.scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
    try:
        return UUID(query.get("session", [""])[0])
    except ValueError:
        return UUID(int=0)  # nobody's
