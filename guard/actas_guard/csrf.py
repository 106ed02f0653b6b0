"""What the guard's own doors ask of a request that changes something: that a page of this very host sent it."""

from __future__ import annotations

from actas_guard import pages
from actas_guard.asgi import Answer, Request
from actas_guard.gate import Refusal


def from_elsewhere(request: Request) -> Answer | None:
    """The refusal of anything but a POST from a page of this host, with the header that no foreign page can send."""
    if request.method != "POST":
        return Answer(405, headers=(("allow", "POST"),))
    same_site = request.header(b"sec-fetch-site") in {None, "same-origin"}
    if request.header(b"origin") != request.origin or not same_site or request.header(b"x-actas-csrf") != "1":
        detail = "It is taken only from a page of this workspace, with the header x-actas-csrf: 1."
        return pages.refuse(request, Refusal(403, "CROSS_SITE", "This came from elsewhere", detail))
    return None
