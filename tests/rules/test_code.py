"""Small rules that no linter has: silenced checks say why, and no test waits for a fixed time."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING, Final

import pytest

from tests.rules.source import assert_none, escapes, name, python

if TYPE_CHECKING:
    from collections.abc import Iterator

SILENCED: Final = re.compile(r"#\s*(noqa:\s*[A-Z0-9, ]+|noqa\b|type:\s*ignore(\[[\w, -]+\])?)")


def silent(source: str) -> Iterator[str]:
    """Comments that switch a check off without a word on why."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (match := SILENCED.search(token.string)):
            reason = SILENCED.sub("", token.string[match.end() :]).strip(" #-:")
            if len(reason.split()) < 2:
                yield f"{token.start[0]}: {token.string}"


def naps(source: str) -> Iterator[str]:
    """Waits of a fixed time. In a loop a sleep is the pause between two looks at a condition, which is how to wait."""
    tree = ast.parse(source)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.While | ast.For | ast.AsyncFor)]
    paused = {id(node) for loop in loops for node in ast.walk(loop)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"sleep", "wait_for_timeout"}:
            gives_way = bool(node.args) and ast.unparse(node.args[0]) == "0"
            if id(node) not in paused and not gives_way:
                yield f"{node.lineno}: {ast.unparse(node)}"


def test_whoever_silences_a_check_says_why() -> None:
    # Tests hand over what the types forbid: that is their business, and mypy still finds an ignore without use.
    texts = ((path, path.read_text(), "tests" in path.parts) for path in python())
    found = ((path, one) for path, text, test in texts for one in silent(text) if not (test and "type:" in one))
    assert_none(f"{name(path)}:{one}" for path, one in found)


def test_no_test_waits_for_a_fixed_time() -> None:
    texts = ((path, path.read_text()) for path in python("tests"))
    assert_none(f"{name(path)}:{one}" for path, text in texts if not escapes(text, "sleep") for one in naps(text))


@pytest.mark.parametrize(
    ("planted", "offends"),
    [
        ("x = 1  # noqa: S105", True),
        ("x = 1  # noqa", True),
        ("x = 1  # type: ignore[arg-type]", True),
        ("x = 1  # noqa: S105  printed by the demo", False),
        ("x = 1  # type: ignore[arg-type]  # the stub is behind", False),
        ("x = '# noqa: S105'", False),
    ],
)
def test_a_planted_silence_offends(planted: str, offends: bool) -> None:
    assert bool(list(silent(planted))) is offends


@pytest.mark.parametrize(
    ("planted", "offends"),
    [
        ("time.sleep(1)", True),
        ("async def f():\n    await asyncio.sleep(0.1)", True),
        ("async def f():\n    await page.wait_for_timeout(500)", True),
        ("while not done():\n    time.sleep(0.01)", False),
        ("async def f():\n    await asyncio.sleep(0)", False),
    ],
)
def test_a_planted_nap_offends(planted: str, offends: bool) -> None:
    assert bool(list(naps(planted))) is offends
