"""GraphQL over HTTP: what a request asks for, and what it is answered with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from cross_web import HTTPException
from strawberry.http import process_result

from permissions.refusals import Unavailable
from schema.sse import EVENT_STREAM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from strawberry.http import GraphQLHTTPResponse
    from strawberry.types import ExecutionResult

MODERN: Final = "application/graphql-response+json"
JSON: Final = "application/json"


def negotiated(accept: Sequence[str]) -> str:
    """The media type to answer with (GraphQL over HTTP); raises where neither is taken."""
    asked = ",".join(accept) or JSON
    best, quality = None, 0.0
    for each in asked.split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        q = float(weight) if weight.replace(".", "", 1).isdigit() else 0.0
        offered = {MODERN: MODERN, JSON: JSON, EVENT_STREAM: EVENT_STREAM, "application/*": JSON, "*/*": JSON}.get(name)
        if offered and q > quality:
            best, quality = offered, q
    if best is None:
        raise HTTPException(406, f"This answers {MODERN}, {JSON} or {EVENT_STREAM}.")
    return best


@dataclass(frozen=True)
class Sent:
    """An operation as it was sent."""

    query: str
    variables: dict[str, Any] | None
    name: str | None


async def sent_in(request: Request) -> object:
    """The JSON of a body; of a URL's parameters, the same object."""
    if request.method == "GET":
        given = dict(request.query_params)
        return given | {name: _read(given[name]) for name in ("variables", "extensions") if given.get(name)}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(415, f"Send the operation as {JSON}.")
    return _read(await request.body())


def _read(text: str | bytes) -> object:
    """orjson: it refuses NaN, broken UTF-8, numbers beyond a double and nesting beyond 1,024, none of them late."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise HTTPException(400, f"The body is not JSON: {error}.") from error


def operation_in(sent: object) -> Sent:
    """An operation is one object (no batches, threat 23); raises HTTPException, saying what is wrong."""
    if not isinstance(sent, dict):
        raise HTTPException(400, "The body must be an object with `query`; batches are not taken.")
    for name, kind, called in _PARTS:
        if not isinstance(sent.get(name), kind | None):
            raise HTTPException(400, f"`{name}` must be {called}.")
    if not sent.get("query"):
        raise HTTPException(400, "`query` must be a string with an operation.")
    return Sent(sent["query"], sent.get("variables"), sent.get("operationName"))


_PARTS: Final = (
    ("query", str, "a string"),
    ("variables", dict, "an object"),
    ("operationName", str, "a string"),
    ("extensions", dict, "an object"),
)


def body_of(result: ExecutionResult) -> GraphQLHTTPResponse:
    """The answer's object; without `data` where nothing was executed."""
    body = process_result(result)
    if is_request_error(result):
        del body["data"]
    return body


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
