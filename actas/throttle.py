"""How often may something be tried: token buckets in memory, for each address range and each account."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_KEPT = 10_000


class Throttle:
    """Allows `burst` attempts at once for each key, then one more every `seconds_each`.

    The oldest keys are forgotten beyond a bound, so that an attacker cannot fill the memory.
    """

    def __init__(self, burst: int, seconds_each: float, now: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._seconds_each = seconds_each
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Count one attempt: 0 where it may be made, else the seconds until the next one may."""
        left = self._left(key)
        if left < 1:
            return (1 - left) * self._seconds_each
        self._keep(key, left - 1)
        return 0.0

    def give_back(self, key: str) -> None:
        """The attempt was a success, so it does not count."""
        self._keep(key, min(self._burst, self._left(key) + 1))

    def _left(self, key: str) -> float:
        left, at = self._buckets.get(key, (float(self._burst), self._now()))
        return min(self._burst, left + (self._now() - at) / self._seconds_each)

    def _keep(self, key: str, left: float) -> None:
        self._buckets[key] = (left, self._now())
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_KEPT:
            self._buckets.popitem(last=False)
