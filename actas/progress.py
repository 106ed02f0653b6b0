"""How far long work has come: on a terminal only, on standard error, in one line that goes away."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None]]:
    """Call what this gives with the part that is done, from 0 to 1."""
    terminal = sys.stderr.isatty()
    shown = -1

    def report(part: float) -> None:
        nonlocal shown
        percent = int(part * 100)
        if terminal and percent != shown:
            shown = percent
            sys.stderr.write(f"\r{what}: {percent} %")
            sys.stderr.flush()

    try:
        report(0)
        yield report
    finally:
        if terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
