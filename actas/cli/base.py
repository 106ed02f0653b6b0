"""What every command shares: its options, its output for people and for programs, and how it ends."""

from __future__ import annotations

import asyncio
import getpass
import os
import signal
import sys
import threading
from contextlib import suppress
from contextvars import ContextVar
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final, NoReturn, TypeVar

import orjson
import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from uvicorn.loops.auto import auto_loop_factory

from actas.commands import Failed
from actas.server import CannotReach, CannotStart, cannot_reach
from actas.settings import SECRETS, Settings
from db.embedded import EmbeddedError
from db.errors import REFUSALS, OtherSchema
from permissions.refusals import ActasError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence

T = TypeVar("T")


class Exit(IntEnum):
    """How a command ends (docs/cli.md)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


_for_programs: ContextVar[bool] = ContextVar("for_programs", default=False)


def speak_json(value: bool) -> bool:
    """Remember for whom this run writes."""
    _for_programs.set(value)
    return value


DataDir = Annotated[Path | None, typer.Option(help="The embedded database and the signing keys.", show_default=False)]
Json = Annotated[
    bool, typer.Option("--json", help="Write JSON, errors too (docs/cli.md).", callback=speak_json, is_eager=True)
]
Reason = Annotated[str, typer.Option(help="Why: it is kept in the ledger.")]


def examples(*lines: str) -> str:
    """A command's epilog."""
    return "\n\n".join(("Examples:", *(f"  {line}" for line in lines)))


def say(text: str, told: dict[str, Any]) -> None:
    """The outcome, on standard output: a text for people, or one JSON object with stable names."""
    line = orjson.dumps(told, default=str).decode() if _for_programs.get() else text
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError as error:
        cannot_write("Standard output", error)


class Output:
    """Where an export goes. What goes wrong there is no fault of the database, and ends the program as its own."""

    def __init__(self, to: BinaryIO, name: str = "Standard output") -> None:
        self._to, self._name = to, name

    def write(self, piece: bytes) -> None:
        """Add to it."""
        try:
            self._to.write(piece)
        except OSError as error:
            cannot_write(self._name, error)

    def flush(self) -> None:
        """Have it written."""
        try:
            self._to.flush()
        except OSError as error:
            cannot_write(self._name, error)


def cannot_write(name: str, error: OSError) -> NoReturn:
    """End with what is wrong with an output."""
    with suppress(OSError, ValueError):  # else Python tries once more on its way out, and complains
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    why = "its reader is gone" if isinstance(error, BrokenPipeError) else error.strerror
    fail(f"{name} could not be written to the end: {why}.")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], nothing: str) -> str:
    """Rows under a head, in columns."""
    if not rows:
        return nothing
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def run(work: Coroutine[Any, Any, T]) -> T:
    """The outcome; what was to be expected ends the program with one line that says what to do."""
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            return runner.run(work)
    except (CannotReach, EmbeddedError, Unavailable) as error:
        fail(str(error), Exit.UNREACHABLE)
    except (CannotStart, Failed, OtherSchema, ActasError) as error:
        fail(str(error))
    except OSError as error:
        if error.filename is None:
            fail(str(cannot_reach(error)), Exit.UNREACHABLE)
        fail(f"{error.filename}: {error.strerror}.")
    except REFUSALS as error:
        fail(f"The database refuses: {error}")
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None


def run_until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """For what has no end of its own: Ctrl-C is how it is told to stop, so that is no failure."""
    try:
        run(work())
    except typer.Exit as end:
        if end.exit_code != Exit.INTERRUPTED:
            raise


async def until_told_to_stop(work: Coroutine[Any, Any, None]) -> None:
    """Let work clean up after itself on SIGTERM and SIGINT alike, also where a shell started it deaf to the latter."""
    task = asyncio.ensure_future(work)
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        task.cancel()

    in_main = threading.current_thread() is threading.main_thread()  # no other thread hears of signals
    for number in (signal.SIGINT, signal.SIGTERM) if in_main else ():
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not told.is_set():
            raise


def fail(message: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Say on standard error what happened and what to do next, and end."""
    if _for_programs.get():
        sys.stderr.write(orjson.dumps({"error": {"code": code.name, "message": message}}).decode() + "\n")
    else:
        typer.echo(message, err=True)
    raise typer.Exit(code)


def settings(**given: object) -> Settings:
    """The settings of the environment, with what the command line gives instead."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # typer checked
    except ValidationError as error:
        fail("\n".join(_wrong(error, given)), Exit.USAGE)
    except (SettingsError, ValueError) as error:
        fail(str(error), Exit.USAGE)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}.", Exit.USAGE)


def _wrong(error: ValidationError, given: Collection[str]) -> Iterator[str]:
    """What is wrong with which setting, under the name by which it was given; never its value, which may be secret."""
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        if each["type"] == "default_factory_not_called":  # it follows from another one
            continue
        field = str(each["loc"][0])
        option = f"--{field.replace('_', '-')}"
        variable = SECRETS.get(field, field if field.isupper() else f"ACTAS_{field.upper()}")
        yield f"{option if field in given else variable}: {each['msg'].removeprefix('Value error, ')}."


def who() -> str:
    """Who runs the command, as the machine says: the ledger marks it as claimed."""
    return f"{getpass.getuser()} on the command line"


ENDS: Final = (
    "Exit codes: 0 done · 1 refused or failed · 2 not understood · 3 the database or service cannot be reached · "
    "130 interrupted. The whole story is in docs/cli.md."
)
