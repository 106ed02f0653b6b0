"""What may be asked of AI usage: aggregates over enough tenants, over a stretch that fits a chart (S1-12)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from permissions.refusals import BadInput

if TYPE_CHECKING:
    from datetime import datetime

# With fewer, a bucket would tell about a tenant.
MINIMUM_TENANTS: Final = 5
MOST_BUCKETS: Final = 1000


class Interval(StrEnum):
    """How long a stretch is that is added up."""

    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"


_SHORTEST: Final = {
    Interval.HOUR: timedelta(hours=1),
    Interval.DAY: timedelta(days=1),
    Interval.MONTH: timedelta(days=28),
}


def check_range(since: datetime, until: datetime, interval: Interval) -> None:
    """Raises BadInput for a range that is empty, runs backwards or has more buckets than a chart shows."""
    if since >= until:
        raise BadInput("`from` must be before `to`.")
    if (until - since) / _SHORTEST[interval] > MOST_BUCKETS:
        raise BadInput(
            f"From `from` to `to` are at most {MOST_BUCKETS} of `interval`: ask for less, or for longer ones."
        )
