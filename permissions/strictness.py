"""What a tenant's own rules may say: only what is stricter than the deployment's (requirements 1.4, DESIGN section 5).

Asked twice: when rules are set, where a weaker value is refused, and whenever rules are read, where the stricter of
both is in force. So a deployment that becomes stricter later is not undone by what a tenant had set before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from permissions.policy import (
    SYSTEM_CAP_SECONDS,
    ApprovalMode,
    Concurrency,
    ImpersonationPolicy,
    OnConflict,
    Presence,
)
from permissions.refusals import Problem, RefusalCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

INFINITE: Final = float("inf")


def _at_most(value: float | None) -> float:
    return -INFINITE if value is None else -value


def _in_order(*weakest_first: object) -> Callable[[Any], float]:
    return weakest_first.index


# How strict a value is; where both are equally strict, both are fine.
STRICTNESS: Final[Mapping[str, Callable[[Any], float]]] = {
    "default_duration_seconds": _at_most,
    "max_duration_seconds": _at_most,
    "duration_selectable": _in_order(True, False),  # noqa: FBT003  the rule's two values
    "reason_required": _in_order(False, True),  # noqa: FBT003  the rule's two values
    "reason_min_length": float,
    "reason_max_length": _at_most,
    "ticket_required": _in_order(False, True),  # noqa: FBT003  the rule's two values
    "concurrency": _in_order(Concurrency.PER_SIGN_IN, Concurrency.PER_OPERATOR),
    "on_conflict": _in_order(OnConflict.REPLACE, OnConflict.REJECT),
    "approval": _in_order(ApprovalMode.NOT_NEEDED, ApprovalMode.REQUIRED, ApprovalMode.TENANT_GRANT_ONLY),
    "idle_timeout_seconds": _at_most,
    "abandon_after_seconds": _at_most,
    "exclusive": _in_order(False, True),  # noqa: FBT003  the rule's two values
    "tenant_presence": _in_order(Presence.NOBODY, Presence.ADMINS, Presence.EVERYONE),
}
# Without an order: free within what the deployment allows.
FREE: Final = frozenset({"carrier", "landing_path", "return_to", "notify_emails", "notify_webhook", "notify_kinds"})
# What a deployment allows its tenants; theirs to follow, not to set.
DEPLOYMENTS_OWN: Final = frozenset(
    {"profile", "allowed_carriers", "allowed_landing_paths", "allowed_return_to", "allowed_notify_hosts"}
)


def weaker(inherited: ImpersonationPolicy, own: Mapping[str, Any]) -> list[Problem]:
    """The fields of a tenant's own rules that may not be so, each with what is inherited and what would do."""
    return [
        Problem(RefusalCode.POLICY_WEAKER, f"{api_name(name)} {why}", api_name(name))
        for name, value in own.items()
        if (why := _objection(inherited, name, value))
    ]


def beyond_the_cap(own: Mapping[str, Any]) -> list[Problem]:
    """The durations of a deployment's own rules that are longer than any session may be."""
    return [
        Problem(
            RefusalCode.POLICY_WEAKER,
            f"{api_name(name)} is at most {SYSTEM_CAP_SECONDS} in every deployment (8 h): {own[name]} is weaker.",
            api_name(name),
        )
        for name in ("default_duration_seconds", "max_duration_seconds")
        if own.get(name, 0) > SYSTEM_CAP_SECONDS
    ]


def layered(inherited: ImpersonationPolicy, own: Mapping[str, Any]) -> ImpersonationPolicy:
    """The rules in force where `own` lies over `inherited`: of each field the stricter (never weaker)."""
    values = {name: value for name, value in own.items() if _objection(inherited, name, value) is None}
    if own.get("modes"):  # the one partial order: what both allow
        values["modes"] = tuple(mode for mode in inherited.modes if mode in own["modes"])
    return consistent(replace(inherited, **values))


def strictest(one: ImpersonationPolicy, other: ImpersonationPolicy) -> ImpersonationPolicy:
    """What both allow, for a decision that two versions of the rules concern."""
    own = {name: getattr(other, name) for name in (*STRICTNESS, "modes")}
    return layered(one, own)


def consistent(policy: ImpersonationPolicy) -> ImpersonationPolicy:
    """The policy under the system's cap, with a default duration that its longest one allows."""
    longest = min(policy.max_duration_seconds, SYSTEM_CAP_SECONDS)
    return replace(
        policy,
        max_duration_seconds=longest,
        default_duration_seconds=min(policy.default_duration_seconds, longest),
    )


def api_name(field: str) -> str:
    """The API's name of a field: `max_duration_seconds` is maxDurationSeconds."""
    head, *rest = field.split("_")
    return head + "".join(word.title() for word in rest)


def _objection(inherited: ImpersonationPolicy, name: str, value: Any) -> str | None:
    """Why a tenant's value of a field may not be in force; None where it may."""
    if name in DEPLOYMENTS_OWN:
        return "is the deployment's alone to set: leave it out for a tenant."
    held = getattr(inherited, name)
    if name in STRICTNESS:
        rank = STRICTNESS[name]
        if rank(value) >= rank(held):
            return None
        return f"is {shown(held)} for all tenants, and {shown(value)} is weaker: {_would_do(name, held)}."
    if name == "modes":
        if set(value) <= set(held):
            return None
        return f"are {shown(held)} for all tenants: only some of these would do."
    if name == "ticket_pattern":
        if held in {None, value}:
            return None
        return f"is {shown(held)} for all tenants: it can be set only where none is inherited."
    return _not_allowed(inherited, name, value)


def _would_do(name: str, held: Any) -> str:
    if STRICTNESS[name] is _at_most:
        return f"at most {held} would do"
    if name == "reason_min_length":
        return f"at least {held} would do"
    rank = STRICTNESS[name]
    kind: Any = type(held)
    ranked = [False, True] if kind is bool else list(kind)
    return f"{' or '.join(shown(each) for each in ranked if rank(each) >= rank(held))} would do"


def _not_allowed(inherited: ImpersonationPolicy, name: str, value: Any) -> str | None:
    match name:
        case "carrier" if value not in inherited.allowed_carriers:
            allowed: tuple[str, ...] = inherited.allowed_carriers
        case "return_to" if value not in inherited.allowed_return_to:
            allowed = inherited.allowed_return_to
        case "landing_path" if not _listed(value, inherited.allowed_landing_paths):
            allowed = inherited.allowed_landing_paths or ()
        case "notify_emails" | "notify_webhook" if not all(
            _listed(host, inherited.allowed_notify_hosts) for host in _hosts(value)
        ):
            allowed = inherited.allowed_notify_hosts or ()
        case _:
            return None
    return f"is none that the deployment allows: {', '.join(allowed) or 'it allows none'}."


def _listed(value: str, allowed: tuple[str, ...] | None) -> bool:
    return allowed is None or value in allowed


def _hosts(value: tuple[str, ...] | str | None) -> list[str]:
    """Where notices go: of addresses the part after the @, of a webhook its host; both were checked when set."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value.removeprefix("https://").split("/", 1)[0].split(":", 1)[0]]
    return [address.rpartition("@")[2] for address in value]


def shown(value: Any) -> str:
    """A value as the API writes it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)
