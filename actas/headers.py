"""Security headers on every answer (OWASP ASVS 5.0, chapter 3.4)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NONCE: Final = "__CSP_NONCE__"
STYLE_ATTRIBUTES: Final = "style-src-attr 'unsafe-inline'; "
NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def page_policy(nonce: str, socket_origin: str, *, style_attributes: bool = False) -> str:
    """What a page of the console may load: its own files, and styles that carry this response's nonce.

    `style_attributes` allows those inside markup as well, which GraphiQL's editor cannot do without (decision 0022).
    """
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        f"{STYLE_ATTRIBUTES if style_attributes else ''}img-src 'self' data:; "
        f"connect-src 'self' {socket_origin}; worker-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def new_nonce() -> str:
    """128 random bits, anew for each page."""
    return secrets.token_urlsafe(16)


class SecurityHeaders:
    """Adds what an answer does not say itself: default deny for the browser, too."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        always = {
            "content-security-policy": NOTHING,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "x-frame-options": "DENY",
            "cache-control": "no-store",
        }
        if secure:
            always["strict-transport-security"] = "max-age=31536000"
        self._always = [(name.encode(), value.encode()) for name, value in always.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def sending(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in self._always if each[0] not in said)]
            await send(message)

        await self._app(scope, receive, sending)
