"""Whether a running session may go from one mode to another (C-16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from permissions.operators import Permission
from permissions.policy import AccessMode, Permitted, modes, reason_problem
from permissions.refusals import RefusalCode, Refused, refused

if TYPE_CHECKING:
    from permissions.policy import ImpersonationPolicy

# What makes a reason unfit to be kept at all; going back to READ_ONLY needs none, so nothing else can stand in its way.
UNFIT: Final = frozenset({RefusalCode.REASON_INVALID, RefusalCode.REASON_TOO_LONG})


@dataclass(frozen=True, kw_only=True)
class ModeFacts:
    """What a change of mode is decided by; `policy` is what both the session's version and the newest allow."""

    permissions: frozenset[Permission]
    policy: ImpersonationPolicy
    now: AccessMode
    to: AccessMode
    reason: str


def decide_mode(facts: ModeFacts) -> Permitted | Refused:
    """Whether the session may: to READ_ONLY always, to READ_WRITE by permission, policy and reason."""
    if facts.to is facts.now:
        return refused(RefusalCode.NO_CHANGE, f"The session is {facts.now} already.", "mode")
    problem = reason_problem(facts.reason, facts.policy)
    if facts.to is AccessMode.READ_ONLY:
        return Refused((problem,)) if problem and problem.code in UNFIT else Permitted(None)
    if facts.to not in modes(facts.permissions, facts.policy):
        who = "This tenant's policy" if facts.to not in facts.policy.modes else "Your role"
        return refused(RefusalCode.MODE_NOT_ALLOWED, f"{who} does not allow {facts.to}.", "mode", forbidden=True)
    return Refused((problem,)) if problem else Permitted(Permission.IMPERSONATE_READ_WRITE)
