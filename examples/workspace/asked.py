"""What somebody wants to see of the record: a period, an operator, a kind, a text, and how far back in the lists."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

# What the console calls each kind of entry, in this product's words: every kind that a workspace's record has.
KINDS = {
    "visits": (
        "Visits",
        (
            "IMPERSONATION_STARTED",
            "IMPERSONATION_ENTERED",
            "IMPERSONATION_MODE_CHANGED",
            "IMPERSONATION_SURFACE_TOUCHED",
            "IMPERSONATION_ENDED",
        ),
    ),
    "refused": ("Refused attempts", ("IMPERSONATION_FORBIDDEN", "IMPERSONATION_REFUSED")),
    "rules": ("Rules for visits", ("POLICY_SET",)),
    "workspace": (
        "The workspace itself",
        (
            "TENANT_REGISTERED",
            "TENANT_UPDATED",
            "TENANT_STATUS_CHANGED",
            "TENANT_SUSPENDED",
            "TENANT_SUSPENSION_LIFTED",
        ),
    ),
    "keys": ("Keys of this product", ("SERVICE_KEY_ISSUED", "SERVICE_KEY_REVOKED")),
    "record": ("Exports of the record", ("LEDGER_EXPORTED",)),
}
LONGEST = 400


@dataclass(frozen=True)
class Asked:
    """The query of the audit page's address. Whatever is no answer to its question is left out, and so not asked."""

    since: str | None = None
    until: str | None = None
    operator: str | None = None
    kind: str | None = None
    text: str | None = None
    visits_after: str | None = None
    entries_after: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """What an address asks for."""
        given = {each.name: query.get(each.name, "").replace("\0", "").strip() for each in fields(cls)}
        kept = {name: value for name, value in given.items() if value and len(value) <= LONGEST}
        for name in ("since", "until"):
            if _day(kept.get(name)) is None:
                kept.pop(name, None)
        if kept.get("kind") not in KINDS:
            kept.pop("kind", None)
        return cls(**kept)

    @property
    def visits(self) -> dict[str, Any]:
        """The console's SessionFilter."""
        period = {"insideSince": _begin(self.since), "insideUntil": _begin(self.until, days=1)}
        return _without_none({"states": ["ENDED"], **period, "operatorId": self.operator})

    @property
    def entries(self) -> dict[str, Any]:
        """The console's AuditFilter."""
        period = {"since": _begin(self.since), "until": _begin(self.until, days=1)}
        kinds = list(KINDS[self.kind][1]) if self.kind else None
        return _without_none({**period, "operatorId": self.operator, "kinds": kinds, "text": self.text})

    @property
    def narrows_entries(self) -> bool:
        """Whether it asks for some entries by what they say, which visits cannot be chosen by."""
        return self.kind is not None or self.text is not None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return self.narrows_entries or any((self.since, self.until, self.operator))

    def address(self, path: str = "/audit", **changes: str | None) -> str:
        """The address of a page that asks for the same, but for the changes."""
        changed = replace(self, **changes)
        kept = {each.name: getattr(changed, each.name) for each in fields(self)}
        query = urlencode(_without_none(kept))
        return f"{path}?{query}" if query else path


def _without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None


def _begin(written: str | None, days: int = 0) -> str | None:
    """The first instant of the day so many days later: the last day of a period belongs to it."""
    day = _day(written)
    if day is None or day.year > 9000:
        return None
    return datetime.combine(day + timedelta(days=days), datetime.min.time(), UTC).isoformat()
