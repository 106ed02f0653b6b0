"""Roles are sets of permissions, as DESIGN section 6 lists them; a caller may only what it holds."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, combinations
from uuid import UUID

import pytest

from permissions.caller import Caller, Person, Service
from permissions.operators import (
    NEVER_FOR_KEYS,
    ROLE_PERMISSIONS,
    SERVICE_ONLY,
    TENANT_SIDE,
    Permission,
    Role,
    lacking,
    permissions_of,
)

# DESIGN section 6, word for word.
TABLE = {
    Role.PLATFORM_READONLY: """TENANT_READ AUDIT_READ AUDIT_EXPORT ORIGIN_READ ACCESS_LOG_READ AI_USAGE_READ STATUS_READ
        OPERATOR_READ""",
    Role.PLATFORM_BILLING: """TENANT_READ TENANT_SUSPEND AUDIT_READ AI_USAGE_READ STATUS_READ INVOICE_READ
        INVOICE_RESEND""",
    Role.PLATFORM_SUPPORT: """TENANT_READ TENANT_SUSPEND IMPERSONATE_READ_ONLY IMPERSONATE_READ_WRITE AUDIT_READ
        ACCESS_LOG_READ INVOICE_READ AI_USAGE_READ STATUS_READ OPERATOR_READ""",
    Role.PLATFORM_ADMIN: """TENANT_READ TENANT_REGISTER TENANT_SUSPEND TENANT_STATUS_SET TENANT_POLICY_SET
        IMPERSONATE_READ_ONLY IMPERSONATE_READ_WRITE IMPERSONATE_BREAK_GLASS IMPERSONATION_REVOKE AUDIT_READ
        AUDIT_EXPORT ORIGIN_READ ACCESS_LOG_READ INVOICE_READ INVOICE_RESEND AI_USAGE_READ STATUS_READ OPERATOR_READ
        OPERATOR_GRANT SERVICE_KEY_MANAGE LOCK_MANAGE""",
}
PERSON = Person(
    operator_id=UUID(int=1),
    sign_in_id=UUID(int=2),
    email="jane@actas.example",
    name="Jane",
    expires_at=datetime(2026, 1, 1, tzinfo=UTC),
)
SERVICE = Service(key_id=UUID(int=3), name="workspace", tenant_id=UUID(int=4))


@pytest.mark.parametrize("role", Role)
def test_a_role_may_exactly_what_the_design_says(role: Role) -> None:
    """C-10, S1-4, S2-1, S3-1."""
    assert {permission.value for permission in ROLE_PERMISSIONS[role]} == set(TABLE[role].split())


def test_several_roles_may_what_any_of_them_may_and_none_may_nothing() -> None:
    assert permissions_of(frozenset()) == frozenset()
    for roles in chain.from_iterable(combinations(Role, n) for n in range(1, 5)):
        held = permissions_of(frozenset(roles))
        assert held == {p for p in Permission if any(p in ROLE_PERMISSIONS[role] for role in roles)}


def test_no_role_holds_what_only_services_may() -> None:
    assert not permissions_of(frozenset(Role)) & SERVICE_ONLY
    assert permissions_of(frozenset(Role)) | SERVICE_ONLY == frozenset(Permission)


def test_keys_never_enter_never_decide_who_may_and_never_make_keys() -> None:
    """DESIGN section 6."""
    assert {permission.value for permission in NEVER_FOR_KEYS} == {
        "IMPERSONATE_READ_ONLY",
        "IMPERSONATE_READ_WRITE",
        "IMPERSONATE_BREAK_GLASS",
        "IMPERSONATION_REVOKE",
        "OPERATOR_GRANT",
        "SERVICE_KEY_MANAGE",
    }


def test_a_tenants_key_reads_what_is_the_tenants_and_nothing_else() -> None:
    """DESIGN section 6: what TENANT_SIDE_READ stands for."""
    key = Caller(who=SERVICE, permissions=frozenset({Permission.TENANT_SIDE_READ}), proof=b"x")
    readable = {permission for permission in Permission if key.may(permission)}
    assert readable == TENANT_SIDE | {Permission.TENANT_SIDE_READ}
    assert {permission.value for permission in TENANT_SIDE} == {
        "TENANT_READ",
        "AUDIT_READ",
        "ACCESS_LOG_READ",
        "ORIGIN_READ",
    }


def test_a_caller_may_only_what_it_holds() -> None:
    nobody = Caller(who=PERSON, permissions=frozenset(), proof=b"x")
    assert not any(nobody.may(permission) for permission in Permission)


def test_a_caller_never_shows_its_proof() -> None:
    """Threat 58: a caller may be logged, its secret never."""
    caller = Caller(who=PERSON, permissions=frozenset(), proof=b"the-bearer-secret")
    assert "the-bearer-secret" not in repr(caller)
    assert "the-bearer-secret" not in str(caller)


def test_a_caller_is_a_person_or_a_service_and_only_a_service_is_bound_to_a_tenant() -> None:
    person = Caller(who=PERSON, permissions=frozenset(), proof=b"x")
    service = Caller(who=SERVICE, permissions=frozenset(), proof=b"x")
    assert (person.id, person.person, person.service, person.tenant_id) == (PERSON.operator_id, PERSON, None, None)
    assert (service.id, service.person, service.service, service.tenant_id) == (
        SERVICE.key_id,
        None,
        SERVICE,
        SERVICE.tenant_id,
    )


@pytest.mark.parametrize(
    ("permission", "told"),
    [
        (Permission.SERVICE_KEY_MANAGE, "which PLATFORM_ADMIN has. Ask an admin"),
        (Permission.OPERATOR_READ, "which PLATFORM_ADMIN, PLATFORM_READONLY and PLATFORM_SUPPORT have. Ask an admin"),
        (Permission.TOKEN_EXCHANGE, "which only a service's key can have."),
    ],
)
def test_who_lacks_a_permission_is_told_which_and_who_has_it(permission: Permission, told: str) -> None:
    assert lacking(permission).startswith(f"This needs {permission}, {told}")
