"""The process that owns the embedded server: starts it, watches it, and stops it when nobody holds a lease any more.

Run as `python -m db.embedded.keeper DIR BINARIES`. It leaves its caller's session, so that no user's end takes the
server away, and returns once the server accepts connections, or with a message on stderr and status 1.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from db.embedded import cluster
from db.embedded.errors import EmbeddedError
from db.embedded.folder import Folder

if TYPE_CHECKING:
    import subprocess
    from types import FrameType

WATCH_S: Final = 0.3
TURN_S: Final = 90
LARGEST_LOG: Final = 10 * 2**20
READY: Final = b"ready"


def main() -> int:
    """Leave the caller's session and keep the server; the caller's process waits until it is ready."""
    parser = argparse.ArgumentParser(prog="db.embedded.keeper")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("bin_dir", type=Path)
    parser.add_argument("--no-fsync", action="store_true")
    arguments = parser.parse_args()
    told, tell = os.pipe()
    if os.fork():
        os.close(tell)
        with os.fdopen(told, "rb") as pipe:
            said = pipe.read()
        if said != READY:
            sys.stderr.write(said.decode() or "The keeper of the embedded server died.")
        return said != READY
    os.close(told)
    os.setsid()
    folder = Folder(arguments.data_dir)
    try:
        _log_to(folder.log)
        _keep(folder, arguments.bin_dir, tell, fsync=not arguments.no_fsync)
    except (EmbeddedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        with suppress(OSError):
            os.write(tell, str(error).encode())
        return 1
    return 0


def _log_to(log: Path) -> None:
    """Let go of the caller's terminal or pipes, and write to the log from here on."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)


def _keep(folder: Folder, bin_dir: Path, tell: int, *, fsync: bool) -> None:
    signal.signal(signal.SIGTERM, _leave)
    if not _take_turn(folder):
        _report(tell)
        return
    server = cluster.start(folder, bin_dir, fsync=fsync)
    try:
        _report(tell)
        _watch(folder, server)
    finally:
        cluster.stop(server)
        folder.drop_short_dir()


def _take_turn(folder: Folder) -> bool:
    """Become the one keeper; False if another one has the server ready meanwhile."""
    lock = folder.open_lock("keeper")
    deadline = time.monotonic() + TURN_S
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if folder.ready():
            return False
        time.sleep(cluster.POLL_S)
    raise EmbeddedError(f"Another keeper holds {folder.path}, but its server is not ready; {folder.log} says why.")


def _watch(folder: Folder, server: subprocess.Popen[bytes]) -> None:
    """Return with the server, or when nobody holds a lease: holding every lock, so that who comes now waits."""
    boot, lease = folder.open_lock("boot"), folder.open_lock("lease")
    while server.poll() is None:
        with suppress(BlockingIOError):
            fcntl.flock(boot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(boot, fcntl.LOCK_UN)
            else:
                return
        time.sleep(WATCH_S)
    sys.stderr.write("The server ended by itself; whoever needs it next starts it again.\n")


def _report(tell: int) -> None:
    with suppress(BrokenPipeError):
        os.write(tell, READY)
    os.close(tell)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
