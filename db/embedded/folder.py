"""The data directory of an embedded server: what lies where, and who may run now."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from db.embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGIN_ROLES: Final = ("actas_admin", "actas_migrator", "actas_app", "actas_auditor")
PORT: Final = 5432  # only a suffix of the socket's name: no TCP port is opened
LONGEST_SOCKET_PATH: Final = 100  # sun_path holds 108 bytes on Linux, 104 on macOS
STATUS_LINE: Final = 7  # of postmaster.pid, from 0


@dataclass(frozen=True)
class Folder:
    """One data directory. Three locks order its users (see `db.embedded.lease`)."""

    path: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own directory."""
        return self.path / "cluster"

    @property
    def log(self) -> Path:
        """Where the keeper and the server write."""
        return self.path / "server.log"

    @property
    def version(self) -> int | None:
        """The major version that made the cluster; None before there is one."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return int((self.cluster / "PG_VERSION").read_text())
        return None

    def prepare(self) -> None:
        """Make the directory, private to this user.

        Raises:
            EmbeddedError: it cannot be made or written to, or belongs to another user.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = self.path.stat().st_uid
        except OSError as error:
            no_folder = isinstance(error, FileExistsError | NotADirectoryError)
            raise self._unusable("it is not a directory" if no_folder else f"{error.strerror}") from error
        if owner != os.geteuid():
            raise EmbeddedError(
                f"The data directory {self.path} belongs to user id {owner}. Run as that user, or choose another"
                " directory with --data-dir or ACTAS_DATA_DIR."
            )
        try:
            with suppress(FileExistsError), (self.path / ".gitignore").open("x") as ignore:
                ignore.write("*\n")
            os.close(self.open_lock("boot"))
        except OSError as error:
            raise self._unusable(f"{error.strerror}") from error

    def _unusable(self, why: str) -> EmbeddedError:
        return EmbeddedError(
            f"The data directory {self.path} cannot be used: {why}. Choose another one with --data-dir or"
            " ACTAS_DATA_DIR."
        )

    def open_lock(self, name: str) -> int:
        """A descriptor for the lock `name`; children do not inherit it. Closing it gives the lock up."""
        return os.open(self.path / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold the lock `name` alone, waiting for it."""
        descriptor = self.open_lock(name)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def passwords(self) -> dict[str, str]:
        """Each login role's password, made on first use and readable by this user only."""
        path = self.path / "passwords.json"
        try:
            found: dict[str, str] = json.loads(path.read_text())
        except FileNotFoundError:
            if self.version is not None:
                raise EmbeddedError(
                    f"{path} is missing, and without it nobody can sign in to {self.cluster}. Put it back, or remove"
                    f" {self.path} to start with an empty database."
                ) from None
            found = {role: secrets.token_urlsafe(32) for role in LOGIN_ROLES}
            self.write("passwords.json", json.dumps(found, indent=1))
        return found

    def write(self, name: str, text: str) -> None:
        """Put `text` in the private file `name`, whole or not at all."""
        partial = self.path / f"{name}.partial"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path / name)

    @property
    def socket_dir(self) -> Path:
        """Where the server's socket is, as its keeper wrote it."""
        return Path((self.path / "socket-dir").read_text())

    @property
    def bin_dir(self) -> Path:
        """Where the server's programs are, as its keeper wrote it."""
        return Path((self.path / "bin-dir").read_text())

    def make_socket_dir(self) -> Path:
        """The folder for the socket: in here, or where that path is too long for a socket, a short private one."""
        inside = self.path / "socket"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            inside.mkdir(mode=0o700, exist_ok=True)
            chosen = inside
        else:
            chosen = self._short_dir()
        for left in chosen.glob(f".s.PGSQL.{PORT}*"):  # of a server that was killed
            left.unlink()
        self.write("socket-dir", str(chosen))
        return chosen

    def _short_dir(self) -> Path:
        with suppress(FileNotFoundError):
            known = self.socket_dir
            state = known.lstat()  # not followed: the parent is shared with other users
            if stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and not state.st_mode & 0o077:
                return known
        name = f"actas-{sha256(os.fsencode(self.path)).hexdigest()[:12]}-"
        shared = tempfile.gettempdir()
        return Path(tempfile.mkdtemp(prefix=name, dir=shared if len(shared) < LONGEST_SOCKET_PATH // 2 else "/tmp"))  # noqa: S108 - a fresh private folder

    def drop_short_dir(self) -> None:
        """Remove the socket's folder if it lies outside of this one."""
        with suppress(OSError):
            if not self.socket_dir.is_relative_to(self.path):
                self.socket_dir.rmdir()

    def ready(self) -> bool:
        """Whether the server accepts connections: its own word for it, and its socket answers."""
        try:
            status = (self.cluster / "postmaster.pid").read_text().splitlines()[STATUS_LINE]
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket_dir / f".s.PGSQL.{PORT}"))
        except (OSError, IndexError):
            return False
        return status.strip() == "ready"
