"""When the banner of each session was last seen (see `seen`): known to this process, and proved to the others.

The proof is a cookie which every process of the product can check. It is no credential: a browser in its owner's hands
can lie, so it holds the product's pages to showing the banner, and nobody else.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from typing import Final
from uuid import UUID

from actas_guard import cookies
from actas_guard.asgi import Request
from actas_guard.cookies import Cookie

# A page that was just opened or come back to sends its change and its first beat at once, in either order.
_WAIT_SECONDS: Final = 3
_REMEMBERED: Final = 10_000


class Sightings:
    """`seconds` is how long a sighting holds; None asks for no banner. `now` gives seconds since 1970."""

    def __init__(self, service_key: str, seconds: float | None, now: Callable[[], float]) -> None:
        self._key = hmac.digest(service_key.encode(), b"actas-guard: the banner was seen", "sha256")
        self._seconds = seconds
        self._now = now
        self._until: dict[UUID, float] = {}
        self._waiting: dict[UUID, set[asyncio.Event]] = {}

    def seen(self, session_id: UUID) -> Cookie:
        """Note that the banner is seen now; gives the proof for the browser."""
        until = self._now() + (self._seconds or 0)
        self._until.pop(session_id, None)
        self._until[session_id] = until
        if len(self._until) > _REMEMBERED:
            del self._until[next(iter(self._until))]
        for waiting in self._waiting.get(session_id, ()):
            waiting.set()
        return cookies.put(_name(session_id), self._proof(session_id, int(until)), int(self._seconds or 0) + 1)

    def hidden(self, session_id: UUID) -> Cookie:
        """Note that the banner is hidden now, and take the proof back."""
        self._until[session_id] = 0
        return cookies.drop(_name(session_id))

    def entered(self, session_id: UUID) -> tuple[Cookie, ...]:
        """What an operator gets who was just let in: the page that they come to may change something as it opens."""
        return () if self._seconds is None else (self.seen(session_id),)

    async def allow(self, request: Request, session_id: UUID) -> bool:
        """Whether the request may go on: it changes nothing, or the banner was seen lately.

        Waits a moment for the first beat of a page that just opened. What a WebSocket will carry is not asked: pages
        open theirs before any banner can be there.
        """
        if self._seconds is None or request.safe or request.scope["type"] != "http":
            return True
        until = self._until.get(session_id, -1)
        if until > self._now() or self._proved(request, session_id):
            return True
        if until == 0:
            return False
        seen = asyncio.Event()
        self._waiting.setdefault(session_id, set()).add(seen)
        try:
            await asyncio.wait_for(seen.wait(), _WAIT_SECONDS)
        except TimeoutError:
            return False
        finally:
            self._waiting[session_id].discard(seen)
            if not self._waiting[session_id]:
                del self._waiting[session_id]
        return True

    def _proved(self, request: Request, session_id: UUID) -> bool:
        proof = request.cookie(_name(session_id)) or ""
        until, _, _ = proof.partition(".")
        if not (until.isascii() and until.isdecimal() and len(until) < 12) or int(until) < self._now():
            return False
        return hmac.compare_digest(proof.encode(), self._proof(session_id, int(until)).encode())

    def _proof(self, session_id: UUID, until: int) -> str:
        return f"{until}.{hmac.digest(self._key, f'{session_id.hex}.{until}'.encode(), 'sha256').hex()}"


def _name(session_id: UUID) -> str:
    return f"{cookies.PREFIX}seen-{session_id.hex}"
