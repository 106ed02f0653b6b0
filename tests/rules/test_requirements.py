"""docs/requirements.md names every requirement and what it says of the tests is so; a policy that is none is named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.conformance.conftest import rules_of
from tests.conformance.report import requirements, table
from tests.rules.source import ROOT, assert_none, python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE: Final = ROOT / "docs/requirements.md"
HOW_MANY: Final = {"S1": 39, "S2": 43, "S3": 34, "C": 22}
ROW: Final = re.compile(r"^\| ((?:S[123]|C)-\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
TEST: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
DEFINED: Final = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)


def rows(text: str) -> dict[str, str]:
    """Of each id on the page, what proves it."""
    return {found[1]: found[3] for found in ROW.finditer(text)}


def suite() -> dict[str, list[str]]:
    """Of each test of the suite, the ids in its name."""
    tests = [name for path in python("tests/conformance") for name in DEFINED.findall(path.read_text())]
    return {name: requirements(name) for name in tests}


def missing_proofs(text: str) -> Iterator[str]:
    """What the page says proves something, and is not there."""
    for requirement, by in rows(text).items():
        if not re.match(r"Suite|Later: \w|`tests/", by):
            yield f"{requirement} names neither the suite nor a test nor what it waits for"
        for path, test in TEST.findall(by):
            file = ROOT / path
            if not file.exists() or (test and test not in DEFINED.findall(file.read_text())):
                yield f"{requirement} names {path}::{test}, which does not exist"


def test_every_requirement_has_its_line() -> None:
    expected = [f"{system}-{number}" for system, count in HOW_MANY.items() for number in range(1, count + 1)]
    assert [found[1] for found in ROW.finditer(PAGE.read_text())] == expected


def test_what_the_page_leaves_to_the_suite_is_what_the_suite_is_about() -> None:
    left = {requirement for requirement, by in rows(PAGE.read_text()).items() if by.startswith("Suite")}
    proved = {requirement for named in suite().values() for requirement in named}
    assert_none([f"{each}: no test of the suite is about it" for each in sorted(left - proved)])
    assert_none([f"{each}: the suite is about it, and the page does not say so" for each in sorted(proved - left)])


def test_every_test_of_the_suite_says_what_it_is_about() -> None:
    assert_none(name for name, named in suite().items() if not named)


def test_every_test_that_the_page_names_exists() -> None:
    assert_none(missing_proofs(PAGE.read_text()))


@pytest.mark.parametrize("by", ["Surely", "`tests/rules/test_nothing.py`", "`tests/rules/test_pages.py::test_nothing`"])
def test_a_planted_line_without_proof_offends(by: str) -> None:
    assert list(missing_proofs(f"| S1-1 | Something. | {by} |"))


def test_a_report_lists_what_held_what_did_not_and_what_was_left_out() -> None:
    told = list(
        table(
            {
                "a.py::test_c_1_s1_2_x[mine]": "passed",
                "a.py::test_s1_10_y[mine-1]": "failed",
                "a.py::test_s1_10_y[mine-2]": "passed",
                "a.py::test_c_1_z[mine]": "skipped",
                "a.py::test_s1_2_z[other]": "skipped",
                "a.py::test_about_nothing[mine]": "failed",
            },
            ["mine", "other"],
        )
    )
    assert [line.split() for line in told[1:-1]] == [
        ["S1-2", "held", "skipped"],
        ["S1-10", "FAILED", "-"],
        ["C-1", "partly", "-"],
    ]
    assert told[-1].startswith("0 of 3 requirements held under mine, other;")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "is neither one of default, timeboxed, workday, hourly nor a file"),
        ("exclusive =", "is not TOML"),
        ("exclusiv = true", "exclusiv is no rule that Actas has"),
        ("maxDurationSeconds = 86400", "maxDurationSeconds is at most 28800"),
        ("reasonMinLength = 600", "No reason could be long and short enough"),
    ],
)
def test_the_suite_says_what_is_wrong_with_a_policy(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "mine.toml"
    if text:
        file.write_text(text)
    with pytest.raises(pytest.UsageError, match=says):
        rules_of(str(file))


def test_it_says_so_before_it_starts_anything_and_fails() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/conformance", "-q", "-n", "1"],
        cwd=ROOT,
        env={**os.environ, "ACTAS_CONFORMANCE_POLICY": "absent.toml"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "FILE=absent.toml is neither one of" in ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
