"""How the product answers, by class of status: what its error rate is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
_CLASS_OF: Final = dict(enumerate(CLASSES, 1))


class Counters:
    """Every request that reached the product, since the start and in the last whole minute.

    Those of the tenant's own people are counted too, and nothing else is kept of them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._total: Counter[str] = Counter(dict.fromkeys(CLASSES, 0))
        self._begin(int(clock() // 60))
        self._last: Counter[str] = Counter()

    def count(self, status: int) -> None:
        """Count an answer."""
        self._turn()
        self._total[_CLASS_OF.get(status // 100, "5xx")] += 1

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
        now = self._clock()
        if not self._began <= now < self._ends:
            minute = int(now // 60)
            self._last = self._total - self._at_its_start if minute * 60 == self._ends else Counter()
            self._begin(minute)

    def _begin(self, minute: int) -> None:
        self._began, self._ends = minute * 60, (minute + 1) * 60
        self._at_its_start = self._total.copy()
