"""Files stay small, and hold nothing of the machine they were written on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.rules.source import GENERATED, ROOT, assert_none, escapes, files, name, read

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 300

# Each is spelled so that this file does not offend itself.
FOREIGN: Final = (
    re.compile(r"registry[.]npmjs|files[.]pythonhosted|pypi[.]org/simple|deb[.]debian[.]org"),
    re.compile(r"https?[:]//[^\s\"']*/simple/?[\s\"']"),
    re.compile(r"\"resolved\"[:]\s*\"http|^\s*registry\s*=\s*\"?http", re.MULTILINE),
    re.compile(r"--(extra-)?index[-]url[ =]"),
    re.compile(r"(?<![\w.])/(root|home/\w+|Users/\w+)/[\w.]"),
)


def too_long(text: str) -> bool:
    """Whether a file is longer than the house likes without saying why (`# long because: ...`)."""
    return len(text.splitlines()) > LONGEST and not escapes(text, "long")


def foreign(text: str, places: tuple[Path, ...]) -> Iterator[str]:
    """A registry's address, or a path of one machine: what would be wrong in anybody else's checkout."""
    for pattern in FOREIGN:
        yield from (match.group() for match in pattern.finditer(text))
    yield from (str(place) for place in places if len(place.parts) > 2 and f"{place}/" in text)


def test_no_file_is_over_300_lines_without_a_reason() -> None:
    read_by_people = [path for path in files(".py", ".ts", ".tsx") if not GENERATED.search(name(path))]
    assert_none(name(path) for path in read_by_people if too_long(path.read_text()))


def test_no_file_names_a_registry_or_a_path_of_this_machine() -> None:
    texts = ((path, read(path)) for path in files() if path.name != "LICENSE")
    places = (ROOT, Path.home())
    assert_none(f"{name(path)}: {what}" for path, text in texts if text for what in foreign(text, places))


@pytest.mark.parametrize(
    ("planted", "offends"),
    [
        ("x = 1\n" * 301, True),
        ("# long because: the kinds are one table\n" + "x = 1\n" * 300, False),
        ("# long because:\n" + "x = 1\n" * 300, True),
        ("// long because: one protocol, one file\n" + "x\n" * 300, False),
        ("x = 1\n" * 300, False),
    ],
)
def test_a_planted_long_file_offends(planted: str, offends: bool) -> None:
    assert too_long(planted) is offends


@pytest.mark.parametrize(
    "planted",
    [
        "https" + "://registry.npm" + "js.org/react",
        '"resolved"' + ': "http' + '://packages.example/react"',
        "index = 'https" + "://packages.example/simple/'",
        "pip install --index-" + "url https://packages.example x",
        "open('/ro" + "ot/actas/data')",
        "cd /ho" + "me/jane/actas",
        "cd /srv/build/checkout" + "/db",
    ],
)
def test_a_planted_address_or_machine_path_offends(planted: str) -> None:
    assert list(foreign(planted, (Path("/srv/build/checkout"),)))


@pytest.mark.parametrize(
    "innocent",
    ["GET /ho" + "me", "https" + "://example.com/sim" + "ple-things", "a/ro" + "ot/b", "pip config in" + "dex"],
)
def test_an_ordinary_path_does_not(innocent: str) -> None:
    assert not list(foreign(innocent, (Path("/app"),)))
