"""What the pages point to is there: links within the repository, and the tests that they say prove something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.rules.source import ROOT, assert_none, files, name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINK: Final = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
NAMED: Final = re.compile(r"`((?:tests|docs|guard|examples|db|schema|resolvers|permissions|actas|ui)/[\w./-]*\w)`")


def dangling(page: Path, text: str) -> Iterator[str]:
    """What a page points to and what does not exist: links from the page's folder, names from the repository's."""
    yield from (link for link in LINK.findall(text) if not (page.parent / link).exists())
    built_later = {"ui/_static", "ui/node_modules", "actas/_nested"}
    yield from (path for path in NAMED.findall(text) if path not in built_later and not (ROOT / path).exists())


def test_everything_that_the_pages_point_to_exists() -> None:
    assert_none(f"{name(page)}: {what}" for page in files(".md") for what in dangling(page, page.read_text()))


def test_a_planted_dangling_link_offends() -> None:
    page = ROOT / "docs/decisions/0000-template.md"
    planted = "[a](0099-nothing.md) [b](../dependencies.md#x) [c](https://example.com) `tests/nothing.py` `db/unit.py`"
    assert list(dangling(page, planted)) == ["0099-nothing.md", "tests/nothing.py"]
