"""Strangers' requests and failed sign-ins: counted in memory, one entry a minute for each address range (P8).

They have a chain of their own and are never written while somebody waits, so that strangers cannot slow anybody down
(mechanisms H.1).
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from permissions.policy import Due
from resolvers.events import SignInRefused, StrangerAttempts

if TYPE_CHECKING:
    from db.engine import Database
    from resolvers.events import Attempts

# More ranges than this within a minute are an attack; from then on they are counted together.
MOST_RANGES: Final = 1000
ENTRIES_AT_ONCE: Final = 200
EVERYWHERE: Final = "many addresses"
COUNTED: Final = Due("attempts are counted by the minute")


def address_range(ip: str | None) -> str:
    """The range that an address is counted under: /24 of IPv4, /64 of IPv6, which is what one attacker easily has."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return "an unknown address"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))


class AttemptCounter:
    """Counts attempts until `flush` records them. What a killed process had counted within the minute is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: Counter[tuple[type[Attempts], datetime, str]] = Counter()

    def sign_in_refused(self, ip: str | None) -> None:
        """A wrong address or password."""
        self._count(SignInRefused, ip)

    def stranger(self, ip: str | None) -> None:
        """A request by nobody known, or by somebody without a role."""
        self._count(StrangerAttempts, ip)

    async def flush(self, *, everything: bool = False) -> None:
        """Record the minutes that are over, or `everything` when the process stops.

        What cannot be recorded now is kept for the next time. Raises Unavailable then.
        """
        this_minute = _minute()
        while due := [key for key in self._counts if everything or key[1] < this_minute][:ENTRIES_AT_ONCE]:
            taken = {key: self._counts[key] for key in due}
            async with self._database.unit(None) as unit:
                for (kind, minute, address), count in taken.items():
                    unit.append(COUNTED, kind(minute=minute, address=address, count=count))
            self._counts.subtract(taken)
            self._counts = +self._counts

    def _count(self, kind: type[Attempts], ip: str | None) -> None:
        key = (kind, _minute(), address_range(ip))
        if key not in self._counts and len(self._counts) >= MOST_RANGES:
            key = (kind, key[1], EVERYWHERE)
        self._counts[key] += 1


def _minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)
