"""What the house rules read: the project's own files, and the comments by which one escapes a rule for a reason."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parents[2]
GENERATED: Final = re.compile(r"generated|\.gen\.|-env\.d\.ts$")


def files(*suffixes: str, under: tuple[str, ...] = ()) -> list[Path]:
    """The project's files as git knows them, new ones included; all, or those that end and begin so."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *under]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    paths = (ROOT / name for name in sorted(set(names)) if name.endswith(suffixes or ("",)))
    return [path for path in paths if path.is_file()]


def python(*under: str) -> list[Path]:
    """The project's Python files, all or those under these folders."""
    return files(".py", under=under)


def read(path: Path) -> str | None:
    """The text of a file; None for a picture or the like."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return None


def name(path: Path) -> str:
    """The path as one would type it in a checkout."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def escapes(text: str, word: str) -> bool:
    """Whether the text holds the comment `<word> because: <reason>`, in Python's or TypeScript's form."""
    return re.search(rf"(#|//|/\*)\s*{word} because: \w+", text) is not None


def assert_none(offences: Iterable[str]) -> None:
    """Fail with one offence on each line."""
    found = list(offences)
    assert not found, "\n".join(["", *found])
