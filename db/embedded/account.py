"""As which user the server runs: PostgreSQL refuses to run as root."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from db.embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PR_SET_PDEATHSIG: Final = 1
# In a namespace of its own the server sees an ordinary user id, while its files stay the caller's: no account is made.
IN_A_NAMESPACE: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


class Chown(Protocol):
    """Gives a path to the server's user."""

    def __call__(self, path: Path) -> None: ...


@dataclass(frozen=True)
class Account:
    """How to start the server's programs: words put before the command, options of the process."""

    before: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Give `path` to the user that the server runs as."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - subprocess's own
        """Run a program of the server's to its end."""
        return subprocess.run(  # noqa: S603 - our own binaries
            [*self.before, *command], text=True, check=False, **dict(self.options), **options
        )

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - subprocess's own
        """Start the server; it is told to stop when this process dies, however it dies."""
        return subprocess.Popen(  # noqa: S603 - our own binaries
            [*self.before, *command], preexec_fn=_die_with(os.getpid()), **dict(self.options), **options
        )
