"""The front door: who gets past it, and what everybody else is told, which is always the same (DESIGN section 6).

Default deny: routing happens behind it, so that no path, method or header tells a stranger what is there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from actas.answers import AWAY, AWAY_PAGE, NOT_FOUND, UNAUTHORIZED
from actas.scopes import bearer, header, origin_of, token
from permissions.keys import is_key
from permissions.refusals import Unavailable

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from actas.pages import Pages
    from actas.services import Services
    from permissions.caller import Caller

GRAPHQL: Final = "/graphql"
PUBLIC: Final = frozenset({"/livez", "/readyz", "/.well-known/jwks.json"})
READS: Final = frozenset({"GET", "HEAD"})
FOR_EVERYONE: Final = frozenset({("POST", "/sign-in"), ("POST", "/sign-out")})
# What services call besides /graphql. Operators reach it as they reach everything behind the door.
FOR_SERVICES: Final = re.compile(r"/ledger/export|/platform/impersonation/end|/platform/tenants/[^/]+/impersonate")
SIGN_IN_PAGE: Final = frozenset({("GET", "/"), ("GET", "/sign-in")})


class FrontDoor:
    """Lets callers through, with who they are in `scope["state"]["caller"]`; answers strangers itself."""

    def __init__(self, app: ASGIApp, *, services: Services, pages: Pages) -> None:
        self._app = app
        self._services = services
        self._settings = services.settings
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or turn away, one request or socket."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["origin"] = origin_of(scope, self._settings.proxy_hops)
        answer = await self._decide(scope)
        await answer(scope, receive, send)

    async def _decide(self, scope: Scope) -> ASGIApp:
        """Who answers: the application for whom it is meant, or one of the constant answers."""
        host, path = _host(scope), scope["path"]
        knock = (scope.get("method", ""), path)
        at_service, at_console = host == self._settings.service_host, host == self._settings.console_host
        if at_service and path in PUBLIC and knock[0] in READS:
            return self._app
        if path == GRAPHQL and (at_service or at_console):
            # A socket may still bring its key in its first message: actas/sockets.py decides.
            return self._app if scope["type"] == "websocket" else await self._graphql(scope)
        if not (at_console or at_service) or scope["type"] == "websocket":
            return self._stranger(scope, NOT_FOUND)
        if at_console and knock in FOR_EVERYONE:
            return self._app
        key, called = bearer(scope), FOR_SERVICES.fullmatch(path) is not None
        if key is not None and (called or is_key(key)):
            return await self._service(scope, key, called=called)
        return await self._console(scope, knock) if at_console else self._stranger(scope, NOT_FOUND)

    async def _graphql(self, scope: Scope) -> ASGIApp:
        try:
            caller = await self._caller(scope)
        except Unavailable:
            return AWAY
        if caller is None or not caller.permissions:
            return self._stranger(scope, UNAUTHORIZED)
        scope["state"]["caller"] = caller
        return self._app

    async def _service(self, scope: Scope, key: str, *, called: bool) -> ASGIApp:
        """Who brings a key is a service and has no pages. It is looked up for any path: none tells by its time."""
        try:
            caller = await self._services.callers.by_key(key, scope["state"]["origin"])
        except Unavailable:
            return AWAY_PAGE
        if not called or caller is None or not caller.permissions:
            return self._stranger(scope, NOT_FOUND)
        scope["state"]["caller"] = caller
        return self._app

    async def _console(self, scope: Scope, knock: tuple[str, str]) -> ASGIApp:
        try:
            caller = await self._services.callers.by_sign_in(token(scope) or "", scope["state"]["origin"])
        except Unavailable:
            return AWAY_PAGE
        if caller is None:
            if knock in SIGN_IN_PAGE:
                return self._pages.sign_in()
            return (knock[0] == "GET" and self._pages.sign_in_file(knock[1])) or self._stranger(scope, NOT_FOUND)
        if not caller.permissions:
            return self._stranger(scope, self._pages.no_access)
        scope["state"]["caller"] = caller
        return self._app

    async def _caller(self, scope: Scope) -> Caller | None:
        """The service whose key came along, else the operator of the cookie; a cookie makes no wrong key good."""
        origin = scope["state"]["origin"]
        key = bearer(scope)
        if key is not None:
            return await self._services.callers.by_key(key, origin)
        return await self._services.callers.by_sign_in(token(scope) or "", origin)

    def _stranger(self, scope: Scope, answer: ASGIApp) -> ASGIApp:
        self._services.attempts.stranger(scope["state"]["origin"].ip)
        return answer


def _host(scope: Scope) -> str:
    """The host that was asked for; nothing where it is missing or given twice (threat 30)."""
    return (header(scope, "host") or "").lower()
