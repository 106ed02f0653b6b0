"""A figure beside its limit, in whatever unit it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measured:
    """One measured thing beside its limit."""

    name: str
    value: float
    limit: float
    unit: str
    bound: Literal["at most", "at least"] = "at most"

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.value <= self.limit if self.bound == "at most" else self.value >= self.limit
