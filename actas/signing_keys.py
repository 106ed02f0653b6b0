"""The folder of signing keys: made on the first start, rotated by adding a newer file."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from permissions.tokens import thumbprint

if TYPE_CHECKING:
    from pathlib import Path


class UnfitKeys(Exception):
    """The signing keys cannot be used; the message says which and what to do."""


def load(folder: Path) -> list[Ed25519PrivateKey]:
    """The keys of a folder, newest file first; one is made where there is none.

    Raises UnfitKeys for a file that others may read, or that is no Ed25519 key in PEM.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = sorted(folder.glob("*.pem"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [_read(path) for path in files] if files else [_make(folder)]


def _read(path: Path) -> Ed25519PrivateKey:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UnfitKeys(f"{path} can be read by others: chmod 600 it, and make a new key if others were around.")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise UnfitKeys(f"{path} is no private key in PEM without a password.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnfitKeys(f"{path} is no Ed25519 key: make one with `openssl genpkey -algorithm ed25519`.")
    return key


def _make(folder: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = folder / f"{thumbprint(key)}.draft"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    first = folder / "first.pem"
    try:
        # A link never replaces: of two processes that start at once, both use the key of the quicker one.
        os.link(draft, first)
    except FileExistsError:
        return _read(first)
    finally:
        draft.unlink()
    return key
