"""Every enum of the API, with a description for each of its values.

Those that decisions are made of are defined in permissions/; here they get their words. A value without words does not
build.
"""

# long because: it is one table, every value of the API with its words
from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

import strawberry

from permissions.operators import Permission, Role
from permissions.policy import (
    AccessMode,
    ApprovalMode,
    Carrier,
    Concurrency,
    OnConflict,
    Presence,
    ReturnTo,
    TenantStatus,
)
from permissions.refusals import RefusalCode
from permissions.usage import Interval
from resolvers.provenance import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

E = TypeVar("E", bound=StrEnum)


def told(cls: type[E], description: str, values: Mapping[str, str], name: str | None = None) -> type[E]:
    """Make an enum one of the API's, with words for itself and for each value."""
    if missing := {member.name for member in cls} ^ values.keys():
        raise TypeError(f"{cls.__name__}: no words for {sorted(missing)}, or words for no value")
    made = strawberry.enum(cls, name=name, description=description)
    for value in made.__strawberry_definition__.values:  # type: ignore[attr-defined]  # put there by Strawberry
        value.description = values[value.name]
    return made


class SessionState(StrEnum):
    """Where a session stands."""

    PENDING_APPROVAL = "PENDING_APPROVAL"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    DENIED = "DENIED"
    LAPSED = "LAPSED"


class EndCause(StrEnum):
    """Why a session is over."""

    STOPPED = "STOPPED"
    TENANT_STOPPED = "TENANT_STOPPED"
    EXPIRED = "EXPIRED"
    IDLE = "IDLE"
    ABANDONED = "ABANDONED"
    REPLACED = "REPLACED"
    REVOKED = "REVOKED"
    LOCKED = "LOCKED"
    TENANT_SUSPENDED = "TENANT_SUSPENDED"
    TENANT_OFFBOARDING = "TENANT_OFFBOARDING"
    ROLE_LOST = "ROLE_LOST"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    SIGNED_OUT = "SIGNED_OUT"
    RESTORED = "RESTORED"


class ActorKind(StrEnum):
    """What kind of actor did it."""

    OPERATOR = "OPERATOR"
    SERVICE = "SERVICE"
    TENANT = "TENANT"
    SYSTEM = "SYSTEM"
    ANONYMOUS = "ANONYMOUS"


class ApprovalState(StrEnum):
    """Where the tenant's approval stands."""

    PENDING = "PENDING"
    QUESTION_ASKED = "QUESTION_ASKED"
    APPROVED = "APPROVED"
    DENIED = "DENIED"
    LAPSED = "LAPSED"
    SKIPPED = "SKIPPED"


class ControlState(StrEnum):
    """How a control is shown."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"
    HIDDEN = "HIDDEN"


class SuspensionGround(StrEnum):
    """What a suspension is for."""

    CHARGEBACK_ABUSE = "CHARGEBACK_ABUSE"
    ILLEGAL_USE = "ILLEGAL_USE"
    UNPAID = "UNPAID"
    SECURITY = "SECURITY"
    OTHER = "OTHER"


class TenantOrder(StrEnum):
    """The order of a list of tenants."""

    NAME = "NAME"
    CREATED_AT_DESC = "CREATED_AT_DESC"
    STATUS = "STATUS"
    LAST_IMPERSONATED_DESC = "LAST_IMPERSONATED_DESC"


class SessionChange(StrEnum):
    """What happened to a session."""

    SNAPSHOT = "SNAPSHOT"
    SNAPSHOT_END = "SNAPSHOT_END"
    GAP = "GAP"
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    DENIED = "DENIED"
    LAPSED = "LAPSED"
    STARTED = "STARTED"
    ACTIVITY = "ACTIVITY"
    EXPIRING = "EXPIRING"
    MODE_CHANGED = "MODE_CHANGED"
    ENDED = "ENDED"


class Change(StrEnum):
    """What an event is."""

    SNAPSHOT = "SNAPSHOT"
    SNAPSHOT_END = "SNAPSHOT_END"
    GAP = "GAP"
    CHANGED = "CHANGED"


class GuardChange(StrEnum):
    """What a guard must know."""

    SNAPSHOT = "SNAPSHOT"
    SNAPSHOT_END = "SNAPSHOT_END"
    GAP = "GAP"
    HEARTBEAT = "HEARTBEAT"
    TENANT_STATUS = "TENANT_STATUS"
    SESSION_STARTED = "SESSION_STARTED"
    SESSION_MODE = "SESSION_MODE"
    SESSION_ENDED = "SESSION_ENDED"
    KEYS_ROTATED = "KEYS_ROTATED"


class LockTarget(StrEnum):
    """What a lock stops."""

    EVERYONE = "EVERYONE"
    OPERATOR = "OPERATOR"
    ROLE = "ROLE"
    TENANT = "TENANT"
    IP_RANGE = "IP_RANGE"


class Health(StrEnum):
    """How a part of the platform is."""

    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    UNKNOWN = "UNKNOWN"


class AiUsageGrouping(StrEnum):
    """What is told apart in a report of AI usage."""

    MODEL = "MODEL"
    FEATURE = "FEATURE"
    NONE = "NONE"


SNAPSHOT: Final = {
    "SNAPSHOT": "What is true now: one event for each thing.",
    "SNAPSHOT_END": "The snapshot is whole; changes follow.",
    "GAP": "The server cannot be sure that nothing was lost: forget what you hold, a fresh snapshot follows.",
}

told(
    Role,
    "A named set of permissions. Code checks permissions, never roles.",
    {
        "PLATFORM_ADMIN": "Everything that a person may do.",
        "PLATFORM_SUPPORT": "Enters workspaces, suspends tenants, reads the ledger.",
        "PLATFORM_BILLING": "Invoices and suspension; enters no workspace.",
        "PLATFORM_READONLY": "The auditor: reads everything, changes nothing.",
    },
    name="OperatorRole",
)
told(
    Permission,
    "One thing that a caller may do. A role is a set of them; a field or mutation checks a permission, never a role.",
    {
        "TENANT_READ": "Read tenants, their policies and their sessions.",
        "TENANT_REGISTER": "Register tenants and change what is known of them.",
        "TENANT_SUSPEND": "Suspend tenants and lift suspensions.",
        "TENANT_STATUS_SET": "Set a tenant's status.",
        "TENANT_POLICY_SET": "Set the rules of impersonation.",
        "IMPERSONATE_READ_ONLY": "Enter workspaces to read.",
        "IMPERSONATE_READ_WRITE": "Enter workspaces to read and write.",
        "IMPERSONATE_BREAK_GLASS": "Enter without the approval that is otherwise needed.",
        "IMPERSONATION_REVOKE": "End other operators' sessions.",
        "AUDIT_READ": "Read the ledger.",
        "AUDIT_EXPORT": "Export the ledger.",
        "ORIGIN_READ": "Read operators' IP addresses and user agents.",
        "ACCESS_LOG_READ": "Read the requests made inside sessions.",
        "INVOICE_READ": "Read invoices and Stripe ids.",
        "INVOICE_RESEND": "Send an invoice again.",
        "AI_USAGE_READ": "Read AI usage, over tenants only.",
        "STATUS_READ": "Read the platform's status.",
        "OPERATOR_READ": "Read operators, their roles and their conduct.",
        "OPERATOR_GRANT": "Give and take roles, enable and disable operators.",
        "SERVICE_KEY_MANAGE": "Read, issue and revoke service keys.",
        "LOCK_MANAGE": "Place and lift locks.",
        "TOKEN_EXCHANGE": "For services: trade a hand-off for a token, and pass on the operator's Stop.",
        "GUARD_EVENTS": "For services: hear what a guard must know.",
        "ACCESS_LOG_APPEND": "For services: report the requests made inside sessions.",
        "AUDIT_APPEND": "For services: write events of their own to the ledger.",
        "AI_USAGE_APPEND": "For services: report AI usage.",
        "STATUS_APPEND": "For services: report status.",
        "TENANT_SIDE_READ": "For services: read what concerns one tenant, on the tenant's behalf.",
        "TENANT_SIDE_DECIDE": "For services: decide and stop on the tenant's behalf.",
    },
)
told(
    RefusalCode,
    "Why something was refused. New codes may be added: treat an unknown one by its message.",
    {
        "NOT_FOUND": "There is no such thing, or not for you.",
        "REASON_REQUIRED": "A reason is needed.",
        "REASON_TOO_SHORT": "The reason is shorter than the policy allows.",
        "REASON_TOO_LONG": "The reason is longer than the policy allows.",
        "REASON_INVALID": "The reason contains characters that cannot be shown safely.",
        "TICKET_REQUIRED": "The policy wants a ticket.",
        "TICKET_INVALID": "The ticket is not one that the policy takes.",
        "DURATION_TOO_SHORT": "The duration is shorter than allowed.",
        "DURATION_TOO_LONG": "The duration is longer than allowed.",
        "MODE_NOT_ALLOWED": "The mode is not allowed by the policy or the role.",
        "TENANT_SUSPENDED": "The tenant is suspended.",
        "TENANT_OFFBOARDING": "The tenant is offboarding.",
        "TENANT_NOT_READY": "The tenant is still being provisioned.",
        "TENANT_GONE": "The tenant is offboarded.",
        "ALREADY_IMPERSONATING": "Another session of yours runs, and the policy does not replace it.",
        "ALREADY_ENDED": "The session is over already.",
        "APPROVAL_REQUIRED": "The tenant must approve first.",
        "GRANT_REQUIRED": "The tenant must have granted access.",
        "LOCKED": "A lock forbids it.",
        "EXCLUSIVE": "Another operator is inside, and only one may be.",
        "REAUTHENTICATION_REQUIRED": "Sign in afresh first.",
        "REVIEW_OUTSTANDING": "An earlier session must be reviewed first.",
        "OWN_ROLE": "Nobody changes their own roles.",
        "LAST_ADMIN": "The last admin stays.",
        "NO_CHANGE": "It is so already.",
        "TRANSITION_NOT_ALLOWED": "The tenant cannot go from its status to that one.",
        "POLICY_WEAKER": "A tenant's rule may only be stricter than what it inherits.",
        "CODE_SPENT": "The hand-off was used already: enter again from the console.",
        "CODE_EXPIRED": "The hand-off is too old: enter again from the console.",
        "INVOICE_NOT_SENDABLE": "The invoice is in no state to be sent.",
        "UPSTREAM_FAILED": "A service that this depends on failed: try again.",
        "CONFLICT": "The idempotency key was used with another input.",
        "INPUT_INVALID": "The input cannot be taken; the message says why.",
    },
)
told(
    AccessMode,
    "What a session may do in the workspace.",
    {"READ_ONLY": "Read what the tenant's admin can read.", "READ_WRITE": "Also write what the tenant's admin can."},
)
told(
    Concurrency,
    "What counts as one session at a time.",
    {"PER_OPERATOR": "One for each operator.", "PER_SIGN_IN": "One for each sign-in, that is for each browser."},
)
told(
    OnConflict,
    "What a start does to the session that runs already.",
    {"REPLACE": "Ends it.", "REJECT": "Is refused."},
)
told(
    Carrier,
    "Where the operator's browser keeps the token.",
    {"COOKIE": "In a cookie that scripts cannot read.", "TAB": "In the tab, and gone with it."},
)
told(
    ApprovalMode,
    "Whether the tenant is asked first.",
    {
        "NOT_NEEDED": "It is not asked.",
        "REQUIRED": "It approves each session.",
        "TENANT_GRANT_ONLY": "Only under a standing grant of the tenant's.",
    },
)
told(
    Presence,
    "Which of the tenant's people see that an operator is inside.",
    {"EVERYONE": "All of them.", "ADMINS": "Its admins.", "NOBODY": "Nobody; the ledger tells all the same."},
)
told(
    ReturnTo,
    "Where the page after a session leads back to.",
    {"TENANT": "The tenant's page in the console.", "TENANT_LIST": "The console's list of tenants."},
)
told(
    Source,
    "What gave an effective rule its value.",
    {
        "SYSTEM": "The system's cap.",
        "DEFAULT": "The default: nobody has set it.",
        "PROFILE": "The profile that the deployment chose.",
        "DEPLOYMENT": "The deployment's own rules.",
        "TENANT": "The tenant's own rules.",
    },
    name="PolicySource",
)
told(
    TenantStatus,
    "What a tenant is.",
    {
        "PROVISIONING": "Being set up: nobody enters.",
        "ACTIVE": "In use.",
        "READ_ONLY": "Its people read and do not write.",
        "SUSPENDED": "Sign-in is blocked for everybody in it.",
        "OFFBOARDING": "Leaving: its people read and export, no operator enters.",
        "OFFBOARDED": "Gone.",
    },
)
told(
    SessionState,
    "Where a session stands.",
    {
        "PENDING_APPROVAL": "The tenant has been asked.",
        "ACTIVE": "It runs.",
        "ENDED": "It is over; `endCause` says why.",
        "DENIED": "The tenant said no.",
        "LAPSED": "Nobody answered in time.",
    },
)
told(
    EndCause,
    "Why a session is over. A closed set: no reader ever pairs events to find out.",
    {
        "STOPPED": "The operator left.",
        "TENANT_STOPPED": "The tenant stopped it.",
        "EXPIRED": "Its time was up.",
        "IDLE": "Nothing was requested for too long.",
        "ABANDONED": "No page of it was open any more.",
        "REPLACED": "The operator entered another workspace.",
        "REVOKED": "An admin ended it.",
        "LOCKED": "A lock ended it.",
        "TENANT_SUSPENDED": "The tenant was suspended.",
        "TENANT_OFFBOARDING": "The tenant began to leave.",
        "ROLE_LOST": "The operator lost the role or was disabled.",
        "CONSENT_WITHDRAWN": "The tenant withdrew its consent.",
        "SIGNED_OUT": "The operator's sign-in ended.",
        "RESTORED": "The database was restored from a back-up.",
    },
)
told(
    ActorKind,
    "What kind of actor did it.",
    {
        "OPERATOR": "A person of the platform's staff.",
        "SERVICE": "A service, by its key.",
        "TENANT": "A person of the tenant's, as stated by a service.",
        "SYSTEM": "Actas itself, because a time had come or the command line was used.",
        "ANONYMOUS": "Somebody unknown.",
    },
)
told(
    ApprovalState,
    "Where the tenant's approval stands.",
    {
        "PENDING": "Asked.",
        "QUESTION_ASKED": "The tenant asked back.",
        "APPROVED": "Given.",
        "DENIED": "Refused.",
        "LAPSED": "Not answered in time.",
        "SKIPPED": "Not waited for: the glass was broken.",
    },
)
told(
    ControlState,
    "How a control is shown.",
    {
        "ENABLED": "It can be used now.",
        "DISABLED": "The role may, but not this tenant, or not now.",
        "HIDDEN": "The viewer's role never may.",
    },
)
told(
    SuspensionGround,
    "What a suspension is for.",
    {
        "CHARGEBACK_ABUSE": "Payments were charged back in bad faith.",
        "ILLEGAL_USE": "The product was used against the law.",
        "UNPAID": "Invoices stayed unpaid.",
        "SECURITY": "To contain a risk.",
        "OTHER": "Something else; the reason says what.",
    },
)
told(
    TenantOrder,
    "The order of a list of tenants.",
    {
        "NAME": "By name.",
        "CREATED_AT_DESC": "The newest first.",
        "STATUS": "By status, in the order of a tenant's life, then by name.",
        "LAST_IMPERSONATED_DESC": "The one that was entered last first.",
    },
)
told(
    SessionChange,
    "What happened to a session.",
    {
        **SNAPSHOT,
        "REQUESTED": "The tenant was asked to approve it.",
        "APPROVED": "The tenant approved it.",
        "DENIED": "The tenant denied it.",
        "LAPSED": "The tenant did not answer in time.",
        "STARTED": "It began.",
        "ACTIVITY": "It is in use: at most once a second, and never replayed.",
        "EXPIRING": "It ends in 5 minutes, or in 1: a hint that is never replayed.",
        "MODE_CHANGED": "Its mode changed.",
        "ENDED": "It is over.",
    },
)
told(
    Change,
    "What an event of a stream is.",
    {**SNAPSHOT, "CHANGED": "Something changed: here is what is true now."},
)
told(
    GuardChange,
    "What a guard must know in order to refuse in time.",
    {
        "SNAPSHOT": "What is true now: one event for each tenant, and one with `sessionUuid` for each live session.",
        "SNAPSHOT_END": SNAPSHOT["SNAPSHOT_END"],
        "GAP": SNAPSHOT["GAP"],
        "HEARTBEAT": "Everything committed before `at` has been sent: the proof of a real read of the feed, every 5 s.",
        "TENANT_STATUS": "A tenant is new, or its status changed.",
        "SESSION_STARTED": "A session began.",
        "SESSION_MODE": "A session's mode changed.",
        "SESSION_ENDED": "A session is over: refuse it from now on.",
        "KEYS_ROTATED": "The signing keys changed: fetch them anew.",
    },
)
told(
    LockTarget,
    "What a lock stops.",
    {
        "EVERYONE": "Every operator.",
        "OPERATOR": "One operator.",
        "ROLE": "Everybody who enters by a role.",
        "TENANT": "Everybody in one tenant.",
        "IP_RANGE": "Everybody who comes from a range of addresses.",
    },
)
told(
    Health,
    "How a part of the platform is.",
    {
        "HEALTHY": "As it should be.",
        "DEGRADED": "It works, and not as it should.",
        "DOWN": "It does not work.",
        "UNKNOWN": "Nothing was reported lately.",
    },
)
told(
    AiUsageGrouping,
    "What is told apart in a report of AI usage.",
    {"MODEL": "The models.", "FEATURE": "The features of the product.", "NONE": "Nothing: all is added up."},
)
told(
    Interval,
    "How long a stretch is that is added up.",
    {"HOUR": "An hour.", "DAY": "A day, in UTC.", "MONTH": "A calendar month, in UTC."},
)
