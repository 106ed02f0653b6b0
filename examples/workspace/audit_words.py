"""A visit in words (S2-35): who, when, for how long, why, and how it ended."""

from datetime import datetime

from examples.workspace.pages import day
from examples.workspace.record import Visit

# An unknown cause is shown as it is written: the console may learn new ones before this product does.
CAUSES = {
    "STOPPED": "Left on their own.",
    "TENANT_STOPPED": "Ended from your side{by}.",
    "EXPIRED": "The time was up.",
    "IDLE": "Ended because nothing happened any more.",
    "ABANDONED": "Ended because no page was open any more.",
    "REPLACED": "Ended when they began another session.",
    "REVOKED": "Ended by an administrator of the platform{by}.",
    "LOCKED": "Ended by a lock on the platform{by}.",
    "TENANT_SUSPENDED": "Ended because the workspace was suspended.",
    "TENANT_OFFBOARDING": "Ended because the workspace is being closed.",
    "ROLE_LOST": "Ended because they lost the permission.",
    "CONSENT_WITHDRAWN": "Ended because your consent was withdrawn.",
    "SIGNED_OUT": "Ended when they signed out of the console.",
    "RESTORED": "Ended because the platform was restored from a back-up.",
}
MODES = {"READ_ONLY": "read only", "READ_WRITE": "with changes allowed"}


def sentence(visit: Visit) -> str:
    """A whole visit that is over, in one line (S2-35)."""
    ended = visit.ended or visit.expires
    until = clock(ended) if ended.date() == visit.started.date() else f"{day(ended)} at {clock(ended)}"
    return (
        f"On {day(visit.started)} at {clock(visit.started)} {visit.operator} ({visit.email}) was inside for "
        f"{lasting(visit.seconds)}, until {until}, {MODES.get(visit.mode, visit.mode)}. "
        f"Reason: {stopped(visit.reason)} {how_it_ended(visit)}"
    )


def how_it_ended(visit: Visit) -> str:
    """The cause in words, with whoever ended it where that was somebody else."""
    by = f" ({visit.ended_by})" if visit.ended_by else ""
    return CAUSES.get(visit.cause or "", f"Ended: {visit.cause}.").replace("{by}", by)


def lasting(seconds: int) -> str:
    """``42 seconds``, ``17 minutes``, ``1 hour 20 minutes``: whole units, rounded down."""
    if seconds < 60:
        return many(seconds, "second")
    hours, minutes = divmod(seconds // 60, 60)
    parts = [many(hours, "hour")] if hours else []
    return " ".join([*parts, many(minutes, "minute")] if minutes else parts)


def asked_for(visit: Visit) -> str:
    """``5 requests, 2 of them could write``."""
    could = f", {visit.writes} of them could write" if visit.writes else ""
    return f"{many(visit.requests, 'request')}{could}"


def clock(at: datetime) -> str:
    """``09:12 UTC``."""
    return f"{at:%H:%M} UTC"


def many(count: int, unit: str) -> str:
    """``1 request``, ``2 requests``."""
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def stopped(reason: str) -> str:
    """The reason as a sentence that ends."""
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."
