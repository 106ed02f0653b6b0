"""What a request says, read from its ASGI scope and never from a URL rebuilt out of it (threat 30)."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from permissions.caller import Origin
from permissions.text import defect

if TYPE_CHECKING:
    from starlette.types import Scope

# The prefix binds it to this very host, over https (or localhost), for all paths: no sibling host can set it.
COOKIE: Final = "__Host-actas"
# Python's own blanks are more: a sibling host may set `\xa0__Host-…`, which the prefix does not keep it from.
_BLANKS: Final = " \t"
CSRF_HEADER: Final = "x-actas-csrf"
LONGEST_USER_AGENT: Final = 500


def headers(scope: Scope, name: str) -> list[str]:
    """All values of a header, as they came."""
    wanted = name.encode()
    return [value.decode("latin-1") for key, value in scope["headers"] if key == wanted]


def header(scope: Scope, name: str) -> str | None:
    """The one value of a header; None where it is missing or, which no honest client does, given twice."""
    found = headers(scope, name)
    return found[0] if len(found) == 1 else None


def token(scope: Scope) -> str | None:
    """The sign-in's token from the cookie; empty where the cookie is there but is not to be understood."""
    values = [
        pair.partition("=")[2].strip(_BLANKS)
        for line in headers(scope, "cookie")
        for pair in line.split(";")
        if pair.partition("=")[0].strip(_BLANKS) == COOKIE
    ]
    if not values:
        return None
    return values[0] if len(values) == 1 else ""


def bearer(scope: Scope) -> str | None:
    """The key from the Authorization header; empty where there is one that is no Bearer."""
    if not headers(scope, "authorization"):
        return None
    return key_in(header(scope, "authorization"))


def key_in(authorization: object) -> str:
    """The key out of `Bearer …`."""
    if not isinstance(authorization, str):
        return ""
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def from_here(scope: Scope, allowed: str) -> bool:
    """Whether the console itself sent this, as far as the browser says (threats 16, 17): fails closed.

    Browsers send Origin with every change; Sec-Fetch-Site cannot be set by a page.
    """
    origin = headers(scope, "origin")
    if origin:
        return origin == [allowed]
    return header(scope, "sec-fetch-site") == "same-origin"


def is_json(scope: Scope) -> bool:
    """Whether the body is said to be JSON, which no form of another site can say."""
    return (header(scope, "content-type") or "").partition(";")[0].strip().lower() == "application/json"


def asked_by_the_console(scope: Scope, console_url: str) -> bool:
    """Whether a change by a signed-in browser was made by the console's own page (threat 16)."""
    return is_json(scope) and from_here(scope, console_url) and header(scope, CSRF_HEADER) == "1"


def origin_of(scope: Scope, proxy_hops: int) -> Origin:
    """Where the call comes from: the peer, or what the outermost of one's own proxies saw (threat 56)."""
    agent = (header(scope, "user-agent") or "")[:LONGEST_USER_AGENT]
    plain = "".join(each for each in agent if each.isprintable() and not defect(each))
    return Origin(ip=_address(scope, proxy_hops), user_agent=plain or None)


def _address(scope: Scope, proxy_hops: int) -> str | None:
    peer = scope.get("client")
    seen = [each.strip() for line in headers(scope, "x-forwarded-for") for each in line.split(",")]
    if proxy_hops and len(seen) >= proxy_hops:
        try:
            return str(ipaddress.ip_address(seen[-proxy_hops]))
        except ValueError:
            return None
    return peer[0] if peer else None
