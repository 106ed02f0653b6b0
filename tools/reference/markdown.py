"""Markdown as the pages use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `make docs` from {source}; change that. -->"


def page(title: str, source: str, intro: str, *sections: str) -> str:
    """A whole page."""
    begin = f"{GENERATED.format(source=source)}\n\n# {title}\n\n{intro.strip()}"
    return "\n\n".join([begin, *(section.strip() for section in sections if section)]) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing where there are no rows, and without the columns that would stay empty."""
    found = [[cell(each) for each in row] for row in rows]
    if not found:
        return ""
    kept = [index for index in range(len(heads)) if any(row[index] for row in found)]
    lines = [
        [heads[index] for index in kept],
        ["---"] * len(kept),
        *([row[index] for index in kept] for row in found),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """A text that stays within its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def section(level: int, title: str, *parts: str) -> str:
    """A heading and what stands under it."""
    return "\n\n".join([f"{'#' * level} {title}", *(part for part in parts if part)])


def code(text: str) -> str:
    """Something that is typed as it is; nothing for nothing."""
    return f"`{text}`" if text else ""
