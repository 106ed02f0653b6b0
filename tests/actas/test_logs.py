"""Nothing secret in a log, in an error or in a trace of one (threats 25, 58)."""

from __future__ import annotations

import io
import json
import logging
import sys
from typing import TYPE_CHECKING

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from actas import logs
from permissions.operators import Role
from tests.actas.serving import HASHED, PASSWORD, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.world import World

SECRET = "a-secret-that-nobody-may-read"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def kept_loggers() -> Iterator[None]:
    """As it was before, for the tests that come after."""
    root, uvicorns = logging.getLogger(), logging.getLogger("uvicorn.error")
    handlers, level, uvicorns_level = root.handlers, root.level, uvicorns.level
    uvicorns.setLevel(logging.NOTSET)  # servers of other tests speak less
    yield
    root.handlers, root.level = handlers, level
    uvicorns.setLevel(uvicorns_level)
    structlog.reset_defaults()


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_a_logged_failure_shows_where_but_not_what_was_in_the_variables(
    stream: type[io.StringIO], monkeypatch: pytest.MonkeyPatch, kept_loggers: None
) -> None:
    written = stream()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure()
    password = SECRET
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.get_logger("actas").exception("failed", what="x")
        logging.getLogger("uvicorn.error").exception("failed")
    assert written.getvalue().count("RuntimeError: broken") == 2
    assert password not in written.getvalue()
    if stream is io.StringIO:
        assert [json.loads(line)["level"] for line in written.getvalue().splitlines()] == ["error", "error"]


async def test_an_error_of_the_database_does_not_tell_what_was_asked_with(world: World) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with world.database.read() as connection:
            await connection.execute(text("select 1 / 0 where :secret <> ''"), {"secret": SECRET})
    assert SECRET not in str(raised.value)


async def test_a_failure_tells_whoever_asked_nothing_of_itself(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Threat 25; and signing in leaves no secret in the log either."""
    await world.hire("sam@actas.example", Role.PLATFORM_SUPPORT, password_hash=HASHED)
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "uvicorn.error")  # servers of other tests speak less
    async with serving(world, tmp_path) as site:
        cookie = await site.cookie_of("sam@actas.example")

        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError(SECRET)

        monkeypatch.setattr("actas.enter.issue_code", broken)
        asked = {"session": "0" * 32, "challenge": "x", "state": "s" * 20, "redirect_uri": "x"}
        async with site.client(cookie=cookie) as client:
            answer = await client.get("/enter", params=asked)
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert SECRET in caplog.text
    assert cookie not in caplog.text
    assert PASSWORD not in caplog.text
