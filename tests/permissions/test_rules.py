"""The policy that ships, the rules that lie over it, and the permission that every change needs."""

from __future__ import annotations

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
    permit,
)
from permissions.refusals import Forbidden


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


def test_a_permission_is_held_or_the_call_is_forbidden() -> None:
    """Default deny, with the name of what is missing."""
    held = frozenset({Permission.TENANT_SUSPEND})
    assert permit(held, Permission.TENANT_STATUS_SET, Permission.TENANT_SUSPEND).permission is Permission.TENANT_SUSPEND
    with pytest.raises(Forbidden, match="TENANT_STATUS_SET"):
        permit(held, Permission.TENANT_STATUS_SET)
    with pytest.raises(Forbidden):
        permit(frozenset(), Permission.TENANT_SUSPEND)
