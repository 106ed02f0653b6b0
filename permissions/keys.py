"""Service keys: what one looks like, what is kept of it, and what none may hold (DESIGN section 6)."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Final

from permissions.operators import NEVER_FOR_KEYS
from permissions.refusals import RefusalCode, Refused, refused
from permissions.text import defect, visible_length

if TYPE_CHECKING:
    from collections.abc import Collection

    from permissions.operators import Permission

# So that a key found in a file or a log says what it opens, and secret scanners know it.
MARK: Final = "actas_"
SHOWN: Final = len(MARK) + 6
LONGEST_NAME: Final = 200
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_secret() -> str:
    """256 random bits in 43 characters that fit a cookie, a header and a URL."""
    return secrets.token_urlsafe(32)


def new_key() -> str:
    """A new service key, shown once to whoever asked for it."""
    return MARK + new_secret()


def digest(secret: bytes) -> bytes:
    """All that is ever stored of a secret. It has 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(secret).digest()


def prefix(key: str) -> str:
    """The part by which people tell keys apart."""
    return key[:SHOWN]


def is_secret(text: str) -> bool:
    """Whether this could be a sign-in's token or a hand-off's code."""
    return SECRET.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether this could be a service key."""
    return text.startswith(MARK) and is_secret(text[len(MARK) :])


def unfit(name: str, permissions: Collection[Permission]) -> Refused | None:
    """What forbids to issue such a key: a key is no person, so it neither enters nor decides who may."""
    if flaw := defect(name):
        return refused(RefusalCode.INPUT_INVALID, f"The name {flaw}: write it anew.", "name")
    if visible_length(name) == 0 or len(name) > LONGEST_NAME:
        return refused(RefusalCode.INPUT_INVALID, f"A key's name has 1 to {LONGEST_NAME} characters.", "name")
    if not permissions:
        return refused(RefusalCode.INPUT_INVALID, "Name at least one permission.", "permissions")
    if never := sorted(NEVER_FOR_KEYS.intersection(permissions)):
        return refused(RefusalCode.INPUT_INVALID, f"A key never holds {', '.join(never)}.", "permissions")
    return None
