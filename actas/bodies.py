"""What a call of the REST routes brings: that it may be heard at all, and its body as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from actas.problems import (
    MALFORMED,
    METHOD_NOT_ALLOWED,
    NOT_FROM_THE_CONSOLE,
    NOT_JSON,
    TOO_LARGE,
    request_problem,
)
from actas.scopes import asked_by_the_console, bearer, headers, is_json

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

    from actas.answers import Answer

LARGEST_BODY: Final = 65_536
WRONG_METHOD: Final = "This is called by {method}."
WRONG_TYPE: Final = "Send JSON, with `Content-Type: application/json`."
WRONG_SITE: Final = "A change by a signed-in browser needs JSON, the console's own Origin and x-actas-csrf: 1."
WRONG_BODY: Final = "The body is not one JSON object in UTF-8."
TOO_MUCH: Final = f"The body has more than {LARGEST_BODY} bytes."


def misdirected(scope: Scope, method: str) -> Answer | None:
    """What another method than the one that is served gets."""
    if scope["method"] == method:
        return None
    return request_problem(METHOD_NOT_ALLOWED, WRONG_METHOD.format(method=method), ((b"allow", method.encode()),))


async def json_body(scope: Scope, receive: Receive, console_url: str) -> dict[str, Any] | Answer:
    """The body of a change, empty as {}; or the problem why it is not heard: a browser's only from the console."""
    by_key, json = bearer(scope) is not None, is_json(scope)
    if not json and (headers(scope, "content-type") or not by_key):
        return request_problem(NOT_JSON, WRONG_TYPE)
    if not by_key and not asked_by_the_console(scope, console_url):
        return request_problem(NOT_FROM_THE_CONSOLE, WRONG_SITE)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # Half a body must never be taken for a whole one; nobody is left to read this.
            return request_problem(MALFORMED, WRONG_BODY)
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return request_problem(TOO_LARGE, TOO_MUCH)
        if not message.get("more_body"):
            break
    if body and not json:
        return request_problem(NOT_JSON, WRONG_TYPE)
    try:
        given = orjson.loads(bytes(body)) if body.strip() else {}
    except orjson.JSONDecodeError:
        return request_problem(MALFORMED, WRONG_BODY)
    return given if isinstance(given, dict) else request_problem(MALFORMED, WRONG_BODY)
