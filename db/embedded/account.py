"""As which user the server runs: PostgreSQL refuses to run as root."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from db.embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PR_SET_PDEATHSIG: Final = 1
# In a namespace of its own the server sees an ordinary user id, while its files stay the caller's: no account is made.
IN_A_NAMESPACE: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True)
class Account:
    """How the server's programs are started: words before the command, options for the process."""

    before: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    other: pwd.struct_passwd | None = None

    def own(self, path: Path) -> None:
        """Give `path` to the server's user, where that is another than ours."""
        if self.other:
            os.chown(path, self.other.pw_uid, self.other.pw_gid)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs to its end."""
        return subprocess.run([*self.before, *command], text=True, check=False, capture_output=True, **self.options)

    def start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start the server. The kernel stops it when this process dies, however it dies (Linux)."""
        arrange = _die_with(os.getpid())
        return subprocess.Popen(
            [*self.before, *command],
            preexec_fn=arrange,  # noqa: PLW1509  it may lock up a process with threads; the keeper has none
            **self.options,
        )


def choose(bin_dir: Path) -> Account:
    """This user; as root a user namespace, where those are forbidden the user `nobody`.

    Raises:
        EmbeddedError: root may do neither here.
    """
    if os.geteuid() != 0:
        return Account()
    namespace = Account(before=IN_A_NAMESPACE)
    if _works(namespace, bin_dir):
        return namespace
    try:
        user = pwd.getpwnam("nobody")
    except KeyError:
        user = None
    if user:
        nobody = Account(
            options={"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}, other=user
        )
        if _works(nobody, bin_dir):
            return nobody
    raise EmbeddedError(
        "PostgreSQL does not run as root, and this machine allows neither a user namespace nor the user nobody to read"
        f" {bin_dir}. Run as an ordinary user, or set DATABASE_URL to a server that runs elsewhere."
    )


def _works(account: Account, bin_dir: Path) -> bool:
    try:
        return account.run(bin_dir / "postgres", "--version").returncode == 0
    except OSError:
        return False


def _die_with(parent: int) -> Callable[[], None]:
    """What the child does before it becomes the server, and after its change of user, which would undo it."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:  # the keeper died before this was arranged
            os.kill(os.getpid(), signal.SIGINT)

    return arrange
