"""The server itself: make a cluster, start it with settings for a small machine, stop it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from db.embedded import account, binaries
from db.embedded.errors import EmbeddedError
from db.embedded.folder import PORT

if TYPE_CHECKING:
    from db.embedded.account import Account
    from db.embedded.folder import Folder

POLL_S: Final = 0.05
START_S: Final = 60
STOP_S: Final = 60
BUILTIN_LOCALE_SINCE: Final = 17
SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_prepared_transactions": "0",
    "max_connections": "200",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# For tests only: a crash of the machine may lose the cluster.
UNSAFE_SETTINGS: Final = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "1h"}


def start(folder: Folder, bin_dir: Path, *, fsync: bool) -> subprocess.Popen[bytes]:
    """Make the cluster if there is none, start its server and wait until it accepts connections.

    Raises:
        EmbeddedError: it cannot be made or does not start.
    """
    user = account.choose(bin_dir)
    if user.other:
        folder.path.chmod(0o711)  # passable for the server's user; what is secret in it stays private
    if folder.version is None:
        _make(folder, bin_dir, user, fsync=fsync)
    _end_orphan(folder)
    socket_dir = folder.make_socket_dir()
    user.own(socket_dir)
    folder.write("bin-dir", str(bin_dir))
    settings = SETTINGS | {"unix_socket_directories": str(socket_dir)} | ({} if fsync else UNSAFE_SETTINGS)
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = user.start(bin_dir / "postgres", "-D", folder.cluster, "-p", str(PORT), *flags)
    deadline = time.monotonic() + START_S
    while not folder.ready():
        if server.poll() is not None or time.monotonic() > deadline:
            stop(server)
            raise EmbeddedError(f"PostgreSQL does not start on {folder.cluster}; {folder.log} says why.")
        time.sleep(POLL_S)
    return server


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server: fast, and if it does not listen, at once (it then recovers at the next start)."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_S)


def _make(folder: Folder, bin_dir: Path, user: Account, *, fsync: bool) -> None:
    """Run initdb beside the final place: a cluster is there whole or not at all."""
    partial = folder.path / "cluster.partial"
    password = folder.path / "initdb-password"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    user.own(partial)
    folder.write(password.name, folder.passwords()["actas_admin"])
    user.own(password)
    locale = ["--locale=C.UTF-8"]
    if (binaries.version(bin_dir) or 0) >= BUILTIN_LOCALE_SINCE:  # the same on every platform
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        made = user.run(
            bin_dir / "initdb", "--pgdata", partial, "--username=actas_admin", f"--pwfile={password}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", *locale, *([] if fsync else ["--no-sync"]),
        )  # fmt: skip
    finally:
        password.unlink()
    if made.returncode != 0:
        raise EmbeddedError(f"No cluster can be made in {partial}: {made.stderr.strip()}")
    partial.rename(folder.cluster)


def _end_orphan(folder: Folder) -> None:
    """See off the server of a keeper that was killed: it is stopping already, or another platform left it running."""
    pid_file = folder.cluster / "postmaster.pid"
    with suppress(FileNotFoundError, IndexError, ValueError):
        pid = int(pid_file.read_text().splitlines()[0])
        if not _serves(pid, folder):
            pid_file.unlink()  # its number may be another program's by now, which PostgreSQL would take for its own
            return
        deadline = time.monotonic() + STOP_S
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
            while time.monotonic() < deadline:
                os.kill(pid, 0)
                time.sleep(POLL_S)
            raise EmbeddedError(f"A former server (process {pid}) on {folder.cluster} does not stop. End it yourself.")


def _serves(pid: int, folder: Folder) -> bool:
    """Whether process `pid` is a server of this cluster (its working directory is the cluster)."""
    if sys.platform.startswith("linux"):
        with suppress(OSError):
            return Path(f"/proc/{pid}/cwd").samefile(folder.cluster)
        return False
    return folder.ready()
