"""How the product answers, by class of status: what its error rate is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")


class Counters:
    """Every request that reached the product, since the start and in the last whole minute.

    Those of the tenant's own people are counted too, and nothing else is kept of them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._total: Counter[str] = Counter()
        self._minute = int(clock() // 60)
        self._at_its_start: Counter[str] = Counter()
        self._last: Counter[str] = Counter()

    def count(self, status: int) -> None:
        """Count an answer."""
        self._turn()
        self._total[CLASSES[status // 100 - 1] if 100 <= status <= 599 else "5xx"] += 1

    @property
    def total(self) -> dict[str, int]:
        """Since the start, by class."""
        return {name: self._total[name] for name in CLASSES}

    @property
    def last_minute(self) -> dict[str, int]:
        """In the last minute of the clock that is over, by class."""
        self._turn()
        return {name: self._last[name] for name in CLASSES}

    def _turn(self) -> None:
        minute = int(self._clock() // 60)
        if minute != self._minute:
            follows = minute == self._minute + 1
            self._last = self._total - self._at_its_start if follows else Counter()
            self._minute, self._at_its_start = minute, self._total.copy()
