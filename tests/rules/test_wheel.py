"""What people install: one wheel that runs beside other people's `schema`, and the guard's, which stands alone."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from tests.rules.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

FOLDERS: Final = ("schema", "resolvers", "db", "permissions", "ui", "examples")

# Starts as `actas` does, then sets up a database with what the wheel brought along.
SET_UP: Final = """
import asyncio, importlib, sys
from pathlib import Path
from actas.launch import main
sys.argv = ["actas", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
for folder in FOLDERS:
    print("from", importlib.import_module(folder).__file__)

from db.embedded import acquire
from db.migrate import set_up
with acquire(Path("pg"), fsync=False) as lease:
    asyncio.run(set_up(lease.server, "actas", purpose="TEST"))
print("set up")
"""


@dataclass(frozen=True)
class Installed:
    """A fresh environment with both wheels, and the files that they put there."""

    python: Path
    wheels: dict[str, list[str]]

    def run(self, *arguments: str | Path, cwd: Path) -> str:
        """Run Python there, with nothing of this checkout on its path."""
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [self.python, *arguments], cwd=cwd, env=clean, check=False, text=True, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Both wheels, beside a planted distribution for each of our folders' names that fails when it is imported."""
    place = tmp_path_factory.mktemp("wheel")
    wheels = [build(ROOT, place / "actas"), build(ROOT / "guard", place / "guard")]
    venv.create(place / "venv", with_pip=False, symlinks=True)
    python = place / "venv/bin/python"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(python)]
    subprocess.run([*uv, *wheels], check=True, timeout=60)
    site = next((place / "venv/lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for folder in FOLDERS:
        (site / folder).mkdir()
        (site / folder / "__init__.py").write_text("raise ImportError('another distribution of this name')\n")
    return Installed(python, {wheel.name.split("-")[0]: zipfile.ZipFile(wheel).namelist() for wheel in wheels})


def build(project: Path, into: Path) -> Path:
    """Build a wheel with the pinned tools of this environment; the console is built only where it is out of date."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", into], cwd=project, check=True)
    return next(into.glob("*.whl"))


def tops(files: list[str]) -> set[str]:
    """What a wheel puts at the top of site-packages, its metadata aside."""
    return {file.split("/")[0] for file in files if ".dist-info/" not in file}


def test_each_wheel_puts_one_name_into_site_packages(installed: Installed) -> None:
    assert {wheel: tops(files) for wheel, files in installed.wheels.items()} == {
        "actas": {"actas"},
        "actas_guard": {"actas_guard"},
    }


def test_the_wheel_has_the_built_console_and_none_of_its_sources(installed: Installed) -> None:
    console = [file for file in installed.wheels["actas"] if file.startswith("actas/_nested/ui/")]
    assert any(file.endswith("_static/index.html") for file in console)
    assert {file.split("/")[3] for file in console} == {"__init__.py", "_static"}


def test_the_wheel_has_the_migrations_and_the_written_schema(installed: Installed) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "db/migrations").rglob("*.sql")}
    assert files
    nested = {f"actas/_nested/{file}" for file in {*files, "schema/schema.graphql"}}
    assert nested <= set(installed.wheels["actas"])


def test_it_runs_beside_other_distributions_of_our_names(installed: Installed, tmp_path: Path) -> None:
    said = installed.run("-c", f"FOLDERS = {FOLDERS}\n{SET_UP}", cwd=tmp_path).splitlines()
    origins = [line for line in said if line.startswith("from ")]
    assert len(origins) == len(FOLDERS)
    assert all("/site-packages/actas/_nested/" in origin for origin in origins)
    assert said[-1] == "set up"


def test_the_guard_is_usable_without_actas(installed: Installed, tmp_path: Path) -> None:
    script = f"import sys, actas_guard; print(sorted({{'actas', *{FOLDERS}}} & set(sys.modules)))"
    assert installed.run("-c", script, cwd=tmp_path).strip() == "[]"
