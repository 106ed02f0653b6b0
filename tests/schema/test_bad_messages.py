"""Messages that are none, on real sockets to the whole application: none ends in a connection that breaks.

Threats 26 and 27. What no operation can be told closes the socket as graphql-transport-ws has it, with a code and the
reason; what is wrong with an operation is that operation's alone.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed

from actas.server import LARGEST_MESSAGE
from permissions.operators import Permission
from schema.app import MOST_SUBSCRIPTIONS
from schema.messages import LONGEST_REASON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.client import ClientConnection

    from tests.actas.serving import Site

FOLLOW = "subscription { tenantEvents { change } }"


@asynccontextmanager
async def opened(site: Site, headers: dict[str, str]) -> AsyncIterator[ClientConnection]:
    """An initialised socket."""
    async with site.socket(**headers) as socket:
        await send(socket, {"type": "connection_init"})
        assert await hear(socket) == {"type": "connection_ack"}
        yield socket


async def send(socket: ClientConnection, message: Any) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(10):
        return json.loads(await socket.recv())


def subscribe(query: Any, name: Any = "1", **more: Any) -> dict[str, Any]:
    return {"type": "subscribe", "id": name, "payload": {"query": query, **more}}


@pytest.mark.parametrize(
    ("message", "code", "told"),
    [
        pytest.param("[]", 4400, "A message is an object with `type`.", id="an array"),
        pytest.param('"connection_init"', 4400, "A message is an object with `type`.", id="a string"),
        pytest.param("null", 4400, "A message is an object with `type`.", id="null"),
        pytest.param("7", 4400, "A message is an object with `type`.", id="a number"),
        pytest.param("{", 4400, "valid JSON", id="no JSON"),
        pytest.param("[" * 60_000, 4400, "valid JSON", id="60,000 deep"),
        pytest.param(rb'{"type": "\ud800"}'.decode(), 4400, "valid JSON", id="half of a pair"),
        pytest.param(b'{"type": "ping"}', 4400, "must be text", id="binary"),
        pytest.param('{"type": 7}', 4400, "`type` must be one of", id="a type that is a number"),
        pytest.param('{"type": "%s"}' % ("ü" * 500), 4400, "`type` must be one of", id="an unknown, long type"),
        pytest.param('{"type": "next", "id": "1"}', 4400, "`type` must be one of", id="a server's message"),
        pytest.param('{"type": "ping", "payload": "x"}', 4400, "`payload` must be an object", id="a ping's string"),
        pytest.param(subscribe("{a}", {}), 4400, "`id` must be a string", id="an id that is an object"),
        pytest.param(subscribe("{a}", 7), 4400, "`id` must be a string", id="an id that is a number"),
        pytest.param(subscribe("{a}", ""), 4400, "`id` must be a string", id="an empty id"),
        pytest.param({"type": "complete", "id": None}, 4400, "`id` must be a string", id="the end of nothing"),
        pytest.param(
            {**subscribe(""), "payload": "{a}"}, 4400, "`payload` must be an object", id="a payload, a string"
        ),
        pytest.param({**subscribe(""), "payload": None}, 4400, "`payload` must be an object", id="a payload, null"),
        pytest.param(subscribe(None), 4400, "`payload.query` must be a string", id="no query"),
        pytest.param(subscribe("{a}", variables=[]), 4400, "`payload.variables` must be an object", id="a list"),
        pytest.param(subscribe("{a}", operationName=7), 4400, "`payload.operationName` must be", id="a name"),
        pytest.param(subscribe(FOLLOW, "taken"), 4409, "already exists", id="an id that is taken"),
        pytest.param({"type": "connection_init"}, 4429, "Too many initialisation", id="a second beginning"),
        pytest.param('{"type": "%s"}' % ("x" * LARGEST_MESSAGE), 1009, "", id="a byte too many"),
        pytest.param("x" * 2_000_000, 1009, "", id="2 MB"),
    ],
)
async def test_what_is_no_message_closes_its_socket_with_the_reason_and_no_other(
    site: Site, console: dict[str, str], message: Any, code: int, told: str
) -> None:
    async with opened(site, console) as other, opened(site, console) as socket:
        await send(socket, subscribe(FOLLOW, "taken"))
        await hear(socket)
        await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await hear(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code
        assert told in closed.value.rcvd.reason
        await send(other, {"type": "ping"})
        assert await hear(other) == {"type": "pong"}


async def test_a_reason_that_quotes_a_client_fits_into_a_frame(site: Site, console: dict[str, str]) -> None:
    """RFC 6455, section 5.5: a longer one would break the connection instead of closing it."""
    async with opened(site, console) as socket:
        for _ in range(2):
            await send(socket, subscribe(FOLLOW, "ü" * 1_000))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await hear(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4409
    assert LONGEST_REASON - 1 <= len(closed.value.rcvd.reason.encode()) <= LONGEST_REASON


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"query": "{ oops"}, "Syntax Error"),
        ({"query": ""}, "`query` must be a string"),
        ({"query": "\u0000"}, "Syntax Error"),
        ({"query": "{ nothing }"}, "Cannot query field"),
        ({"query": "{a}" * 20_000}, "tokens"),
        ({"query": "{a" * 900}, "brackets"),
        ({"query": "query A { __typename } query B { __typename }"}, "several operations"),
        ({"query": "query A { __typename }", "operationName": "B"}, "no operation 'B'"),
        ({"query": "query ($id: ID!) { node(id: $id) { id } }"}, "$id"),
        ({"query": "subscription { tenantEvents { change } viewer { change } }"}, "one top level field"),
        ({"query": 'subscription { tenantEvents(after: "x") { change } }'}, "`after`"),
        ({"query": "subscription { guardEvents { change } }"}, "GUARD_EVENTS"),
    ],
)
async def test_a_bad_operation_is_told_so_and_leaves_the_others_on_its_socket_alone(
    site: Site, console: dict[str, str], payload: dict[str, Any], told: str
) -> None:
    """A syntax error among them: it is the operation's, not the socket's."""
    async with opened(site, console) as socket:
        await send(socket, subscribe(FOLLOW, "stream"))
        assert (await hear(socket))["id"] == "stream"
        await send(socket, {"type": "subscribe", "id": "bad", "payload": payload})
        while (said := await hear(socket))["id"] != "bad":
            pass
        errors = said["payload"] if said["type"] == "error" else said["payload"]["errors"]
        assert told in errors[0]["message"]
        assert errors[0]["extensions"]["code"] in {"BAD_USER_INPUT", "FORBIDDEN"}
        assert "Something went wrong" not in json.dumps(errors)
        tenant = await site.world.somewhere()
        while "CHANGED" not in json.dumps(said):
            said = await hear(socket)
        assert said["id"] == "stream", tenant


async def test_an_operation_too_many_is_told_the_limit_and_leaves_the_others_alone(
    site: Site, console: dict[str, str]
) -> None:
    """Threat 19."""
    async with opened(site, console) as socket:
        for number in range(MOST_SUBSCRIPTIONS + 1):
            await send(socket, subscribe("subscription { viewer { change } }", str(number)))
        said = [await hear(socket) for _ in range(MOST_SUBSCRIPTIONS + 1)]
        (error,) = [each for each in said if each["type"] != "next"]
        assert (error["type"], error["id"]) == ("error", str(MOST_SUBSCRIPTIONS))
        assert f"{MOST_SUBSCRIPTIONS} operations run on this socket" in error["payload"][0]["message"]
        await send(socket, {"type": "complete", "id": "0"})
        await send(socket, subscribe("{ __typename }", "again"))
        assert (await hear(socket))["payload"] == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "first", ["[]", "null", "{", "x" * 2_000_000, b"\0", '{"type": "connection_init", "payload": 7}']
)
async def test_a_strangers_first_message_closes_without_a_word(site: Site, first: str | bytes) -> None:
    """Threat 24: the same as if nothing had been wrong with it."""
    async with site.socket() as socket:
        await socket.send(first)
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == (1009 if len(first) > LARGEST_MESSAGE else 4401)
    assert closed.value.rcvd.reason == ""


async def test_a_keys_first_message_is_looked_at_as_any_other(site: Site) -> None:
    key = await site.key(Permission.TENANT_READ)
    async with site.socket() as socket:
        await send(socket, {"type": "connection_init", "payload": {"authorization": f"Bearer {key}", "more": [None]}})
        assert await hear(socket) == {"type": "connection_ack"}
        await send(socket, subscribe("{ oops"))
        assert (await hear(socket))["type"] == "error"
        await send(socket, {"type": "ping"})
        assert await hear(socket) == {"type": "pong"}
