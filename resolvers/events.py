"""Every kind of entry that Actas writes: its documented fields, and the sentence that a tenant admin reads.

The fields of a class are the entry's `details`, in camelCase. The table audit.kind knows the same kinds (a test
compares).
"""

# long because: it is one table, every kind of entry with its fields and its sentence
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from db.ledger import ATTEMPTS, PLATFORM, Event
from permissions.operators import Role
from permissions.rule_words import in_words
from permissions.text import lasting

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from permissions.refusals import Refused

CAUSE_IN_WORDS = {
    "STOPPED": "left",
    "TENANT_STOPPED": "was sent out by the customer",
    "EXPIRED": "was out when the time was up",
    "IDLE": "was out after being idle",
    "ABANDONED": "was out after closing the workspace",
    "REPLACED": "left to enter another workspace",
    "REVOKED": "was sent out by an admin",
    "LOCKED": "was sent out by a lock",
    "TENANT_SUSPENDED": "was sent out by the suspension",
    "TENANT_OFFBOARDING": "was sent out by the offboarding",
    "ROLE_LOST": "was sent out on losing the role",
    "CONSENT_WITHDRAWN": "was sent out when consent was withdrawn",
    "SIGNED_OUT": "left by signing out",
    "RESTORED": "was sent out by a restore of the database",
}


@dataclass(frozen=True, kw_only=True)
class ImpersonationStarted(Event):
    """An operator may enter the tenant's workspace from now on (S1-23, S1-24, S2-20, S2-32, S3-20)."""

    kind: ClassVar[str] = "IMPERSONATION_STARTED"
    session_id: UUID
    tenant_id: UUID
    operator_id: UUID
    operator_name: str
    operator_email: str
    mode: str
    reason: str
    ticket: str | None
    duration_seconds: int
    expires_at: datetime
    policy_version: int
    replaces: tuple[UUID, ...]

    @property
    def summary(self) -> str:
        """Who, how, on which ticket, how long and why."""
        may = "read and write" if self.mode == "READ_WRITE" else "read only"
        on = f" on ticket {self.ticket}" if self.ticket else ""
        because = f" Reason: {self.reason}" if self.reason else ""
        return (
            f"{self.operator_name} ({self.operator_email}) was let in to {may}{on}, "
            f"for at most {lasting(self.duration_seconds)}.{because}"
        )


@dataclass(frozen=True, kw_only=True)
class ImpersonationEntered(Event):
    """The operator's browser got its token: the workspace itself was opened."""

    kind: ClassVar[str] = "IMPERSONATION_ENTERED"
    session_id: UUID
    tenant_id: UUID
    operator_id: UUID
    operator_name: str
    token_id: UUID

    @property
    def summary(self) -> str:
        """Whose browser opened it."""
        return f"{self.operator_name}'s browser opened the workspace."


@dataclass(frozen=True, kw_only=True)
class ImpersonationModeChanged(Event):
    """What a running session may do changed (C-16); the session's own reason stays what it was."""

    kind: ClassVar[str] = "IMPERSONATION_MODE_CHANGED"
    session_id: UUID
    tenant_id: UUID
    operator_id: UUID
    operator_name: str
    operator_email: str
    was: str
    to: str
    reason: str

    @property
    def summary(self) -> str:
        """Who, what is allowed from now on, and why."""
        may = "may write now" if self.to == "READ_WRITE" else "only reads from now on"
        because = f" Reason: {self.reason}" if self.reason else ""
        return f"{self.operator_name} ({self.operator_email}) {may}.{because}"


@dataclass(frozen=True, kw_only=True)
class ImpersonationEnded(Event):
    """A session is over, with its one cause and true end (P2, S1-30, S2-33, C-3)."""

    kind: ClassVar[str] = "IMPERSONATION_ENDED"
    session_id: UUID
    tenant_id: UUID
    operator_id: UUID
    operator_name: str
    operator_email: str
    cause: str
    started_at: datetime
    ended_at: datetime
    duration_seconds: int
    note: str | None = None
    on_behalf_of: str | None = None
    replaced_by: UUID | None = None

    @property
    def stated(self) -> str | None:
        """The tenant's person who stopped it, as the tenant's service says."""
        return self.on_behalf_of

    @property
    def summary(self) -> str:
        """Who, how it ended, and after how long."""
        note = f" Reason: {self.note}" if self.note else ""
        return (
            f"{self.operator_name} ({self.operator_email}) {CAUSE_IN_WORDS[self.cause]}, "
            f"after {lasting(self.duration_seconds)}.{note}"
        )


@dataclass(frozen=True, kw_only=True)
class ImpersonationSurfaceTouched(Event):
    """A request of a session touched what the platform manages in the workspace, as its guard reports (S3-21)."""

    kind: ClassVar[str] = "IMPERSONATION_SURFACE_TOUCHED"
    session_id: UUID
    tenant_id: UUID
    operator_id: UUID
    operator_name: str
    operator_email: str
    surface: str
    record_id: UUID
    requested_at: datetime
    method: str
    path: str
    status: int
    wrote: bool

    @property
    def summary(self) -> str:
        """Who, what of the platform's, and by which request."""
        did = "used" if self.wrote else "opened"
        return f"{self.operator_name} ({self.operator_email}) {did} {self.surface}: {self.method} {self.path}."


@dataclass(frozen=True, kw_only=True)
class ImpersonationTurnedDown(Event):
    """What the two kinds of refused attempts have in common; `tenant_id` is None where no such tenant exists.

    `session_id` names the running session whose operator asked for more than it may.
    """

    tenant_id: UUID | None
    operator_id: UUID | None
    operator_name: str
    operator_email: str | None
    code: str
    message: str
    reason_given: str | None
    tenant_asked: str | None
    session_id: UUID | None = None

    @property
    def summary(self) -> str:
        """Who tried, and why it was refused."""
        who = f"{self.operator_name} ({self.operator_email})" if self.operator_email else self.operator_name
        return f"{who} tried to {'do more' if self.session_id else 'enter'} and was refused: {self.message}"


@dataclass(frozen=True, kw_only=True)
class ImpersonationForbidden(ImpersonationTurnedDown):
    """The role, the tenant's status or a lock forbids it, whatever was asked (S3-2 to S3-4)."""

    kind: ClassVar[str] = "IMPERSONATION_FORBIDDEN"


@dataclass(frozen=True, kw_only=True)
class ImpersonationRefused(ImpersonationTurnedDown):
    """What was asked was wrong: the reason, the duration, the mode."""

    kind: ClassVar[str] = "IMPERSONATION_REFUSED"


def turned_down(refusal: Refused, **told: Any) -> ImpersonationTurnedDown:
    """The record of an attempt that was refused; what the tenant reads of it."""
    kind = ImpersonationForbidden if refusal.forbidden else ImpersonationRefused
    unsaid = {"reason_given": None, "tenant_asked": None}
    return kind(code=refusal.code, message=refusal.message, **(unsaid | told))


@dataclass(frozen=True, kw_only=True)
class TenantRegistered(Event):
    """A tenant became known to Actas."""

    kind: ClassVar[str] = "TENANT_REGISTERED"
    tenant_id: UUID
    slug: str
    name: str
    to: str

    @property
    def summary(self) -> str:
        """Which tenant."""
        return f"{self.name} was registered as {self.slug}."


@dataclass(frozen=True, kw_only=True)
class TenantUpdated(Event):
    """What is known of the tenant changed. Of metadata and of its id at Stripe only that, not to what."""

    kind: ClassVar[str] = "TENANT_UPDATED"
    tenant_id: UUID
    name: str
    changed: tuple[str, ...]
    was: dict[str, str | None]
    now: dict[str, str | None]
    metadata_changed: tuple[str, ...]
    workspace_url: str | None

    @property
    def summary(self) -> str:
        """Which tenant, and what of it."""
        *others, last = self.changed
        what = f"{', '.join(others)} and {last}" if others else last
        return f"What is known of {self.name} was changed: {what}."


@dataclass(frozen=True, kw_only=True)
class TenantStatusChanged(Event):
    """The tenant's status changed; `exception` is the written one for leaving OFFBOARDING (S3-5)."""

    kind: ClassVar[str] = "TENANT_STATUS_CHANGED"
    tenant_id: UUID
    name: str
    was: str
    to: str
    reason: str
    exception: str | None = None
    sessions_ended: int = 0
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """From what to what, and why."""
        return f"{self.name} went from {self.was} to {self.to}. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class TenantSuspended(Event):
    """Sign-in is blocked for everybody in the tenant, at once (S1-32, S1-33)."""

    kind: ClassVar[str] = "TENANT_SUSPENDED"
    tenant_id: UUID
    name: str
    was: str
    to: str
    ground: str | None
    reason: str
    sessions_ended: int
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """That, and why."""
        return f"{self.name} was suspended. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class TenantSuspensionLifted(Event):
    """Normal sign-in is back (S1-36)."""

    kind: ClassVar[str] = "TENANT_SUSPENSION_LIFTED"
    tenant_id: UUID
    name: str
    was: str
    to: str
    reason: str
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """That, and why."""
        return f"The suspension of {self.name} was lifted. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class PolicySet(Event):
    """The tenant's own rules changed, or without a tenant the deployment's; `rules` are all of them from now on."""

    kind: ClassVar[str] = "POLICY_SET"
    policy_id: UUID
    tenant_id: UUID | None
    was: dict[str, Any]
    rules: dict[str, Any]
    reason: str
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The process, where it was started with other rules than those that were stored."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """Which rules changed, to what, and why."""
        names = sorted(name for name in {*self.was, *self.rules} if self.was.get(name) != self.rules.get(name))
        changes = "; ".join(in_words(name, self.rules.get(name)) for name in names)
        return f"The rules for operators changed ({changes}). Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class OperatorAdded(Event):
    """Somebody became known as an operator, still without a role."""

    kind: ClassVar[str] = "OPERATOR_ADDED"
    operator_id: UUID
    email: str
    name: str
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in yet."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """Who."""
        return f"{self.name} ({self.email}) was added as an operator."


@dataclass(frozen=True, kw_only=True)
class OperatorDisabled(Event):
    """The operator's sign-ins and sessions ended with it."""

    kind: ClassVar[str] = "OPERATOR_DISABLED"
    operator_id: UUID
    email: str
    name: str
    reason: str
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """Who, and why."""
        return f"{self.name} ({self.email}) was disabled. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class OperatorEnabled(OperatorDisabled):
    """A disabled operator may sign in again."""

    kind: ClassVar[str] = "OPERATOR_ENABLED"

    @property
    def summary(self) -> str:
        """Who, and why."""
        return f"{self.name} ({self.email}) was enabled again. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """An operator got a role (S1-6, S3-7)."""

    kind: ClassVar[str] = "ROLE_GRANTED"
    operator_id: UUID
    email: str
    name: str
    role: str
    reason: str
    expires_at: datetime | None = None
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in yet."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """Who, which role, and why."""
        return f"{self.name} ({self.email}) was given the role {Role(self.role).word}. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    """An operator lost a role, by an admin or by time."""

    kind: ClassVar[str] = "ROLE_REVOKED"
    operator_id: UUID
    email: str
    name: str
    role: str
    reason: str

    @property
    def summary(self) -> str:
        """Who, which role, and why."""
        return f"{self.name} ({self.email}) lost the role {Role(self.role).word}. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """An operator signed in."""

    kind: ClassVar[str] = "SIGNED_IN"
    sign_in_id: UUID
    operator_id: UUID
    email: str
    method: str

    @property
    def summary(self) -> str:
        """Who."""
        return f"{self.email} signed in."


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """A sign-in ended, by the operator, by time or by force."""

    kind: ClassVar[str] = "SIGNED_OUT"
    sign_in_id: UUID
    operator_id: UUID
    email: str
    why: str

    @property
    def summary(self) -> str:
        """Who, and why."""
        return f"The sign-in of {self.email} ended: {self.why}."


@dataclass(frozen=True, kw_only=True)
class ServiceKeyIssued(Event):
    """A service got a key; only its prefix is recorded."""

    kind: ClassVar[str] = "SERVICE_KEY_ISSUED"
    key_id: UUID
    tenant_id: UUID | None
    name: str
    prefix: str
    permissions: tuple[str, ...]
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """Which key, and what it may do."""
        return f"The key {self.name} ({self.prefix}…) was issued for {', '.join(self.permissions)}."


@dataclass(frozen=True, kw_only=True)
class ServiceKeyRevoked(Event):
    """A key works no longer."""

    kind: ClassVar[str] = "SERVICE_KEY_REVOKED"
    key_id: UUID
    tenant_id: UUID | None
    name: str
    prefix: str
    reason: str
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """Which key, and why."""
        return f"The key {self.name} ({self.prefix}…) was revoked. Reason: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Attempts(Event):
    """Attempts from one address range in one minute, counted rather than entered one by one (DESIGN section 6)."""

    minute: datetime
    address: str
    count: int

    @property
    def chain(self) -> UUID:
        """A chain of their own: strangers must not slow anybody down (mechanisms H.1)."""
        return ATTEMPTS


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Attempts):
    """Sign-ins that failed."""

    kind: ClassVar[str] = "SIGN_IN_REFUSED"

    @property
    def summary(self) -> str:
        """How many, from where."""
        return f"{self.count} failed sign-in{'' if self.count == 1 else 's'} from {self.address}."


@dataclass(frozen=True, kw_only=True)
class StrangerAttempts(Attempts):
    """Requests by nobody known."""

    kind: ClassVar[str] = "STRANGER_ATTEMPTS"

    @property
    def summary(self) -> str:
        """How many, from where."""
        return f"{self.count} request{'' if self.count == 1 else 's'} by a stranger from {self.address}."


@dataclass(frozen=True, kw_only=True)
class LedgerExported(Event):
    """Entries left as a file; `through` is the last of the tenant's that it can have, without a tenant it had all."""

    kind: ClassVar[str] = "LEDGER_EXPORTED"
    tenant_id: UUID | None
    form: str
    since: datetime | None
    until: datetime | None
    through: int | None
    stated_by: str | None = None

    @property
    def stated(self) -> str | None:
        """The command line's user, where nobody is signed in."""
        return self.stated_by

    @property
    def summary(self) -> str:
        """Whose ledger, of which time, and as what."""
        what = "This ledger" if self.tenant_id else "The whole ledger"
        since = f" from {self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""
        until = f" until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        return f"{what}{since}{until} was exported as {self.form.upper()}."


@dataclass(frozen=True, kw_only=True)
class DatabaseRestored(Event):
    """Another incarnation of the database was found, so everything that was open ended (DESIGN section 4)."""

    kind: ClassVar[str] = "DATABASE_RESTORED"
    was: str
    now: str
    sessions_ended: int
    sign_ins_ended: int

    @property
    def chain(self) -> UUID:
        """The platform's."""
        return PLATFORM

    @property
    def summary(self) -> str:
        """What was ended."""
        return f"The database was restored: {self.sessions_ended} sessions and {self.sign_ins_ended} sign-ins ended."


KINDS: dict[str, type[Event]] = {
    event.kind: event
    for event in (
        ImpersonationStarted,
        ImpersonationEntered,
        ImpersonationModeChanged,
        ImpersonationEnded,
        ImpersonationSurfaceTouched,
        ImpersonationForbidden,
        ImpersonationRefused,
        TenantRegistered,
        TenantUpdated,
        TenantStatusChanged,
        TenantSuspended,
        TenantSuspensionLifted,
        PolicySet,
        OperatorAdded,
        OperatorDisabled,
        OperatorEnabled,
        RoleGranted,
        RoleRevoked,
        SignedIn,
        SignedOut,
        ServiceKeyIssued,
        ServiceKeyRevoked,
        SignInRefused,
        StrangerAttempts,
        LedgerExported,
        DatabaseRestored,
    )
}
