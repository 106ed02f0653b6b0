"""The policy that ships, the rules that lie over it, and the permission that every change needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from permissions.operators import Permission
from permissions.policy import (
    DEFAULT,
    AccessMode,
    ApprovalMode,
    Carrier,
    Concurrency,
    ImpersonationPolicy,
    OnConflict,
    Presence,
    ReturnTo,
    overlay,
    permit,
)
from permissions.refusals import Forbidden
from tests.permissions.facts import (
    under,
)


def test_the_default_takes_the_safest_of_each_of_the_three_systems() -> None:
    """DESIGN section 5."""
    assert (
        ImpersonationPolicy(
            version=0,
            default_duration_seconds=30 * 60,
            max_duration_seconds=4 * 3600,
            duration_selectable=True,
            reason_required=True,
            reason_min_length=10,
            reason_max_length=500,
            concurrency=Concurrency.PER_SIGN_IN,
            on_conflict=OnConflict.REPLACE,
            carrier=Carrier.COOKIE,
            landing_path="/",
            modes=(AccessMode.READ_ONLY, AccessMode.READ_WRITE),
            approval=ApprovalMode.NOT_NEEDED,
            exclusive=False,
            tenant_presence=Presence.EVERYONE,
            return_to=ReturnTo.TENANT,
        )
        == DEFAULT
    )


def test_stored_rules_lie_over_a_policy_field_by_field() -> None:
    laid = overlay(
        DEFAULT,
        3,
        {
            "reason_min_length": 20,
            "modes": ["READ_ONLY"],
            "on_conflict": "REJECT",
            "concurrency": "PER_OPERATOR",
            "carrier": "TAB",
            "tenant_presence": "NOBODY",
            "return_to": "TENANT_LIST",
            "approval": "REQUIRED",
            "notify_emails": ["a@acme.example"],
            "landing_path": "/inbox",
        },
    )
    assert laid == under(
        version=3,
        reason_min_length=20,
        modes=(AccessMode.READ_ONLY,),
        on_conflict=OnConflict.REJECT,
        concurrency=Concurrency.PER_OPERATOR,
        carrier=Carrier.TAB,
        tenant_presence=Presence.NOBODY,
        return_to=ReturnTo.TENANT_LIST,
        approval=ApprovalMode.REQUIRED,
        notify_emails=("a@acme.example",),
        landing_path="/inbox",
    )
    assert overlay(laid, 4, {"on_conflict": "REPLACE"}) == replace(laid, version=4, on_conflict=OnConflict.REPLACE)


def test_rules_that_nobody_understands_are_not_taken_for_none() -> None:
    """A stored rule with a misspelt name or value fails, rather than leaving the weaker one in force."""
    with pytest.raises(TypeError):
        overlay(DEFAULT, 1, {"exclusiv": True})
    with pytest.raises(ValueError, match="SOMETIMES"):
        overlay(DEFAULT, 1, {"approval": "SOMETIMES"})


def test_a_permission_is_held_or_the_call_is_forbidden() -> None:
    """Default deny, with the name of what is missing."""
    held = frozenset({Permission.TENANT_SUSPEND})
    assert permit(held, Permission.TENANT_STATUS_SET, Permission.TENANT_SUSPEND).permission is Permission.TENANT_SUSPEND
    with pytest.raises(Forbidden, match="TENANT_STATUS_SET"):
        permit(held, Permission.TENANT_STATUS_SET)
    with pytest.raises(Forbidden):
        permit(frozenset(), Permission.TENANT_SUSPEND)
