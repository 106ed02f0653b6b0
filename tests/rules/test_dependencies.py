"""Every dependency is explained in docs/dependencies.md, pinned by hash, and keeps off our folders' names."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.rules.source import ROOT, assert_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Nested in our wheel and put first on the path; another distribution of these names would still be shadowed by us.
OUR_FOLDERS: Final = ("schema", "resolvers", "permissions", "db", "ui", "examples")


def direct() -> set[str]:
    """The names of what we ask for ourselves: at run time, for development, in the console."""
    project, guard = (tomllib.loads((ROOT / path / "pyproject.toml").read_text()) for path in (".", "guard"))
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    groups: dict[str, list[Any]] = project["dependency-groups"]
    asked = [*project["project"]["dependencies"], *guard["project"]["dependencies"]]
    asked += [one for extra in extras.values() for one in extra]
    asked += [one for group in groups.values() for one in group if isinstance(one, str)]
    console = json.loads((ROOT / "ui/package.json").read_text())
    names = {Requirement(one).name for one in asked} - {"actas-guard"}
    return names.union(console["dependencies"], console.get("devDependencies", {}))


def unexplained(names: Iterable[str], page: str) -> Iterator[str]:
    """The dependencies that have no row in the page's tables."""
    explained = {
        word for row in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) for word in re.findall(r"`([^`]+)`", row)
    }
    yield from sorted(set(names) - explained)


def unpinned(names: Iterable[str], requirements: str) -> Iterator[str]:
    """The Python packages without one exact version and at least one hash."""
    pinned = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==\S+.*\\\n\s+--hash=sha256:", requirements, re.MULTILINE))
    known = {canonicalize_name(name) for name in pinned}
    yield from sorted(name for name in names if canonicalize_name(name) not in known)


def colliding(modules: Iterable[str]) -> Iterator[str]:
    """Top-level modules of others that are called like one of our folders."""
    yield from sorted(set(modules) & set(OUR_FOLDERS))


def test_every_dependency_is_explained() -> None:
    assert_none(unexplained(direct(), (ROOT / "docs/dependencies.md").read_text()))


def test_every_python_dependency_is_pinned_by_hash() -> None:
    console = json.loads((ROOT / "ui/package.json").read_text())
    ours = direct() - console["dependencies"].keys() - console.get("devDependencies", {}).keys()
    assert_none(unpinned(ours, (ROOT / "requirements/dev.txt").read_text()))
    assert_none(unpinned(["uv"], (ROOT / "requirements/uv.txt").read_text()))


def test_no_installed_distribution_is_called_like_one_of_our_folders() -> None:
    others = [one for one in distributions() if not one.name.startswith("actas")]
    assert_none(
        f"{one.name} installs {module}"
        for one in others
        for module in colliding({file.parts[0].removesuffix(".py") for file in one.files or []})
    )


def test_planted_dependencies_offend() -> None:
    page = "| what | why |\n|---|---|\n| `httpx`, `h2` | speaks HTTP |\n| left-pad | `nothing` |\n"
    assert list(unexplained(["httpx", "h2", "left-pad", "nothing"], page)) == ["left-pad", "nothing"]
    assert list(unpinned(["a", "b", "c"], "a==1 \\\n    --hash=sha256:00\nb==1\n")) == ["b", "c"]
    assert list(colliding(["httpx", "schema", "schemas"])) == ["schema"]
