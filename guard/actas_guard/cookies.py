"""The guard's cookies: all `__Host-` (this very host, over a secure channel), out of reach of scripts, Lax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from actas_guard.asgi import Request

PREFIX: Final = "__Host-actas-"
TOKEN: Final = f"{PREFIX}session"
# Outlives the token, which the browser forgets at the session's end: without it, what comes next from this browser
# would silently be somebody else's, or nobody's. It is no credential.
INSIDE: Final = f"{PREFIX}inside"
ENTER: Final = f"{PREFIX}enter"
# The half of a tab's token that no script reads (see `carrier`).
TAB: Final = f"{PREFIX}tab"
INSIDE_AFTER_SECONDS: Final = 24 * 3600
ENTER_SECONDS: Final = 120

Cookie = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Inside:
    """The session that this browser was last let into, and where its operator goes back to."""

    session_id: UUID
    return_to: str


@dataclass(frozen=True, slots=True)
class Tab(Inside):
    """The session that one tab of this browser was last let into; nothing without that tab's half."""

    signature: str


def put(name: str, value: str, max_age: int) -> Cookie:
    """The header that sets a cookie."""
    return ("set-cookie", f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; Secure; SameSite=Lax")


def drop(name: str) -> Cookie:
    """The header that takes a cookie back."""
    return put(name, "", 0)


def inside(request: Request) -> Inside | None:
    """What the browser remembers of its last session here."""
    kept = request.cookie(INSIDE)
    if not kept:
        return None
    session_id, _, return_to = kept.partition(".")
    try:
        return Inside(UUID(session_id), return_to)
    except ValueError:
        return None


def tab(request: Request) -> Tab | None:
    """What the browser keeps for a tab that is inside."""
    kept = request.cookie(TAB)
    if not kept:
        return None
    session_id, _, rest = kept.partition(".")
    return_to, _, signature = rest.partition(".")
    try:
        return Tab(UUID(session_id), return_to, signature)
    except ValueError:
        return None
