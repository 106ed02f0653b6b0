"""The one decision: facts in, `Allowed` or `Refused` out. Pure; the button, the mutation and the guard all ask it.

The rules come from requirements C-1 to C-22: what the three replaced systems disagree on is a field of a policy.
"""

# long because: the rules and the one decision over them are read together
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from permissions.operators import Permission, lacking
from permissions.refusals import Forbidden, Problem, RefusalCode, Refused, refused
from permissions.text import defect, lasting, visible_length
from permissions.tickets import matches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

SYSTEM_CAP_SECONDS: Final = 8 * 3600
SHORTEST_SECONDS: Final = 1
LONGEST_TICKET: Final = 100
LARGEST_REASON_BYTES: Final = 8000  # as the table says too


class AccessMode(StrEnum):
    """What a session may do in the workspace (C-16)."""

    READ_ONLY = "READ_ONLY"
    READ_WRITE = "READ_WRITE"


class Concurrency(StrEnum):
    """Whether one session at a time counts for the person or for the browser (C-7)."""

    PER_OPERATOR = "PER_OPERATOR"
    PER_SIGN_IN = "PER_SIGN_IN"


class OnConflict(StrEnum):
    """What a start does to the session that runs already (C-8)."""

    REPLACE = "REPLACE"
    REJECT = "REJECT"


class Carrier(StrEnum):
    """Where the operator's browser keeps the token (C-5)."""

    COOKIE = "COOKIE"
    TAB = "TAB"


class ApprovalMode(StrEnum):
    """Whether the tenant is asked first."""

    NOT_NEEDED = "NOT_NEEDED"
    REQUIRED = "REQUIRED"
    TENANT_GRANT_ONLY = "TENANT_GRANT_ONLY"


class Presence(StrEnum):
    """Which of the tenant's people see the banner (C-12)."""

    EVERYONE = "EVERYONE"
    ADMINS = "ADMINS"
    NOBODY = "NOBODY"


class ReturnTo(StrEnum):
    """Where the page after the end leads back to (C-19)."""

    TENANT = "TENANT"
    TENANT_LIST = "TENANT_LIST"


class TenantStatus(StrEnum):
    """What a tenant is (DESIGN section 5 has the table of what follows)."""

    PROVISIONING = "PROVISIONING"
    ACTIVE = "ACTIVE"
    READ_ONLY = "READ_ONLY"
    SUSPENDED = "SUSPENDED"
    OFFBOARDING = "OFFBOARDING"
    OFFBOARDED = "OFFBOARDED"


@dataclass(frozen=True, kw_only=True)
class ImpersonationPolicy:
    """The rules in force for one tenant; the defaults take the safest of the three replaced systems."""

    version: int = 0
    profile: str = "default"
    """Which shipped set of rules the deployment's own lie over (permissions/profiles.py)."""
    default_duration_seconds: int = 1800
    max_duration_seconds: int = 4 * 3600
    duration_selectable: bool = True
    reason_required: bool = True
    reason_min_length: int = 10
    reason_max_length: int = 500
    ticket_required: bool = False
    ticket_pattern: str | None = None
    concurrency: Concurrency = Concurrency.PER_SIGN_IN
    on_conflict: OnConflict = OnConflict.REPLACE
    carrier: Carrier = Carrier.COOKIE
    landing_path: str = "/"
    modes: tuple[AccessMode, ...] = (AccessMode.READ_ONLY, AccessMode.READ_WRITE)
    approval: ApprovalMode = ApprovalMode.NOT_NEEDED
    idle_timeout_seconds: int | None = None
    abandon_after_seconds: int | None = None
    exclusive: bool = False
    tenant_presence: Presence = Presence.EVERYONE
    return_to: ReturnTo = ReturnTo.TENANT
    notify_emails: tuple[str, ...] = ()
    notify_webhook: str | None = None
    notify_kinds: tuple[str, ...] = ()
    allowed_carriers: tuple[Carrier, ...] = (Carrier.COOKIE, Carrier.TAB)
    """What tenants may choose from; of the paths and hosts None allows every one that is safe."""
    allowed_landing_paths: tuple[str, ...] | None = None
    allowed_return_to: tuple[ReturnTo, ...] = (ReturnTo.TENANT, ReturnTo.TENANT_LIST)
    allowed_notify_hosts: tuple[str, ...] | None = None


DEFAULT: Final = ImpersonationPolicy()


_STATUS_REFUSES: Final = {
    TenantStatus.SUSPENDED: (RefusalCode.TENANT_SUSPENDED, "{name} is suspended: lift the suspension first."),
    TenantStatus.OFFBOARDING: (RefusalCode.TENANT_OFFBOARDING, "{name} is offboarding: its export window stays clean."),
    TenantStatus.PROVISIONING: (RefusalCode.TENANT_NOT_READY, "{name} is being provisioned: make it ACTIVE first."),
    TenantStatus.OFFBOARDED: (RefusalCode.TENANT_GONE, "{name} is offboarded: there is nothing left to enter."),
}
MODE_PERMISSION: Final = {
    AccessMode.READ_ONLY: Permission.IMPERSONATE_READ_ONLY,
    AccessMode.READ_WRITE: Permission.IMPERSONATE_READ_WRITE,
}
ENTERING: Final = frozenset(MODE_PERMISSION.values())
NO_ROLE: Final = refused(
    RefusalCode.MODE_NOT_ALLOWED,
    "You may not enter workspaces: that needs IMPERSONATE_READ_ONLY or IMPERSONATE_READ_WRITE. Ask an admin.",
    forbidden=True,
)


@dataclass(frozen=True, kw_only=True)
class TenantFacts:
    """What a decision needs to know of the tenant."""

    id: UUID
    name: str
    status: TenantStatus
    has_workspace: bool = True


@dataclass(frozen=True, kw_only=True)
class Running:
    """A session that is live now."""

    id: UUID
    tenant_id: UUID
    operator_id: UUID
    sign_in_id: UUID
    alone: bool
    """Whether it began where one operator is at one place at a time (PER_OPERATOR)."""


@dataclass(frozen=True, kw_only=True)
class StartFacts:
    """Everything that a start is decided by, read under the locks that keep it true."""

    permissions: frozenset[Permission]
    tenant: TenantFacts | None
    policy: ImpersonationPolicy
    reason: str | None
    ticket: str | None
    duration_seconds: int | None
    mode: AccessMode | None
    break_glass: bool = False
    running: tuple[Running, ...] = ()
    """The caller's own that count beside the new one (see `counted`)."""
    others_inside: tuple[Running, ...] = ()
    """Other operators' in this tenant."""


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """A start that may happen, with what follows from the rules."""

    reason: str
    ticket: str | None
    mode: AccessMode
    duration_seconds: int
    replaces: tuple[UUID, ...]


@dataclass(frozen=True)
class Permitted:
    """A change that needs nothing but its permission; None where it is the caller's own to make."""

    permission: Permission | None


@dataclass(frozen=True)
class Due:
    """A change that nobody asked for: its time has come, or what it hung on is gone."""

    why: str


Decision = Allowed | Refused | Permitted | Due


def permit(permissions: frozenset[Permission], *any_of: Permission) -> Permitted:
    """The first of these permissions that the caller has; raises Forbidden where there is none (default deny)."""
    for permission in any_of:
        if permission in permissions:
            return Permitted(permission)
    raise Forbidden(lacking(*any_of))


def decide(facts: StartFacts) -> Allowed | Refused:
    """Whether this start may happen: who, where, what was asked, what runs already; in that order."""
    if not facts.permissions & ENTERING:
        return NO_ROLE
    tenant = facts.tenant
    if tenant is None:
        return refused(RefusalCode.NOT_FOUND, "There is no such tenant.", "tenantId")
    barred = enter(facts.permissions, tenant, facts.policy)
    if barred is not None:
        return barred
    problems = tuple(_problems(facts))
    if problems:
        return Refused(problems)
    if facts.running and facts.policy.on_conflict is OnConflict.REJECT:
        return refused(
            RefusalCode.ALREADY_IMPERSONATING, "You are inside a workspace already: stop that session first."
        )
    if facts.others_inside and facts.policy.exclusive:
        return refused(RefusalCode.EXCLUSIVE, f"Another operator is inside {tenant.name}: only one at a time may be.")
    return Allowed(
        reason=(facts.reason or "").strip(),
        ticket=(facts.ticket or "").strip() or None,
        mode=facts.mode or AccessMode.READ_ONLY,
        duration_seconds=_duration(facts),
        replaces=tuple(running.id for running in facts.running),
    )


def counted(own: Iterable[Running], sign_in_id: UUID, policy: ImpersonationPolicy) -> tuple[Running, ...]:
    """Which of an operator's live sessions a start meets (C-7): those of this sign-in.

    Also those of other sign-ins, where the tenant that is entered or the one that is left wants the operator at one
    place only.
    """
    alone = policy.concurrency is Concurrency.PER_OPERATOR
    return tuple(each for each in own if alone or each.alone or each.sign_in_id == sign_in_id)


def enter(permissions: frozenset[Permission], tenant: TenantFacts, policy: ImpersonationPolicy) -> Refused | None:
    """What forbids a caller to enter this tenant whatever is asked: the role, the status, a missing approval."""
    if not permissions & ENTERING:
        return NO_ROLE
    if not modes(permissions, policy):
        return refused(
            RefusalCode.MODE_NOT_ALLOWED,
            f"{tenant.name} allows {' and '.join(policy.modes)} only, and your role does not."
            if policy.modes
            else f"{tenant.name} and the deployment have no mode in common: nobody may enter.",
            forbidden=True,
        )
    if tenant.status in _STATUS_REFUSES:
        code, message = _STATUS_REFUSES[tenant.status]
        return refused(code, message.format(name=tenant.name), "tenantId", forbidden=True)
    if not tenant.has_workspace:
        return refused(
            RefusalCode.TENANT_NOT_READY,
            f"{tenant.name} has no workspaceUrl: register it first.",
            "tenantId",
            forbidden=True,
        )
    if policy.reason_required and policy.reason_min_length > policy.reason_max_length:
        return refused(
            RefusalCode.INPUT_INVALID,
            f"{tenant.name} wants at least {policy.reason_min_length} characters of reason, and the deployment allows "
            f"{policy.reason_max_length}: nobody may enter until one of these rules is changed.",
            "reason",
            forbidden=True,
        )
    if policy.approval is ApprovalMode.REQUIRED:
        return refused(RefusalCode.APPROVAL_REQUIRED, f"{tenant.name} must approve each entry.", forbidden=True)
    if policy.approval is ApprovalMode.TENANT_GRANT_ONLY:
        return refused(RefusalCode.GRANT_REQUIRED, f"{tenant.name} must have granted access.", forbidden=True)
    return None


def modes(permissions: frozenset[Permission], policy: ImpersonationPolicy) -> tuple[AccessMode, ...]:
    """The modes that both the caller's permissions and the policy allow."""
    return tuple(mode for mode in policy.modes if MODE_PERMISSION[mode] in permissions)


def reason_problem(reason: str | None, policy: ImpersonationPolicy, field: str = "reason") -> Problem | None:
    """What is wrong with a reason under a policy (S1-21, S2-18, C-2)."""
    text = (reason or "").strip()
    if len(text) > 2 * policy.reason_max_length:  # before looking at each character; invisible ones count here
        return _too_long(policy, field)
    length = visible_length(text)
    if text and (flaw := defect(text)):
        return Problem(RefusalCode.REASON_INVALID, f"The reason {flaw}: write it anew.", field)
    if length == 0 and policy.reason_required:
        return Problem(RefusalCode.REASON_REQUIRED, "Say why: the customer reads it.", field)
    if 0 < length < policy.reason_min_length:
        return Problem(
            RefusalCode.REASON_TOO_SHORT,
            f"The reason has {length} characters, at least {policy.reason_min_length} are needed.",
            field,
        )
    if length > policy.reason_max_length or len(text.encode()) > LARGEST_REASON_BYTES:
        return _too_long(policy, field)
    return None


def _too_long(policy: ImpersonationPolicy, field: str) -> Problem:
    most = policy.reason_max_length
    return Problem(RefusalCode.REASON_TOO_LONG, f"The reason is too long: at most {most} characters.", field)


def _problems(facts: StartFacts) -> list[Problem]:
    policy = facts.policy
    found: list[Problem | None] = [reason_problem(facts.reason, policy), _ticket_problem(facts)]
    if facts.mode is not None and facts.mode not in modes(facts.permissions, policy):
        who = "This tenant's policy" if facts.mode not in policy.modes else "Your role"
        found.append(Problem(RefusalCode.MODE_NOT_ALLOWED, f"{who} does not allow {facts.mode}.", "mode"))
    elif facts.mode is None and AccessMode.READ_ONLY not in modes(facts.permissions, policy):
        found.append(Problem(RefusalCode.MODE_NOT_ALLOWED, "READ_ONLY is not allowed here: name a mode.", "mode"))
    if facts.break_glass:
        found.append(Problem(RefusalCode.INPUT_INVALID, "Breaking the glass is not offered yet.", "breakGlass"))
    found.append(_duration_problem(facts))
    return [problem for problem in found if problem]


def _ticket_problem(facts: StartFacts) -> Problem | None:
    ticket = (facts.ticket or "").strip()
    if not ticket:
        if facts.policy.ticket_required:
            return Problem(RefusalCode.TICKET_REQUIRED, "Name the ticket that this is about.", "ticket")
        return None
    if len(ticket) > LONGEST_TICKET or defect(ticket):
        return Problem(RefusalCode.TICKET_INVALID, f"A ticket is at most {LONGEST_TICKET} plain characters.", "ticket")
    pattern = facts.policy.ticket_pattern
    if pattern is not None and not matches(pattern, ticket):
        return Problem(RefusalCode.TICKET_INVALID, f"A ticket looks like {pattern} here.", "ticket")
    return None


def _duration(facts: StartFacts) -> int:
    if facts.duration_seconds is None:
        return _default(facts.policy)
    return facts.duration_seconds


def _longest(policy: ImpersonationPolicy) -> int:
    return min(policy.max_duration_seconds, SYSTEM_CAP_SECONDS)


def _default(policy: ImpersonationPolicy) -> int:
    return min(policy.default_duration_seconds, _longest(policy))


def _duration_problem(facts: StartFacts) -> Problem | None:
    asked, policy = facts.duration_seconds, facts.policy
    if asked is None:
        return None
    if asked < SHORTEST_SECONDS:
        return Problem(RefusalCode.DURATION_TOO_SHORT, "A session lasts at least 1 second.", "durationSeconds")
    longest = _longest(policy) if policy.duration_selectable else _default(policy)
    if asked > longest:
        return Problem(
            RefusalCode.DURATION_TOO_LONG,
            f"At most {lasting(longest)} ({longest} seconds) are allowed here.",
            "durationSeconds",
        )
    if not policy.duration_selectable and asked != longest:
        return Problem(
            RefusalCode.DURATION_TOO_SHORT,
            f"The duration is fixed: {lasting(longest)} ({longest} seconds).",
            "durationSeconds",
        )
    return None
