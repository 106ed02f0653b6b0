"""Run every measurement once and print each beside its limit; the exit code says whether all hold."""

from __future__ import annotations

import asyncio
import sys

from bench import session_life


def main() -> int:
    """Measure and print; 1 where a limit is passed."""
    figures = asyncio.run(session_life.measure())
    sys.stdout.write(f"{'what':<58}{'median':>10}{'p95':>10}{'limit':>10}{'of limit':>10}\n")
    for figure in figures:
        sys.stdout.write(
            f"{figure.name:<58}{figure.median:>7.1f} ms{figure.p95:>7.1f} ms{figure.limit:>7.0f} ms"
            f"{figure.median / figure.limit:>10.2f}\n"
        )
    return int(any(figure.median > figure.limit for figure in figures))


sys.exit(main())
