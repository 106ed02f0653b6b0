"""The ASGI application of /graphql: GraphQL over HTTP by POST, event streams, and graphql-transport-ws.

Whoever reaches it has been authenticated: the server in front puts the caller into `scope["state"]["caller"]`.
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson
from cross_web import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.graphql import OperationType

from permissions.refusals import BadInput
from schema.build import schema
from schema.context import Context
from schema.http import JSON, body_of, negotiated, operation_in, sent_in, status_of
from schema.messages import flaw, shortened
from schema.sse import EVENT_STREAM, EventStream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from graphql import GraphQLError
    from starlette.requests import HTTPConnection
    from starlette.types import ASGIApp, Receive, Scope, Send
    from starlette.websockets import WebSocket
    from strawberry.http import GraphQLHTTPResponse
    from strawberry.schema.schema import StreamResult
    from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

    from db.engine import Database
    from permissions.caller import Caller
    from permissions.tokens import Keyring
    from schema.context import Activity

MOST_SUBSCRIPTIONS: Final = 50
TOO_MANY: Final = f"{MOST_SUBSCRIPTIONS} operations run on this socket, the limit is as many: end one first."
INIT_WAIT: Final = timedelta(seconds=3)


class Callers(Protocol):
    """Finds out whether somebody still is a caller."""

    async def still_valid(self, caller: Caller, *, fresh: bool = False) -> Caller | None:
        """The caller with the permissions of now; None once the sign-in or key is over."""


def graphql_app(
    database: Database,
    *,
    keyring: Keyring | None = None,
    activity: Activity | None = None,
    callers: Callers | None = None,
    allowed_origins: Sequence[str] = (),
    queries_by_get: bool = False,
) -> ASGIApp:
    """The application; without `callers` a stream's caller stays as it was when the stream was opened.

    `queries_by_get` also takes queries, and nothing else, out of URLs. It ships off: URLs end in logs, and a browser
    sends GET with the cookie of whoever is signed in.
    """

    def context_of(connection: HTTPConnection, *, lasting: bool) -> Context:
        caller = connection.scope["state"]["caller"]
        recheck = partial(callers.still_valid, caller) if callers and lasting else None
        return Context(database=database, caller=caller, keyring=keyring, activity=activity, recheck=recheck)

    return _View(context_of, allowed_origins, queries_by_get=queries_by_get)


class _Sockets(BaseGraphQLTransportWSHandler[Context, None]):
    """The protocol by the letter: what is no message closes the socket with 4400 and a reason, never with a crash."""

    async def handle_message(self, message: Any) -> None:
        """Take a message only in its proper shape."""
        if wrong := flaw(message):
            await self.handle_invalid_message(wrong)
        else:
            await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Run an operation beside the others; one too many is told what the limit is, and leaves them alone."""
        name = message["id"]
        if self.connection_acknowledged and name not in self.operations and len(self.operations) >= MOST_SUBSCRIPTIONS:
            error: Any = {"message": TOO_MANY, "extensions": {"code": BadInput.code}}
            await self.send_message({"id": name, "type": "error", "payload": [error]})
        else:
            await super().handle_subscribe(message)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> None:  # noqa: ARG004  Strawberry's signature
        """A syntax error is the operation's, not the socket's: its other streams go on."""
        return


class _Socket(ASGIWebSocketAdapter):
    """The library's reasons quote what a client sent, however long that was."""

    async def close(self, code: int, reason: str) -> None:
        """Close with as much of the reason as a frame holds."""
        await super().close(code, shortened(reason))


class _View(GraphQL[Context, None]):
    """Sockets are the library's, with messages looked at first; requests are answered here."""

    graphql_transport_ws_handler_class = _Sockets
    websocket_adapter_class = _Socket

    def __init__(self, context_of: ContextOf, allowed_origins: Sequence[str], *, queries_by_get: bool) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_WAIT,
            allowed_origins=allowed_origins,
        )
        self._context_of = context_of
        self._methods = ("GET", "POST") if queries_by_get else ("POST",)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        try:
            answer = await self._answer(Request(scope, receive))
        except HTTPException as error:
            answer = self._no_operation(error)
        except ClientDisconnect:  # with half of its operation: nothing was done, and nobody is left to be told
            return
        await answer(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002  Strawberry's signature
        return self._context_of(request, lasting=True)

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()

    async def _answer(self, request: Request) -> ASGIApp:
        """What answers a request; raises HTTPException where it holds no operation."""
        media_type = negotiated(request.headers.getlist("accept"))
        if request.method not in self._methods:
            raise HTTPException(405, f"Send operations by {' or '.join(reversed(self._methods))}.")
        operation = operation_in(await sent_in(request))
        streams = media_type == EVENT_STREAM
        execution: dict[str, Any] = {
            "variable_values": operation.variables,
            "operation_name": operation.name,
            "context_value": self._context_of(request, lasting=streams),
            "allowed_operation_types": _types_of(request.method, streams=streams),
        }
        if streams:
            return EventStream(_bodies(await schema.stream(operation.query, **execution)))
        try:
            result = await schema.execute(operation.query, **execution)
        except InvalidOperationTypeError as error:
            if request.method == "GET":
                raise HTTPException(405, "Only queries can be sent by GET.") from error
            raise HTTPException(
                400, "Subscriptions go over a WebSocket (graphql-transport-ws), or with Accept: text/event-stream."
            ) from error
        body = body_of(result)
        return Response(orjson.dumps(body), status_of(body, media_type), media_type=media_type)

    def _no_operation(self, error: HTTPException) -> Response:
        """What is told of a request that holds no operation, in the shape of other errors."""
        body = {"errors": [{"message": error.reason, "extensions": {"code": BadInput.code}}]}
        headers = {"allow": ", ".join(self._methods)} if error.status_code == 405 else None
        return Response(orjson.dumps(body), error.status_code, headers, media_type=JSON)


class ContextOf(Protocol):
    """Makes the context of a connection; `lasting`: its caller may be over before it is."""

    def __call__(self, connection: HTTPConnection, *, lasting: bool) -> Context: ...


def _types_of(method: str, *, streams: bool) -> set[OperationType]:
    if method == "GET":
        return {OperationType.QUERY}
    return {OperationType.QUERY, OperationType.MUTATION} | ({OperationType.SUBSCRIPTION} if streams else set())


async def _bodies(results: StreamResult) -> AsyncGenerator[GraphQLHTTPResponse]:
    async with aclosing(results):
        async for result in results:
            yield body_of(result)  # type: ignore[arg-type]  # nothing is delivered in increments
