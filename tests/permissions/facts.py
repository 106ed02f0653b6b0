"""Facts of a start that may happen, for tests to change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from permissions.operators import Permission, Role, permissions_of
from permissions.policy import (
    DEFAULT,
    Allowed,
    ImpersonationPolicy,
    Running,
    StartFacts,
    TenantFacts,
    TenantStatus,
    decide,
)
from permissions.refusals import Refused

SUPPORT = permissions_of(frozenset({Role.PLATFORM_SUPPORT}))
READER = frozenset({Permission.IMPERSONATE_READ_ONLY})
WRITER = frozenset({Permission.IMPERSONATE_READ_WRITE})
ACME = TenantFacts(id=UUID(int=7), name="Acme", status=TenantStatus.ACTIVE)
REASON = "webhook 500s since this morning"
OWN = Running(id=UUID(int=21), tenant_id=UUID(int=8), operator_id=UUID(int=1), sign_in_id=UUID(int=31), alone=False)
OTHERS = Running(id=UUID(int=22), tenant_id=ACME.id, operator_id=UUID(int=2), sign_in_id=UUID(int=32), alone=False)
GOOD = StartFacts(
    permissions=SUPPORT, tenant=ACME, policy=DEFAULT, reason=REASON, ticket=None, duration_seconds=None, mode=None
)


def asked(**changes: Any) -> StartFacts:
    return replace(GOOD, **changes)


def under(**rule: Any) -> ImpersonationPolicy:
    return replace(DEFAULT, **rule)


def allowed(**changes: Any) -> Allowed:
    decision = decide(asked(**changes))
    assert isinstance(decision, Allowed), decision
    return decision


def refused(**changes: Any) -> Refused:
    decision = decide(asked(**changes))
    assert isinstance(decision, Refused), decision
    return decision
