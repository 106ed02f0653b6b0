"""Reads that many streams of a process ask for at the same moment: one of them asks the database."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

T = TypeVar("T")

FRESH_SECONDS: Final = 0.5


@dataclass(frozen=True)
class _Asked:
    answer: asyncio.Future[Any]
    until: float


class Shared:
    """Answers that do not depend on who asks. Whether somebody may be told is decided for each, and not here."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, _Asked] = {}

    async def ask(self, question: Hashable, read: Callable[[], Awaitable[T]], *, once_more: bool = True) -> T:
        """What a `read` gives that was begun at most half a second ago, or a new one.

        Without `once_more` only one that is still under way is waited for; whoever comes later has it read anew.
        An error is that of all who wait for it; whoever asks next tries anew.
        """
        now = time.monotonic()
        asked = self._asked.get(question)
        if asked is None or asked.until <= now or _failed(asked.answer) or (asked.answer.done() and not once_more):
            self._asked = {each: kept for each, kept in self._asked.items() if kept.until > now}
            # A task of its own: whoever asked first may go, and the others still wait.
            asked = self._asked[question] = _Asked(asyncio.ensure_future(read()), now + FRESH_SECONDS)
            asked.answer.add_done_callback(_failed)
        answer: T = await asyncio.shield(asked.answer)
        return answer


def _failed(answer: asyncio.Future[Any]) -> bool:
    """Whether it came to nothing; seen here, it is no error that nobody heard of."""
    return answer.done() and (answer.cancelled() or answer.exception() is not None)
