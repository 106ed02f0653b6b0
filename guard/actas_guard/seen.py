"""The banner's beat: an operator changes nothing on a page that hides who they are (S1-26, threat 57).

The banner tells the guard every few seconds whether it can be seen, and gets a proof of it as a cookie.
"""

from __future__ import annotations

from typing import Final

from actas_guard import admission
from actas_guard.admission import Operator
from actas_guard.asgi import Answer, Request
from actas_guard.csrf import from_elsewhere
from actas_guard.events import Tenant
from actas_guard.gate import Refusal
from actas_guard.service import Service

BANNER_NOT_SEEN: Final = Refusal(
    403,
    "BANNER_NOT_SEEN",
    "The banner cannot be seen",
    "Nothing was changed. An operator changes nothing on a page that hides the banner with their name, and this "
    "browser has not shown it lately. Go back, see that the banner stands at the top of the page, and try again.",
)


def beat(service: Service, request: Request, tenant: Tenant) -> Answer:
    """Answer `POST /actas/seen`: header `x-actas-seen: yes`, or anything else where the banner is hidden.

    Whoever is not inside is answered alike: a page's last beat may come after the session's end.
    """
    if refusal := from_elsewhere(request):
        return refusal
    match admission.caller(service, request, tenant):
        case Operator(_, session):
            sightings = service.sightings
            seen = request.header(b"x-actas-seen") == "yes"
            return Answer(204, headers=((sightings.seen if seen else sightings.hidden)(session.id),))
        case _:
            return Answer(204)
