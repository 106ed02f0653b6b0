"""A request that changes something comes from a page of this very host (threats 16, 17).

`SameSite` keeps other sites out, and lets the hosts of other tenants in: they are of the same site.
"""

from __future__ import annotations

from typing import Final

from actas_guard import pages
from actas_guard.asgi import Answer, Request
from actas_guard.gate import Refusal

CROSS_SITE: Final = Refusal(
    403,
    "CROSS_SITE",
    "This came from elsewhere",
    "Nothing was changed. An operator changes something from a page of this very workspace alone, and the browser says "
    "that another site's page asked for this.",
)


def from_another_site(request: Request) -> bool:
    """Whether a browser says so, of a request with an operator's cookie; programs say nothing of where they are.

    A page of this host whose policy keeps its Origin back says `null`, and the browser says `same-origin` for it.
    """
    site = request.header(b"sec-fetch-site")
    if b"sec-fetch-site" in request.headers and site not in {"same-origin", "none"}:
        return True
    if b"origin" not in request.headers:
        return False
    origin = request.header(b"origin")
    return origin != request.origin and (origin, site) != ("null", "same-origin")


def from_elsewhere(request: Request) -> Answer | None:
    """At the guard's own doors: refuse all but a POST from a page of this host, with the header that no other sends."""
    if request.method != "POST":
        return Answer(405, headers=(("allow", "POST"),))
    same_site = request.header(b"sec-fetch-site") in {None, "same-origin"}
    if request.header(b"origin") != request.origin or not same_site or request.header(b"x-actas-csrf") != "1":
        detail = "It is taken only from a page of this workspace, with the header x-actas-csrf: 1."
        return pages.refuse(request, Refusal(403, "CROSS_SITE", "This came from elsewhere", detail))
    return None
