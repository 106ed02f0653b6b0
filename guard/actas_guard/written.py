"""A record as it waits: two short texts, of what began and of how it ended.

One of them is a single value for the disk and none for the garbage collector to go through; documents are made of them
when they are sent.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, Final, NamedTuple, Self

_SEPARATOR: Final = "\x1f"  # ASCII has it for this
_ERROR: Final = 500


class Written(NamedTuple):
    """A record; without an `ended`, of a request that died with its process."""

    begun: str
    ended: str | None

    @classmethod
    def read(cls, begun: bytes | None, ended: bytes | None) -> Self:
        """The record as a disk gives it back. Raises ValueError where that is no text."""
        if begun is None:
            raise ValueError("a record without a beginning")
        return cls(begun.decode(), None if ended is None else ended.decode())

    def document(self) -> dict[str, Any]:
        """The record as the console takes it; one that knows no surfaces takes it without.

        Of a request that died with its process nobody can say what it changed: it failed, and wrote what it could.
        Raises ValueError where the texts are none that `begun` and `ended` make, as a damaged disk may give them.
        """
        record_id, session_id, at, method, path, request_id, unsafe, surface = self.begun.split(_SEPARATOR)
        route, status, duration, wrote = "", str(_ERROR), "0", unsafe
        if self.ended is not None:
            route, status, duration, wrote, surface = self.ended.split(_SEPARATOR)
        if not isfinite(milliseconds := float(duration)):
            raise ValueError("a duration that JSON does not know")
        document: dict[str, Any] = {
            "id": record_id,
            "sessionUuid": session_id,
            "at": at,
            "method": method,
            "path": path,
            "route": route or None,
            "status": int(status),
            "durationMs": milliseconds,
            "wrote": wrote == "1",
            "requestId": request_id or None,
        }
        return {**document, "surface": surface} if surface else document


def begun(
    record_id: str,
    session_id: str,
    at: str,
    method: str,
    path: str,
    request_id: str | None,
    *,
    unsafe: bool,
    surface: str | None,
) -> str:
    """What is known as a request begins."""
    return _text((record_id, session_id, at, method, path, request_id or "", "1" if unsafe else "", surface or ""))


def ended(route: str | None, status: int, duration_ms: float, *, wrote: bool, surface: str | None) -> str:
    """What came of it."""
    return _text((route or "", str(status), f"{duration_ms:.3f}", "1" if wrote else "", surface or ""))


def _text(parts: tuple[str, ...]) -> str:
    text = _SEPARATOR.join(parts)
    if text.isascii() and text.count(_SEPARATOR) == len(parts) - 1:
        return text
    # A product's names may hold anything, also what no database takes.
    return _SEPARATOR.join(part.replace(_SEPARATOR, "").encode("utf-8", "replace").decode("utf-8") for part in parts)
