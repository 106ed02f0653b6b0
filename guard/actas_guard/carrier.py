"""How a request carries its session's token (DESIGN section 7, C-5).

COOKIE: the whole token, in a cookie that no script reads. TAB: a tab's script holds the readable half (header and
claims) in its sessionStorage and sends it as a bearer; the signature stays in a cookie that no script reads. Neither
half is worth anything alone: what a script steals works in no other browser, and what a closed tab leaves behind works
in no other tab. Neither carrier's form passes for the other's.
"""

from __future__ import annotations

import base64
import json
from typing import Final

from actas_guard import cookies
from actas_guard.asgi import Request, Scope, without_cookies
from actas_guard.claims import MAX_TOKEN_BYTES, TOKEN_TYPE

PASSED_ON: Final = b"actas-token"
_PREFIX: Final = cookies.PREFIX.encode()
# What no verifier takes: where two carriers contend, neither is taken, and nobody falls back to another identity.
CONTENDED: Final = ""
_OTHERS: Final = frozenset({PASSED_ON, b"authorization"})
_HALVES: Final = 1  # dots in a tab's half; a whole token has two


def token(request: Request, *, behind_another: bool = False) -> str | None:
    """The token that the request carries, whole; None where it carries none of ours, so nobody acts for anybody."""
    if behind_another:
        return _passed_on(request)
    kept = request.cookie(cookies.TOKEN)
    bearers = [value for value in _bearers(request) if _ours(value)]
    if not bearers:
        return kept
    tab = cookies.tab(request)
    if kept is not None or len(bearers) > 1 or bearers[0].count(".") != _HALVES or tab is None:
        return CONTENDED
    return f"{bearers[0]}.{tab.signature}"


def halves(whole: str) -> tuple[str, str]:
    """A verified token as what a tab may read, and the signature that it may not."""
    readable, _, signature = whole.rpartition(".")
    return readable, signature


def shown(request: Request, *, nobodys: bool = False) -> Scope:
    """The request as the product sees it, without anything that carries: it knows the operator by `impersonation()`.

    One of `nobodys` holds no bearer of ours, but may hold the signature that a closed tab leaves in its browser.
    """
    sent = request.headers.get(b"cookie", b"")
    if nobodys and sent is not None and _PREFIX not in sent and PASSED_ON not in request.headers:
        return request.scope
    return {**request.scope, "headers": _stripped(request)}


def _stripped(request: Request) -> list[tuple[bytes, bytes]]:
    headers = without_cookies(request.scope, _PREFIX)
    if request.headers.keys().isdisjoint(_OTHERS):
        return headers
    return [
        header
        for header in headers
        if header[0] != PASSED_ON and not (header[0] == b"authorization" and _ours(_bearer(header[1]) or ""))
    ]


def _passed_on(request: Request) -> str | None:
    values = [value for name, value in request.scope["headers"] if name == PASSED_ON]
    if not values:
        return None
    return values[0].decode("latin-1") if len(values) == 1 else CONTENDED


def _bearers(request: Request) -> list[str]:
    if b"authorization" not in request.headers:
        return []
    found = [_bearer(value) for name, value in request.scope["headers"] if name == b"authorization"]
    return [value for value in found if value is not None]


def _bearer(header: bytes) -> str | None:
    scheme, _, value = header.decode("latin-1").strip().partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _ours(value: str) -> bool:
    """Whether it says of itself that it is a token of a console. A product's own bearers are none of the guard's."""
    first = value.partition(".")[0]
    if len(first) > MAX_TOKEN_BYTES or not first.isascii():
        return False
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError):
        return False
    kind = header.get("typ") if isinstance(header, dict) else None
    return isinstance(kind, str) and kind.lower().removeprefix("application/") == TOKEN_TYPE
