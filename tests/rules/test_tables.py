"""Tables in our texts are whole: a row that a blank line parts from its table is shown as a line of bars."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("guard/**/*.md")])
RULE = re.compile(r"\|[ :|-]+\|")


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_row_belongs_to_a_table_with_a_head(text: Path) -> None:
    lines = [line.strip() for line in ("\n" + text.read_text("utf-8") + "\n").split("\n")]
    firsts = [at for at, line in enumerate(lines) if line.startswith("|") and not lines[at - 1].startswith("|")]
    assert [lines[at] for at in firsts if not RULE.fullmatch(lines[at + 1])] == []
