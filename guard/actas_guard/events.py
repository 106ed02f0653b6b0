"""What the console's `guardEvents` says, read strictly: a message that is not understood must not be half believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from actas_guard.claims import Mode

SUBSCRIPTION: Final = """
subscription GuardEvents($after: String) {
  guardEvents(after: $after) {
    change at position
    tenantUuid tenantSlug tenantStatus supportUrl
    sessionUuid mode expiresAt endCause
    banner { tenantName operatorName operatorEmail reason startedAt expiresAt presence }
  }
}
"""


class TenantStatus(StrEnum):
    """Where a tenant stands; UNKNOWN is whatever a newer console says, and is treated as not ready."""

    PROVISIONING = "PROVISIONING"
    ACTIVE = "ACTIVE"
    READ_ONLY = "READ_ONLY"
    SUSPENDED = "SUSPENDED"
    OFFBOARDING = "OFFBOARDING"
    OFFBOARDED = "OFFBOARDED"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, _value: object) -> TenantStatus:
        return cls.UNKNOWN


class InvalidEvent(ValueError):
    """A message of the stream that cannot be taken; whoever reads the stream must begin it anew."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant as the gate needs it."""

    id: UUID
    slug: str
    status: TenantStatus
    support_url: str | None


@dataclass(frozen=True, slots=True)
class Banner:
    """What is shown of a session in the tenant's product."""

    tenant_name: str
    operator_name: str
    operator_email: str
    reason: str
    started_at: datetime
    presence: str  # EVERYONE, ADMINS; anything else is shown to nobody but the operators


@dataclass(frozen=True, slots=True)
class Session:
    """A live impersonation session."""

    id: UUID
    tenant_id: UUID
    mode: Mode
    expires_at: datetime
    banner: Banner
    until: float = field(init=False, repr=False, compare=False)  # the same in seconds: asked of every part of an answer

    def __post_init__(self) -> None:
        """Work it out once."""
        object.__setattr__(self, "until", self.expires_at.timestamp())


@dataclass(frozen=True, slots=True)
class Event:
    """One `GuardEvent`; `change` stays a text, since newer consoles may know more of them."""

    change: str
    at: datetime
    position: str
    tenant: Tenant | None
    session: Session | None  # where the whole session is told
    session_id: UUID | None
    mode: Mode
    end_cause: str | None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Event:
        """Read one event.

        Raises:
            InvalidEvent: where a part is missing that its kind of change needs, or is of the wrong type.

        """
        try:
            change = str(data["change"])
            mode: Mode = "READ_WRITE" if data.get("mode") == "READ_WRITE" else "READ_ONLY"
            session_id = data.get("sessionUuid")
            event = cls(
                change=change,
                at=_instant(data["at"]),
                position=str(data["position"]),
                tenant=_tenant(data) if data.get("tenantStatus") else None,
                session=_session(data, mode) if data.get("banner") else None,
                session_id=UUID(session_id) if session_id else None,
                mode=mode,
                end_cause=str(data["endCause"]) if data.get("endCause") else None,
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise InvalidEvent(f"guardEvents sent a message that this guard cannot read: {error!r}") from error
        needed = {
            "SNAPSHOT": event.tenant or event.session,
            "TENANT_STATUS": event.tenant,
            "SESSION_STARTED": event.session,
            "SESSION_MODE": event.session_id,
            "SESSION_ENDED": event.session_id,
        }
        if not needed.get(change, True):
            raise InvalidEvent(f"guardEvents sent {change} without what it is about")
        return event


def _tenant(data: Mapping[str, Any]) -> Tenant:
    support_url = data.get("supportUrl")
    return Tenant(
        id=UUID(data["tenantUuid"]),
        slug=str(data["tenantSlug"]),
        status=TenantStatus(data["tenantStatus"]),
        support_url=str(support_url) if support_url else None,
    )


def _session(data: Mapping[str, Any], mode: Mode) -> Session:
    banner = data["banner"]
    return Session(
        id=UUID(data["sessionUuid"]),
        tenant_id=UUID(data["tenantUuid"]),
        mode=mode,
        expires_at=_instant(data["expiresAt"]),
        banner=Banner(
            tenant_name=str(banner["tenantName"]),
            operator_name=str(banner["operatorName"]),
            operator_email=str(banner["operatorEmail"]),
            reason=str(banner["reason"]),
            started_at=_instant(banner["startedAt"]),
            presence=str(banner["presence"]),
        ),
    )


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its offset")
    return at.astimezone(UTC)
