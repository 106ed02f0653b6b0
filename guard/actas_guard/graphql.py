"""GraphQL sends everything by POST, so the operation decides what a request may change, not the method.

What cannot be told for certain is taken for a change: a product must never read more out of a body than was read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, MutableSequence
from typing import Any, Final
from urllib.parse import parse_qsl

from actas_guard.asgi import Message, Receive, Request

OperationOf = Callable[[str, bytes], str | None]

LARGEST_BODY: Final = 256 * 1024
_JSON: Final = re.compile(r'application/(graphql\+)?json\s*(;\s*charset="?utf-8"?)?', re.IGNORECASE)
_UNDERSTOOD: Final = {"query", "operationName", "variables", "extensions"}
# Strings and comments whole (possessive, so that an end is never sought twice), brackets, names, and all the rest.
_TOKEN: Final = re.compile(
    r'"""(?:\\"""|(?!""").)*+"""|"(?:[^"\\\n\r]|\\[^\n\r])*+"|#[^\n\r]*+|[{}()\[\]]|[A-Za-z_][A-Za-z0-9_]*+'
    r'|[\s,\ufeff]++|[^"]',
    re.DOTALL,
)
_DEFINITIONS: Final = {"query", "mutation", "subscription", "fragment"}
_ENDLESS: Final = "?"  # a string without an end begins no definition, and ends none
_PAIRS: Final = {"}": "{", ")": "(", "]": "["}
_IGNORED: Final = re.compile(r"[\s,\ufeff#]")


async def understood(request: Request, receive: Receive, operation_of: OperationOf) -> tuple[Request, Receive]:
    """The request with what it `changes` decided by its operation; `receive` gives the body that was read once more."""
    if request.method == "GET":
        asked = request.scope.get("query_string", b"").decode("latin-1")
        return (request._replace(changes=_by_query_string(asked) != "query") if asked else request), receive
    if request.method != "POST":
        return request, receive
    if request.scope.get("query_string"):
        return request, receive  # some servers take the operation from there rather than from the body
    read: list[Message] = []
    body = await _body(receive, read)
    known = body is not None and not any(name == b"content-encoding" for name, _ in request.scope["headers"])
    kind = operation_of(request.header(b"content-type") or "", body) if known and body is not None else None
    return request._replace(changes=kind != "query"), _again(read, receive)


def operation_of(content_type: str, body: bytes) -> str | None:
    """`query`, `mutation` or `subscription`; None where it cannot be told. One mutation in a document makes it one.

    Understands JSON with the operation's own text, alone or in a list. A product with stored operations, or with forms,
    brings a function of its own (`GuardSettings.operation_of`).
    """
    if not _JSON.fullmatch(content_type.strip()):
        return None
    try:
        content = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    asked = content if isinstance(content, list) else [content]
    kinds = {_of_one(each) for each in asked}
    for kind in (None, "mutation", "subscription", "query"):
        if kind in kinds:
            return kind
    return None


def kind_of(document: str) -> str | None:
    """The kind of a document: the most far-reaching of its operations, whichever of them is asked for."""
    kinds: set[str] = set()
    opened: list[str] = []
    kind: str | None = None
    for text in _tokens(document):
        if kind is None:
            kind = "query" if text == "{" else text
            kinds.add(kind)
        if text in {"{", "(", "["}:
            opened.append(text)
        elif text in _PAIRS and (not opened or opened.pop() != _PAIRS[text]):
            return None
        if text == "}" and not opened:
            kind = None
    if kind is not None or kinds - _DEFINITIONS:
        return None
    return next((found for found in ("mutation", "subscription", "query") if found in kinds), None)


def _tokens(document: str) -> Iterator[str]:
    at = 0
    while at < len(document):
        token = _TOKEN.match(document, at)
        if token is None:
            yield _ENDLESS
            return
        at = token.end()
        if not _IGNORED.match(token[0]):
            yield token[0]


def _of_one(content: Any) -> str | None:
    if not isinstance(content, dict) or not isinstance(content.get("query"), str) or set(content) - _UNDERSTOOD:
        return None
    extensions = content.get("extensions")
    if isinstance(extensions, dict) and "persistedQuery" in extensions:
        return None  # a server may run what it stored rather than what it was sent
    return kind_of(content["query"])


def _by_query_string(query: str) -> str | None:
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if len(given) != len(pairs) or set(given) - _UNDERSTOOD or "persistedQuery" in given.get("extensions", ""):
        return None
    return kind_of(given.get("query", ""))


async def _body(receive: Receive, read: MutableSequence[Message]) -> bytes | None:
    """The whole body; None where it is too large, or the sender went away. What was received is put into `read`."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        read.append(message)
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > LARGEST_BODY:
            return None
    return b"".join(parts)


def _again(read: list[Message], receive: Receive) -> Receive:
    left = iter(read)

    async def again() -> Message:
        for message in left:
            return message
        return await receive()

    return again


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice, and two readers may take two values")
    return found
