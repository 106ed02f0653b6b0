"""The ASGI application of /graphql: GraphQL over HTTP by POST, and graphql-transport-ws.

Whoever reaches it has been authenticated: the server in front puts the caller into `scope["state"]["caller"]`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from strawberry.asgi import GraphQL
from strawberry.http import process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.graphql import OperationType

from permissions.refusals import BadInput, Unavailable
from schema.build import schema
from schema.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import GraphQLError
    from starlette.requests import HTTPConnection
    from starlette.types import ASGIApp, Receive, Scope, Send
    from starlette.websockets import WebSocket
    from strawberry.http import GraphQLHTTPResponse
    from strawberry.types import ExecutionResult

    from db.engine import Database
    from permissions.caller import Caller
    from permissions.tokens import Keyring
    from schema.context import Activity

MODERN: Final = "application/graphql-response+json"
JSON: Final = "application/json"
MOST_SUBSCRIPTIONS: Final = 50
INIT_WAIT: Final = timedelta(seconds=3)


class Callers(Protocol):
    """Finds out whether somebody still is a caller."""

    async def still_valid(self, caller: Caller) -> Caller | None:
        """The caller with the permissions of now; None once the sign-in or key is over."""


def graphql_app(
    database: Database,
    *,
    keyring: Keyring | None = None,
    activity: Activity | None = None,
    callers: Callers | None = None,
    allowed_origins: Sequence[str] = (),
) -> ASGIApp:
    """The application; without `callers` a socket's caller stays as it was when the socket was opened."""

    def context_of(connection: HTTPConnection) -> Context:
        caller = connection.scope["state"]["caller"]
        recheck = partial(callers.still_valid, caller) if callers and connection.scope["type"] == "websocket" else None
        return Context(database=database, caller=caller, keyring=keyring, activity=activity, recheck=recheck)

    return _View(context_of, allowed_origins)


class _Sockets(BaseGraphQLTransportWSHandler[Context, None]):
    """The protocol by the letter: what is no message closes the socket with 4400, never with a crash (threat 26)."""

    async def handle_message(self, message: Any) -> None:
        """Take a message only in its proper shape."""
        if is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("That is no message of graphql-transport-ws")

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> None:  # noqa: ARG004  Strawberry's signature
        """A syntax error is the operation's, not the socket's: its other streams go on."""
        return


class _View(GraphQL[Context, None]):
    graphql_transport_ws_handler_class = _Sockets

    def __init__(self, context_of: Any, allowed_origins: Sequence[str]) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_WAIT,
            max_subscriptions_per_connection=MOST_SUBSCRIPTIONS,
            allowed_origins=allowed_origins,
        )
        self._context_of = context_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        try:
            response: Response = await self.run(Request(scope, receive))
        except HTTPException as error:
            response = _no_operation(error)
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002  Strawberry's signature
        context: Context = self._context_of(request)
        return context

    def is_request_allowed(self, request: Any) -> bool:
        if request.method != "POST":
            raise HTTPException(405, "Send operations by POST.")
        return True

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        response = await super().get_sub_response(request)
        response.headers["content-type"] = negotiated(request.headers.getlist("accept"))
        return response

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()

    def parse_json(self, data: str | bytes) -> Any:
        """An operation is one object: no batches, and nothing that Python's parser would choke on."""
        try:
            parsed = self.decode_json(data)
        except orjson.JSONDecodeError as error:
            raise HTTPException(400, "The body is not JSON.") from error
        if not isinstance(parsed, dict):
            raise HTTPException(400, "The body must be an object with `query`; batches are not taken.")
        return parsed

    async def execute_operation(self, *, request_data: Any, context: Context, **_: Any) -> Any:  # type: ignore[override]  # fewer types than the base
        if not request_data.query or not isinstance(request_data.operation_name, str | None):
            raise HTTPException(400, "`query` must be a string with an operation, `operationName` a string.")
        try:
            return await self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types={OperationType.QUERY, OperationType.MUTATION},
            )
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            raise HTTPException(400, "Subscriptions go over a WebSocket (graphql-transport-ws).") from error

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:  # noqa: ARG002  Strawberry's signature
        response = process_result(result)
        if is_request_error(result):
            del response["data"]
        return response

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        media_type = sub_response.headers["content-type"]
        return Response(orjson.dumps(response_data), status_of(response_data, media_type), media_type=media_type)


def _no_operation(error: HTTPException) -> Response:
    """What is told of a request that holds no operation, in the shape of other errors."""
    body = {"errors": [{"message": error.reason, "extensions": {"code": BadInput.code}}]}
    headers = {"allow": "POST"} if error.status_code == 405 else None
    return Response(orjson.dumps(body), error.status_code, headers, media_type=JSON)


def negotiated(accept: Sequence[str]) -> str:
    """The media type to answer with (GraphQL over HTTP); raises where neither is taken."""
    asked = ",".join(accept) or JSON
    best, quality = None, 0.0
    for each in asked.split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        q = float(weight) if weight.replace(".", "", 1).isdigit() else 0.0
        offered = {MODERN: MODERN, JSON: JSON, "application/*": JSON, "*/*": JSON}.get(name)
        if offered and q > quality:
            best, quality = offered, q
    if best is None:
        raise HTTPException(406, f"This answers {MODERN} or {JSON}.")
    return best


def is_message(message: Any) -> bool:
    """Whether a message has the shape that its type asks for."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    payload = message.get("payload")
    if message["type"] not in {"subscribe", "complete"}:
        return isinstance(payload, dict | None)
    if not isinstance(message.get("id"), str) or not message["id"]:
        return False
    return message["type"] == "complete" or (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("operationName"), str | None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("extensions"), dict | None)
    )


def is_request_error(result: ExecutionResult) -> bool:
    """Whether nothing was executed: the document or its variables were wrong, or nothing may be shown."""
    return result.data is None and all(error.path is None for error in result.errors or ())


def status_of(response: GraphQLHTTPResponse, media_type: str) -> int:
    """503 where nothing happened because nothing could be recorded (P1); 400 for a request error in the modern type."""
    codes = {error.get("extensions", {}).get("code") for error in response.get("errors") or ()}  # type: ignore[attr-defined]  # typed as object
    data = response.get("data")
    if codes == {Unavailable.code} and (data is None or not any(value is not None for value in data.values())):
        return 503
    if "data" in response or media_type == JSON:
        return 200
    return {"UNAUTHENTICATED": 401, "INTERNAL": 500}.get(next(iter(codes), None) or "", 400)
