"""The commands that people are told to type exist, and `make help` tells of every one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.rules.source import ROOT, assert_none, files, name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKEFILE = (ROOT / "Makefile").read_text()


def targets(makefile: str) -> set[str]:
    """What can be made: everything but files and make's own words."""
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def told(text: str) -> set[str]:
    """The targets that a page tells its reader to make."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    return {target for block in code for target in re.findall(r"(?:^|[`$;&(]|\n)\s*make ([a-z][a-z-]*)", block)}


def unknown(text: str, makefile: str) -> Iterator[str]:
    """The targets that a page tells of and that do not exist."""
    yield from sorted(told(text) - targets(makefile))


def test_make_help_lists_every_target() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert targets(MAKEFILE) == set(re.findall(r"^  make ([a-z-]+) +\S", listed, re.MULTILINE))


def test_make_alone_shows_the_help() -> None:
    shown = [
        subprocess.run(["make", *what], cwd=ROOT, check=True, capture_output=True).stdout for what in ([], ["help"])
    ]
    assert shown[0] == shown[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as `make` looks at before it begins."""
    (tmp_path / "ui/src").mkdir(parents=True)
    (tmp_path / "guard").mkdir()
    (tmp_path / "requirements").mkdir()
    for file in ("Makefile", "pyproject.toml", "guard/pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path / file)
    for file in ("uv.txt", "dev.txt", "install.sh"):
        (tmp_path / "requirements" / file).touch()
    return tmp_path


def test_make_takes_the_first_python_that_runs_and_fits(checkout: Path) -> None:
    programs = checkout / "bin"
    programs.mkdir()
    for name_, script in {"python3.13": "exit 127", "python3.12": "exit 1", "python3.11": "exit 0"}.items():
        (programs / name_).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name_).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    plan = subprocess.run(
        ["make", "-n", "demo"],
        cwd=checkout,
        env={**os.environ, "PATH": path},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert 'requirements/install.sh "python3.11"' in plan


def test_make_without_a_python_says_what_to_do(checkout: Path) -> None:
    said = subprocess.run(["make", "demo", "PYTHON="], cwd=checkout, check=False, capture_output=True, text=True)
    assert said.returncode != 0
    assert "Install one, or name it: make PYTHON=/path/to/python3.12 demo" in said.stderr


def test_every_command_of_the_pages_exists() -> None:
    assert_none(f"{name(path)}: make {one}" for path in files(".md") for one in unknown(path.read_text(), MAKEFILE))


def test_a_planted_command_that_does_not_exist_offends() -> None:
    assert list(unknown("```\ngit clone actas\nmake fly\n```\nor `make soar`", MAKEFILE)) == ["fly", "soar"]
    assert not list(unknown("We make sure. Run `make demo`.", MAKEFILE))


def test_a_planted_target_without_a_word_of_help_is_missed_by_no_test() -> None:
    planted = MAKEFILE + "\nsecret:\n\t@true\n"
    helped = set(re.findall(r"^([a-z-]+):.*## ", planted, re.MULTILINE))
    assert targets(planted) - helped == {"secret"}
