"""`--fresh`: a demo is forgotten only where it is recognisably one, and where nobody is in it."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Final

from actas.server import DATABASE, CannotStart
from db import embedded
from db.migrate import purpose_of

if TYPE_CHECKING:
    from pathlib import Path

KEY_FILE: Final = "workspace.key"


async def forget(data_dir: Path) -> None:
    """Remove the demo that is there, if there is one. Its locks stay, or two that start at once would not meet.

    Raises CannotStart where it runs or the directory is not a demo's, EmbeddedError where its server does not stop.
    """
    if embedded.in_use(data_dir):
        raise CannotStart(
            f"Something runs in {data_dir}, so it cannot be forgotten now. Stop it first (Ctrl-C where `actas demo` "
            "runs), or choose another --data-dir."
        )
    left = {entry.name for entry in _left_in(data_dir)}
    if not left:
        return
    if not {KEY_FILE, "passwords.json"} & left:
        raise CannotStart(f"{data_dir} does not look like a demo's data directory: remove it yourself.")
    if embedded.exists(data_dir) and (purpose := await _purpose_in(data_dir)) not in {"DEMO", None}:
        raise CannotStart(f"The database in {data_dir} was made as {purpose}: only a demo is forgotten.")
    await asyncio.to_thread(_remove, data_dir)


async def _purpose_in(data_dir: Path) -> str | None:
    """What the database is for; None where whoever made it was interrupted, so that nothing is in it."""
    with embedded.acquire(data_dir) as lease:
        return await purpose_of(lease.server.url("actas_admin", DATABASE))


def _remove(data_dir: Path) -> None:
    with embedded.alone(data_dir):
        for entry in _left_in(data_dir):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def _left_in(data_dir: Path) -> list[Path]:
    if not data_dir.is_dir():
        return []
    return [entry for entry in data_dir.iterdir() if entry.suffix != ".lock" and entry.name != ".gitignore"]
