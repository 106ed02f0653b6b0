"""A tenant's own rules can only make things stricter (requirements 1.4: the one principle of policies)."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permissions.policy import (
    SYSTEM_CAP_SECONDS,
    AccessMode,
    ApprovalMode,
    Carrier,
    Concurrency,
    ImpersonationPolicy,
    OnConflict,
    Presence,
    ReturnTo,
)
from permissions.profiles import PROFILES
from permissions.refusals import RefusalCode
from permissions.strictness import (
    DEPLOYMENTS_OWN,
    FREE,
    STRICTNESS,
    beyond_the_cap,
    consistent,
    layered,
    strictest,
    weaker,
)
from tests.permissions.facts import under

RO, RW = AccessMode.READ_ONLY, AccessMode.READ_WRITE

# field, what is inherited, what would be weaker, what would be stricter, and what the refusal offers
ORDERED = [
    ("default_duration_seconds", 1800, 1801, 900, "at most 1800"),
    ("max_duration_seconds", 3600, 7200, 1800, "at most 3600"),
    ("duration_selectable", False, True, False, "false would do"),
    ("reason_required", True, False, True, "true would do"),
    ("reason_min_length", 10, 9, 20, "at least 10"),
    ("reason_max_length", 500, 501, 200, "at most 500"),
    ("ticket_required", True, False, True, "true would do"),
    ("concurrency", Concurrency.PER_OPERATOR, Concurrency.PER_SIGN_IN, Concurrency.PER_OPERATOR, "PER_OPERATOR would"),
    ("on_conflict", OnConflict.REJECT, OnConflict.REPLACE, OnConflict.REJECT, "REJECT would"),
    ("modes", (RO,), (RO, RW), (RO,), "READ_ONLY"),
    ("approval", ApprovalMode.REQUIRED, ApprovalMode.NOT_NEEDED, ApprovalMode.TENANT_GRANT_ONLY, "REQUIRED or TENANT_"),
    ("idle_timeout_seconds", 600, 900, 300, "at most 600"),
    ("abandon_after_seconds", 600, 900, 300, "at most 600"),
    ("exclusive", True, False, True, "true would do"),
    ("tenant_presence", Presence.ADMINS, Presence.NOBODY, Presence.EVERYONE, "EVERYONE or ADMINS would"),
]


@pytest.mark.parametrize(("field", "inherited", "weak", "strict", "offer"), ORDERED)
def test_a_weaker_value_is_refused_with_what_is_inherited_and_what_would_do_and_a_stricter_one_is_in_force(
    field: str, inherited: Any, weak: Any, strict: Any, offer: str
) -> None:
    policy = under(**{"default_duration_seconds": 60, field: inherited})
    (problem,) = weaker(policy, {field: weak})
    assert problem.code is RefusalCode.POLICY_WEAKER
    assert problem.field is not None
    assert problem.message.startswith(problem.field)
    assert offer in problem.message
    assert getattr(layered(policy, {field: weak}), field) == inherited
    assert weaker(policy, {field: strict}) == []
    assert getattr(layered(policy, {field: strict}), field) == strict
    assert getattr(layered(policy, {}), field) == inherited


def test_any_timeout_is_stricter_than_none() -> None:
    assert layered(under(), {"idle_timeout_seconds": 900}).idle_timeout_seconds == 900


def test_a_ticket_pattern_is_the_tenants_only_where_none_is_inherited() -> None:
    assert layered(under(), {"ticket_pattern": "SUP-[0-9]+"}).ticket_pattern == "SUP-[0-9]+"
    inherited = under(ticket_pattern="INC-[0-9]+")
    assert [problem.field for problem in weaker(inherited, {"ticket_pattern": "SUP-[0-9]+"})] == ["ticketPattern"]
    assert layered(inherited, {"ticket_pattern": "SUP-[0-9]+"}).ticket_pattern == "INC-[0-9]+"


@pytest.mark.parametrize(
    ("allowed", "rule", "other"),
    [
        ({"allowed_carriers": (Carrier.COOKIE,)}, {"carrier": Carrier.TAB}, {"carrier": Carrier.COOKIE}),
        (
            {"allowed_return_to": (ReturnTo.TENANT,)},
            {"return_to": ReturnTo.TENANT_LIST},
            {"return_to": ReturnTo.TENANT},
        ),
        ({"allowed_landing_paths": ("/", "/inbox")}, {"landing_path": "/cases"}, {"landing_path": "/inbox"}),
        (
            {"allowed_notify_hosts": ("acme.example",)},
            {"notify_emails": ("a@acme.example", "b@else.example")},
            {"notify_emails": ("a@acme.example",)},
        ),
        (
            {"allowed_notify_hosts": ("hooks.example",)},
            {"notify_webhook": "https://else.example/hook"},
            {"notify_webhook": "https://hooks.example:8443/hook"},
        ),
    ],
)
def test_what_has_no_order_is_free_within_what_the_deployment_allows(
    allowed: dict[str, Any], rule: dict[str, Any], other: dict[str, Any]
) -> None:
    """C-5, C-14, C-19, C-22."""
    ((field, value),) = rule.items()
    assert getattr(layered(under(), rule), field) == value
    (problem,) = weaker(under(**allowed), rule)
    assert problem.code is RefusalCode.POLICY_WEAKER
    assert getattr(layered(under(**allowed), rule), field) == getattr(under(), field)
    ((field, value),) = other.items()
    assert getattr(layered(under(**allowed), other), field) == value


@pytest.mark.parametrize("field", sorted(DEPLOYMENTS_OWN))
def test_what_a_deployment_allows_is_not_the_tenants_to_set(field: str) -> None:
    own = {field: getattr(under(), field)}
    assert [problem.code for problem in weaker(under(), own)] == [RefusalCode.POLICY_WEAKER]
    assert layered(under(), own) == under()


def test_every_rule_is_ordered_free_or_the_deployments() -> None:
    """A new field without its place here would be nobody's to guard."""
    special = {"version", "modes", "ticket_pattern"}
    assert {field.name for field in fields(ImpersonationPolicy)} == STRICTNESS.keys() | FREE | DEPLOYMENTS_OWN | special


def test_no_deployment_goes_beyond_the_systems_eight_hours() -> None:
    (problem,) = beyond_the_cap({"max_duration_seconds": SYSTEM_CAP_SECONDS + 1})
    assert (problem.code, problem.field) == (RefusalCode.POLICY_WEAKER, "maxDurationSeconds")
    assert str(SYSTEM_CAP_SECONDS) in problem.message
    assert beyond_the_cap({"max_duration_seconds": SYSTEM_CAP_SECONDS}) == []


def test_a_shorter_longest_duration_cuts_the_default_one() -> None:
    assert layered(under(), {"max_duration_seconds": 600}).default_duration_seconds == 600


OWN_RULES = st.fixed_dictionaries(
    {},
    optional={
        "default_duration_seconds": st.integers(1, 10**6),
        "max_duration_seconds": st.integers(1, 10**6),
        "duration_selectable": st.booleans(),
        "reason_required": st.booleans(),
        "reason_min_length": st.integers(0, 2000),
        "reason_max_length": st.integers(1, 2000),
        "ticket_required": st.booleans(),
        "concurrency": st.sampled_from(Concurrency),
        "on_conflict": st.sampled_from(OnConflict),
        "modes": st.sampled_from([(RO,), (RW,), (RO, RW)]),
        "approval": st.sampled_from(ApprovalMode),
        "idle_timeout_seconds": st.integers(60, 28800),
        "abandon_after_seconds": st.integers(60, 28800),
        "exclusive": st.booleans(),
        "tenant_presence": st.sampled_from(Presence),
        "ticket_pattern": st.sampled_from(["A", "B"]),
        "carrier": st.sampled_from(Carrier),
    },
)


def at_least_as_strict(one: ImpersonationPolicy, other: ImpersonationPolicy) -> bool:
    return set(one.modes) <= set(other.modes) and all(
        rank(getattr(one, field)) >= rank(getattr(other, field)) for field, rank in STRICTNESS.items()
    )


@given(deployment=st.sampled_from(list(PROFILES.values())), over=OWN_RULES, own=OWN_RULES)
def test_whatever_a_deployment_becomes_and_a_tenant_has_stored_nothing_is_weaker_than_the_deployments(
    deployment: ImpersonationPolicy, over: dict[str, Any], own: dict[str, Any]
) -> None:
    inherited = consistent(replace(deployment, **over))
    effective = layered(inherited, own)
    assert at_least_as_strict(effective, inherited)
    assert effective.max_duration_seconds <= SYSTEM_CAP_SECONDS
    assert effective.ticket_pattern == inherited.ticket_pattern or inherited.ticket_pattern is None
    assert effective.carrier in inherited.allowed_carriers
    assert layered(effective, {}) == effective
    assert weaker(inherited, own) or all(
        getattr(effective, field) == value or field == "default_duration_seconds" for field, value in own.items()
    )


@given(one=OWN_RULES, other=OWN_RULES)
def test_two_versions_together_are_as_strict_as_each(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = replace(under(), **one), replace(under(), **other)
    both = strictest(first, second)
    assert at_least_as_strict(both, first)
    assert at_least_as_strict(both, second)
