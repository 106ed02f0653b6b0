"""Measure and print each figure beside its limit (`ARGS="guard"` a part of it); the exit code says whether all hold."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

import uvloop

from bench import console, guard, session_life, spool

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bench.measured import Measured

_HEAD: Final = f"{'what':<70}{'measured':>14}{'limit':>22}\n"


def main(parts: list[str]) -> int:
    """Measure the parts, or all; 1 where a limit is passed, 2 for a part that is none."""
    known: dict[str, Callable[[], int]] = {
        "session_life": _session_life,
        "guard": lambda: _table(guard.measure()),
        "spool": lambda: _table(spool.measure()),
        "console": lambda: _table(console.measure()),
    }
    if wrong := [part for part in parts if part not in known]:
        sys.stderr.write(f"There is no measurement {wrong[0]}: there are {', '.join(known)}.\n")
        return 2
    return max([known[part]() for part in parts or known])


def _session_life() -> int:
    figures = asyncio.run(session_life.measure())
    sys.stdout.write(f"{'what':<58}{'median':>10}{'p95':>10}{'limit':>10}{'of limit':>10}\n")
    for figure in figures:
        sys.stdout.write(
            f"{figure.name:<58}{figure.median:>7.1f} ms{figure.p95:>7.1f} ms{figure.limit:>7.0f} ms"
            f"{figure.median / figure.limit:>10.2f}\n"
        )
    return int(any(figure.median > figure.limit for figure in figures))


def _table(measuring: Coroutine[Any, Any, list[Measured]]) -> int:
    found = uvloop.run(measuring)  # as uvicorn runs what it serves
    sys.stdout.write(_HEAD)
    for one in found:
        value = f"{one.value:.2f} {one.unit}"
        limit = f"{one.bound} {one.limit:g}" if one.limit is not None else "none"
        sys.stdout.write(f"{one.name:<70}{value:>14}{limit:>22}{'' if one.holds else '   missed'}\n")
    return int(not all(one.holds for one in found))


sys.exit(main(sys.argv[1:]))
