"""What no facts at all can bring about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from permissions import policy as rules
from permissions.operators import Permission
from permissions.policy import (
    SYSTEM_CAP_SECONDS,
    AccessMode,
    ApprovalMode,
    ImpersonationPolicy,
    OnConflict,
    StartFacts,
    TenantFacts,
    TenantStatus,
    decide,
    enter,
    modes,
)
from permissions.refusals import Refused
from tests.permissions.facts import (
    ACME,
    OTHERS,
    OWN,
)

DURATIONS = (1, 1800, 3600, SYSTEM_CAP_SECONDS, SYSTEM_CAP_SECONDS + 1)  # few, so that they meet
policies = st.builds(
    ImpersonationPolicy,
    default_duration_seconds=st.sampled_from(DURATIONS),
    max_duration_seconds=st.sampled_from(DURATIONS),
    duration_selectable=st.booleans(),
    reason_required=st.booleans(),
    reason_min_length=st.integers(0, 20),
    reason_max_length=st.integers(0, 2000),
    ticket_required=st.booleans(),
    on_conflict=st.sampled_from(OnConflict),
    modes=st.lists(st.sampled_from(AccessMode), unique=True).map(tuple),
    approval=st.sampled_from(ApprovalMode),
    exclusive=st.booleans(),
)
starts = st.builds(
    StartFacts,
    permissions=st.frozensets(st.sampled_from([*rules.ENTERING, Permission.TENANT_READ])),
    tenant=st.none()
    | st.builds(
        TenantFacts,
        id=st.just(ACME.id),
        name=st.just("Acme"),
        status=st.sampled_from(TenantStatus),
        has_workspace=st.booleans(),
    ),
    policy=policies,
    reason=st.none() | st.text(st.characters()) | st.text("ab \u200b", max_size=40),
    ticket=st.none() | st.text(st.characters(), max_size=120),
    duration_seconds=st.none() | st.integers(-(2**63), 2**63) | st.sampled_from(DURATIONS),
    mode=st.none() | st.sampled_from(AccessMode),
    break_glass=st.booleans(),
    running=st.sampled_from([(), (OWN,)]),
    others_inside=st.sampled_from([(), (OTHERS,)]),
)


@given(starts)
def test_whatever_is_asked_nobody_gets_more_than_the_rules_give(facts: StartFacts) -> None:
    """P1, C-1, C-16, C-17: any facts at all, no exception, and an Allowed only within every bound."""
    decision = decide(facts)
    if isinstance(decision, Refused):
        assert decision.problems
        return
    tenant, policy = facts.tenant, facts.policy
    assert tenant is not None
    assert tenant.status in {TenantStatus.ACTIVE, TenantStatus.READ_ONLY}
    assert tenant.has_workspace
    assert policy.approval is ApprovalMode.NOT_NEEDED
    assert 1 <= decision.duration_seconds <= min(policy.max_duration_seconds, SYSTEM_CAP_SECONDS)
    assert decision.mode in policy.modes
    assert rules.MODE_PERMISSION[decision.mode] in facts.permissions
    assert decision.mode is (facts.mode or AccessMode.READ_ONLY)
    assert decision.reason or not policy.reason_required
    assert len(decision.reason.encode()) <= 8000
    assert decision.ticket or not policy.ticket_required
    assert not facts.break_glass
    assert decision.replaces == tuple(running.id for running in facts.running)
    assert not (facts.running and policy.on_conflict is OnConflict.REJECT)
    assert not (facts.others_inside and policy.exclusive)


@given(starts)
def test_the_button_and_the_mutation_are_of_one_mind(facts: StartFacts) -> None:
    """Where the button is off for this tenant, no input makes the start work."""
    if facts.tenant and enter(facts.permissions, facts.tenant, facts.policy):
        assert isinstance(decide(facts), Refused)


@given(st.frozensets(st.sampled_from(Permission)), policies)
def test_modes_are_those_of_both_the_role_and_the_policy(
    held: frozenset[Permission], policy: ImpersonationPolicy
) -> None:
    """C-17."""
    assert set(modes(held, policy)) == {
        mode for mode in AccessMode if mode in policy.modes and rules.MODE_PERMISSION[mode] in held
    }
