"""What stands between the front door and the schema: for browsers, that the console itself is asking (threat 16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actas.answers import NOT_FROM_HERE
from actas.event_streams import EventStreams
from actas.scopes import asked_by_the_console, bearer, header, headers
from actas.sockets import Sockets
from schema.sse import EVENT_STREAM

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from actas.pages import Pages
    from actas.services import Services


class GraphQLGate:
    """Serves /graphql for callers that the front door let through."""

    def __init__(self, graphql: ASGIApp, services: Services, pages: Pages) -> None:
        self._graphql = graphql
        self._pages = pages
        self._sockets = Sockets(graphql, services)
        self._streams = EventStreams(graphql, services)
        self._console_url = services.settings.console_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        elif scope["method"] == "POST" and bearer(scope) is None and not asked_by_the_console(scope, self._console_url):
            await NOT_FROM_HERE(scope, receive, send)
        elif EVENT_STREAM in (header(scope, "accept") or ""):
            await self._streams(scope, receive, send)
        elif _a_person_looks(scope):
            await self._pages.graphiql()(scope, receive, send)
        else:
            await self._graphql(scope, receive, send)


def _a_person_looks(scope: Scope) -> bool:
    """Whether an operator's browser asks for a page: GraphiQL is for people, an operation by GET is none of it."""
    accept = ",".join(headers(scope, "accept"))
    return scope["method"] == "GET" and "text/html" in accept.lower() and bearer(scope) is None


def schema(services: Services, *, queries_by_get: bool = False) -> ASGIApp:
    """The schema's application, with what each operation's context needs; see `graphql_app` on queries by GET."""
    from schema.app import graphql_app  # noqa: PLC0415  building the schema takes a while

    return graphql_app(
        services.database,
        activity=services.activity,
        keyring=services.keyring,
        callers=services.callers,
        allowed_origins=[services.settings.console_url],
        queries_by_get=queries_by_get,
    )
