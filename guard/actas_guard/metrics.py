"""What the guard knows of itself at one moment, for the product's own monitoring: numbers, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Answer of `Guard.metrics()`; `dataclasses.asdict` makes a dictionary of it. Alert on `stale`."""

    ready: bool
    """Whether the guard has heard how the tenants stand; before that everybody is refused."""

    stale: bool
    """Whether operators are refused, since the view is older than `max_staleness_seconds`, or broken off."""

    view_age_seconds: float | None
    """Since the console last proved a fresh read of its own feed; None before the first, and after a gap."""

    connected: bool
    """Whether the stream is open now. It may be open and stale: a console can beat without reading."""

    reconnects: int
    """How often the stream was begun again since the start."""

    tenants: int
    live_sessions: int

    keys: int
    keys_age_seconds: float | None
    """Since the key set was last fetched with success; None before the first time."""

    records_waiting: int
    """Access records that the console has not taken yet; in a spool, also those of requests under way."""

    records_unreadable: int
    """What a damaged disk made of records: rows of the spool that are kept there and not sent. Alert on any."""

    records_kept_in: Literal["SPOOL", "MEMORY", "NOWHERE"]
    """Where records wait now. With a `spool`, alert on anything else: its disk fails. NOWHERE refuses operators."""

    requests: dict[str, int]
    """What the product answered since the start, by class of status (`{"2xx": 812, …}`), whoever asked."""

    requests_last_minute: dict[str, int]
    """The same, in the last whole minute of the clock."""

    banner_streams: int
    """Pages that follow the banner's stream in this process."""
