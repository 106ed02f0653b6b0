"""Each choice that a newcomer would question has a page that ends in what enforces it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.rules.source import ROOT, assert_none, files, name

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 40
ENFORCED: Final = re.compile(r"\*\*What enforces this\.\*\*\s*(.+)\Z", re.DOTALL)


def faults(file_name: str, text: str) -> Iterator[str]:
    """What a page of docs/decisions lacks."""
    number = file_name[:4]
    if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", file_name):
        yield "is not called NNNN-words-of-the-title.md"
    if not text.startswith(f"# {number} "):
        yield f"does not begin with `# {number} <what was decided>`"
    if len(text.splitlines()) > LONGEST:
        yield f"is longer than {LONGEST} lines"
    if not (enforced := ENFORCED.search(text)):
        yield "does not end in a paragraph **What enforces this.**"
    else:
        paths = [path for path in re.findall(r"`([\w./-]+/[\w.-]+)`", enforced[1]) if not (ROOT / path).exists()]
        yield from (f"says that {path} enforces it, which does not exist" for path in paths)


def pages() -> list[str]:
    """The names of the decisions' pages."""
    return [path.name for path in files(".md", under=("docs/decisions",))]


def test_every_decision_says_what_enforces_it() -> None:
    written = files(".md", under=("docs/decisions",))
    assert_none(f"{name(path)} {fault}" for path in written for fault in faults(path.name, path.read_text()))


def test_no_number_is_given_twice() -> None:
    numbers = [page[:4] for page in pages()]
    assert_none(number for number in sorted(set(numbers)) if numbers.count(number) > 1)


GOOD: Final = "# 0099 Do it\n\n**Decision.** It is done.\n\n**What enforces this.** `tests/rules/test_decisions.py`.\n"


@pytest.mark.parametrize(
    ("file_name", "text"),
    [
        ("0099-do-it.md", GOOD.replace("**What enforces this.**", "It is hoped for:")),
        ("0099-do-it.md", GOOD.replace("test_decisions", "test_nothing")),
        ("0099-do-it.md", GOOD + "\n## Afterthought\n" * 40),
        ("0098-do-it.md", GOOD),
        ("0099 Do it.md", GOOD),
    ],
)
def test_a_planted_page_that_lacks_something_offends(file_name: str, text: str) -> None:
    assert list(faults(file_name, text))


def test_a_whole_page_does_not() -> None:
    assert not list(faults("0099-do-it.md", GOOD))
