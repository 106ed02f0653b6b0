"""A figure beside its limit, in whatever unit it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measured:
    """One measured thing beside its limit; one without a limit is told for what it is."""

    name: str
    value: float
    limit: float | None
    unit: str
    bound: Literal["at most", "at least"] = "at most"

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        if self.limit is None:
            return True
        return self.value <= self.limit if self.bound == "at most" else self.value >= self.limit
