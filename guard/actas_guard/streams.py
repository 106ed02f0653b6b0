"""How many pages follow the banner's stream in this process, and who among them may keep whom out.

Every stream holds a connection. What anybody can open for nothing must leave room for those whom the banner is for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

_STRANGERS = None


class Streams:
    """At most `most` at once: all of them for operators, nine in ten for everybody else, a half for strangers.

    One tenant's strangers get a quarter, and all but an operator in one tenant three quarters.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._others: Counter[UUID] = Counter()
        self._strangers: Counter[UUID] = Counter()
        self.total = 0

    def has_room(self, tenant_id: UUID, viewer: str | None) -> bool:
        """Whether one more may begin, for a viewer of the state: OPERATOR, ADMIN, MEMBER, or None for a stranger."""
        if self.total >= self._most:
            return False
        if viewer == "OPERATOR":
            return True
        if self._others.total() >= self._share(0.9) or self._others[tenant_id] >= self._share(0.75):
            return False
        if viewer is not _STRANGERS:
            return True
        return self._strangers.total() < self._share(0.5) and self._strangers[tenant_id] < self._share(0.25)

    @contextmanager
    def held(self, tenant_id: UUID, viewer: str | None) -> Iterator[None]:
        """Count one for as long as it lasts."""
        counters = [] if viewer == "OPERATOR" else [self._others]
        if viewer is _STRANGERS:
            counters.append(self._strangers)
        self.total += 1
        for counter in counters:
            counter[tenant_id] += 1
        try:
            yield
        finally:
            self.total -= 1
            for counter in counters:
                counter[tenant_id] -= 1
                if not counter[tenant_id]:
                    del counter[tenant_id]

    def _share(self, part: float) -> int:
        return max(1, int(self._most * part))
