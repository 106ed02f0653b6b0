"""The command line, run in this process beside the test's own event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from typer.testing import CliRunner

from actas import cli

if TYPE_CHECKING:
    from typer.testing import Result


async def actas(*arguments: str) -> Result:
    """What a command says, and how it ends."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(cli.app, list(arguments)))


async def told(*arguments: str) -> Any:
    """What a command that succeeds says to a program."""
    result = await actas(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)
