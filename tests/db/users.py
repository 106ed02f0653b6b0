"""Processes that use an embedded server, and a look at who serves."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parents[2]
# Says its server's process id once it has asked it a question, and stays until its stdin ends.
USER = """
import asyncio, asyncpg, os, sys
from pathlib import Path
from db.embedded import acquire

async def ask(url):
    connection = await asyncpg.connect(url)
    await connection.fetchval("select 1")
    await connection.close()

lease = acquire(Path(sys.argv[1]), bin_dir=Path(sys.argv[2]) if sys.argv[2] else None, fsync=False)
asyncio.run(ask(lease.server.url("actas_admin", "postgres")))
print((lease.server.data_dir / "cluster" / "postmaster.pid").read_text().split()[0], flush=True)
sys.stdin.read()
"""


class User:
    """A process of its own that holds a lease."""

    def __init__(self, data_dir: Path, bin_dir: Path | None, *, python: str = sys.executable, **options: Any) -> None:
        self._process = subprocess.Popen(
            [python, "-c", USER, str(data_dir), str(bin_dir or "")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, **options,
        )  # fmt: skip

    def postmaster(self) -> int:
        """The server's process id, once this user has spoken with it."""
        assert self._process.stdout
        return int(self._process.stdout.readline() or "0")

    def leave(self) -> None:
        self._process.communicate(timeout=30)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=30)


def postmasters(data_dir: Path) -> set[int]:
    """The processes that serve this cluster and are nobody's backend."""
    inside = {int(place.parent.name) for place in Path("/proc").glob("[0-9]*/cwd") if _is(place, data_dir / "cluster")}
    return {pid for pid in inside if _parent(pid) not in inside}


def keeper(data_dir: Path) -> int:
    """The process that holds the server."""
    (server,) = postmasters(data_dir)
    return _parent(server)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition, with a bound."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


def _is(link: Path, target: Path) -> bool:
    try:
        return link.samefile(target)
    except OSError:
        return False


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
