"""Bodies that hold no operation, sent to the whole application: none ends in a 500, each is told what is wrong.

Threats 26 and 27. On messages: test_bad_messages.py; on what is inside of operations: test_bad_values.py.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from actas.app import LARGEST_BODY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.actas.serving import Site

NOT_JSON = "The body is not JSON"
NO_BATCH = "The body must be an object with `query`; batches are not taken."


def variable(value: str) -> bytes:
    return b'{"query": "{ __typename }", "variables": {"a": %s}}' % value.encode()


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        pytest.param(b"7", 400, NO_BATCH, id="a number"),
        pytest.param(b'"{ __typename }"', 400, NO_BATCH, id="a string"),
        pytest.param(b"null", 400, NO_BATCH, id="null"),
        pytest.param(b"[]", 400, NO_BATCH, id="an empty list"),
        pytest.param(b'[{"query": "{ __typename }"}]', 400, NO_BATCH, id="a batch"),
        pytest.param(b"", 400, NOT_JSON, id="nothing"),
        pytest.param(b'{"query": "\xff\xfe"}', 400, NOT_JSON, id="bad UTF-8"),
        pytest.param(b'{"query": "\xed\xa0\x80"}', 400, NOT_JSON, id="a surrogate in UTF-8"),
        pytest.param(rb'{"query": "\ud800"}', 400, NOT_JSON, id="half of a pair"),
        pytest.param(variable("NaN"), 400, NOT_JSON, id="NaN"),
        pytest.param(variable("-Infinity"), 400, NOT_JSON, id="infinity"),
        pytest.param(variable("1" * 5_000), 400, NOT_JSON, id="an integer of 5,000 digits"),
        pytest.param(variable("1e400"), 400, NOT_JSON, id="a number beyond a double"),
        pytest.param(b"[" * 100_000, 400, NOT_JSON, id="100,000 deep"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, NOT_JSON, id="100,000 deep and whole"),
        pytest.param(variable('{"a":' * 500 + "1" + "}" * 500), 200, "", id="500 deep, which nobody asks for"),
        pytest.param(b'{"query": 7}', 400, "`query` must be a string", id="a query that is a number"),
        pytest.param(b"{}", 400, "`query` must be a string", id="no query"),
        pytest.param(b'{"query": "{a}", "variables": []}', 400, "`variables` must be an object", id="a list"),
        pytest.param(b'{"query": "{a}", "operationName": {}}', 400, "`operationName` must be a string", id="a name"),
        pytest.param(b'{"query": "{a}", "extensions": 1}', 400, "`extensions` must be an object", id="extensions"),
        pytest.param(b" " * (LARGEST_BODY + 1), 413, f"{LARGEST_BODY:,} bytes", id="a byte too many"),
    ],
)
async def test_a_body_that_is_no_operation_is_told_why(
    site: Site, console: dict[str, str], body: bytes, status: int, told: str
) -> None:
    async with site.client() as client:
        answer = await client.post("/graphql", content=body, headers=console | {"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    if told:
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert told in error["message"]
        assert len(error["message"]) < 200


async def test_a_body_that_does_not_say_how_long_it_is_has_the_same_limit(site: Site, console: dict[str, str]) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 65_536 + 1):
            yield b" " * 65_536

    async with site.client() as client:
        answer = await client.post("/graphql", content=pieces(), headers=console | {"content-type": "application/json"})
    assert answer.status_code == 413
    assert f"{LARGEST_BODY:,} bytes" in answer.json()["errors"][0]["message"]


async def test_20_megabytes_are_refused_before_they_are_read(site: Site, console: dict[str, str]) -> None:
    """Threat 27. The answer comes at once; a client that goes on sending finds the connection closed."""
    lines = [f"{name}: {value}" for name, value in {"host": site.settings.console_host, **console}.items()]
    head = "\r\n".join(["POST /graphql HTTP/1.1", *lines, "content-type: application/json", "content-length: 20971520"])
    answer = await asyncio.wait_for(site.raw(head + "\r\nconnection: close\r\n\r\n{"), 10)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert f"{LARGEST_BODY:,} bytes".encode() in answer


async def test_a_client_that_leaves_half_way_is_no_error_of_ours(
    site: Site, console: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing was asked, so nothing is done, told or logged with a trace."""
    lines = [f"{name}: {value}" for name, value in {"host": site.settings.console_host, **console}.items()]
    head = "\r\n".join(["POST /graphql HTTP/1.1", *lines, "content-type: application/json", "content-length: 99"])
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write((head + '\r\n\r\n{"query": ').encode())
    await writer.drain()
    async with site.client() as client:  # whoever asks later is answered later: the half is being read by now
        assert (await client.post("/graphql", json={"query": "{ __typename }"}, headers=console)).status_code == 200
    writer.close()
    await writer.wait_closed()
    async with site.client() as client:
        assert (await client.post("/graphql", json={"query": "{ __typename }"}, headers=console)).status_code == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
