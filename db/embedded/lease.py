"""Use of an embedded server: whoever holds a lease has it running; the last one to leave has it stopped.

Nobody who uses the server owns it. A keeper process does, and three file locks, which the kernel drops however a
process ends, say who is there:

- `lease`, shared by every user as long as it lives: while it is held the server stays;
- `boot`, held alone for the moment of looking whether it runs and starting it;
- `keeper`, held by the one keeper.

Locks on a network file system may not hold; keep the data directory on a local disk.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote, urlencode

from db.embedded import binaries
from db.embedded.cluster import POLL_S
from db.embedded.errors import EmbeddedError
from db.embedded.folder import PORT, Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

LEAVING_S: Final = 60  # a server that is told to stop writes a checkpoint first
PACKAGES: Final = Path(__file__).resolve().parents[2]  # where `db` lies, in a checkout and in the wheel


@dataclass(frozen=True)
class Server:
    """A running embedded server. `port` is a part of the socket's name; no TCP port is open."""

    data_dir: Path
    bin_dir: Path
    socket_dir: Path
    port: int
    version: int

    @property
    def passwords(self) -> dict[str, str]:
        """The password of each role that can sign in."""
        return Folder(self.data_dir).passwords()

    def url(self, role: str, database: str) -> str:
        """The address of `database` for `role`, with its password: for asyncpg, and for SQLAlchemy's asyncpg."""
        where = urlencode({"host": str(self.socket_dir), "port": self.port}, quote_via=quote)
        return f"postgresql://{role}:{quote(self.passwords[role], safe='')}@/{quote(database)}?{where}"


class Lease:
    """A use of the server. It ends with `release()`, with the `with` block, or with the process."""

    def __init__(self, folder: Folder, bin_dir: Path | None, *, fsync: bool) -> None:
        self._folder, self._bin_dir, self._fsync = folder, bin_dir, fsync
        self._lock: int | None = folder.open_lock("lease")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_SH)  # waits out a server that is just being stopped
            self.server = self.ensure()
        except BaseException:
            self.release()
            raise

    def ensure(self) -> Server:
        """Have the server running, also after its keeper was killed. Call it when a connection was lost.

        Raises:
            EmbeddedError: it cannot be started; the message says why.
        """
        with self._folder.locked("boot"):
            if not self._folder.ready():
                self._start_keeper()
        folder = self._folder
        return Server(folder.path, folder.bin_dir, folder.socket_dir, PORT, folder.version or 0)

    def _start_keeper(self) -> None:
        bin_dir = self._bin_dir or binaries.find(self._folder.version)
        command = [sys.executable, "-P", "-m", "db.embedded.keeper", str(self._folder.path), str(bin_dir)]
        command += [] if self._fsync else ["--no-fsync"]
        # It outlives us, so it gets nothing of our environment (there may be secrets in it) but what programs need.
        environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
        environment["PYTHONPATH"] = str(PACKAGES)
        started = subprocess.run(
            command, env=environment, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if started.returncode != 0:
            raise EmbeddedError(started.stderr.strip())

    def release(self) -> None:
        """Need the server no longer."""
        if self._lock is not None:
            os.close(self._lock)  # not unlocked: a forked child may still need it
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(data_dir: Path, *, bin_dir: Path | None = None, fsync: bool = True) -> Lease:
    """Have an embedded server running in `data_dir` for as long as the lease is held.

    `bin_dir` (a folder with `initdb` and `postgres`) and `fsync` count only for whoever starts the server.

    Raises:
        EmbeddedError: there is no server to embed or it does not start; the message says what to do.
    """
    folder = Folder(data_dir.absolute())
    folder.prepare()
    return Lease(folder, bin_dir, fsync=fsync)


def exists(data_dir: Path) -> bool:
    """Whether a cluster is in there."""
    return Folder(data_dir).version is not None


def in_use(data_dir: Path) -> bool:
    """Whether some process holds a lease."""
    if not exists(data_dir):
        return False
    with ExitStack() as held:
        return _is_shared(_opened(held, Folder(data_dir.absolute()), "lease"))


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Hold a data directory that nobody uses and in which no server runs; whoever comes meanwhile waits.

    Raises:
        EmbeddedError: somebody uses it, or its server does not stop.
    """
    folder = Folder(data_dir.absolute())
    with ExitStack() as held:
        keeper, lease, boot = (_opened(held, folder, name) for name in ("keeper", "lease", "boot"))
        deadline = time.monotonic() + LEAVING_S
        while not _taken(keeper):  # nobody may need the server any more, but its keeper is still there
            if _is_shared(lease):
                raise EmbeddedError(f"{data_dir} is in use.")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The server in {data_dir} does not stop; {folder.log} may say why.")
            time.sleep(POLL_S)
        if not (_taken(lease) and _taken(boot)):
            raise EmbeddedError(f"{data_dir} is in use.")
        yield


def _opened(held: ExitStack, folder: Folder, name: str) -> int:
    lock = folder.open_lock(name)
    held.callback(os.close, lock)
    return lock


def _is_shared(lease: int) -> bool:
    """Whether somebody else has this lock, and not alone as a keeper that is stopping has it."""
    try:
        return not _taken(lease) and _taken(lease, fcntl.LOCK_SH)
    finally:
        fcntl.flock(lease, fcntl.LOCK_UN)


def _taken(lock: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
