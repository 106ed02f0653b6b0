"""Which tenants' things a caller sees: one rule for every list, object, id and stream (threats 12, 28)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from permissions.caller import Caller, Person, Service
from permissions.operators import TENANT_SIDE, Permission
from permissions.reach import confined_to, sees, sees_platform
from permissions.refusals import Forbidden

ACME, OTHER = UUID(int=1), UUID(int=2)
PERSON = Person(
    operator_id=UUID(int=3),
    sign_in_id=UUID(int=4),
    email="x@x.example",
    name="X",
    expires_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def person(*permissions: Permission) -> Caller:
    return Caller(who=PERSON, permissions=frozenset(permissions), proof=b"x")


def key(*permissions: Permission, tenant: UUID | None = None) -> Caller:
    who = Service(key_id=UUID(int=5), name="key", tenant_id=tenant)
    return Caller(who=who, permissions=frozenset(permissions), proof=b"x")


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("named", [True, False])
def test_who_may_not_read_lists_nothing_named_or_not(permission: Permission, *, named: bool) -> None:
    """Default deny."""
    for caller in (person(), key(), key(tenant=ACME)):
        with pytest.raises(Forbidden, match=permission.value):
            confined_to(caller, permission, named=named)


def test_an_operator_reads_across_tenants_and_a_bound_key_its_own() -> None:
    assert confined_to(person(Permission.AUDIT_READ), Permission.AUDIT_READ, named=False) is None
    assert confined_to(key(Permission.AUDIT_READ, tenant=ACME), Permission.AUDIT_READ, named=False) == ACME
    assert confined_to(key(Permission.AUDIT_READ, tenant=ACME), Permission.AUDIT_READ, named=True) == ACME


@pytest.mark.parametrize("permission", sorted(TENANT_SIDE))
def test_a_products_unbound_key_names_the_tenant_each_time(permission: Permission) -> None:
    """DESIGN section 6: TENANT_SIDE_READ never lists across tenants."""
    product = key(Permission.TENANT_SIDE_READ)
    assert confined_to(product, permission, named=True) is None
    with pytest.raises(Forbidden, match="Name the tenant"):
        confined_to(product, permission, named=False)
    assert confined_to(key(Permission.TENANT_SIDE_READ, tenant=ACME), permission, named=False) == ACME


def test_a_bound_key_sees_what_is_its_tenants_and_nothing_else() -> None:
    """Absent and forbidden look the same."""
    bound = key(Permission.TENANT_SIDE_READ, tenant=ACME)
    assert [sees(bound, tenant) for tenant in (ACME, OTHER, None)] == [True, False, False]
    for unbound in (person(Permission.TENANT_READ), key(Permission.TENANT_READ)):
        assert all(sees(unbound, tenant) for tenant in (ACME, OTHER, None))


def test_what_has_no_tenant_is_for_who_reads_across_tenants() -> None:
    assert sees_platform(person(Permission.AUDIT_READ), Permission.AUDIT_READ)
    assert sees_platform(key(Permission.AUDIT_READ), Permission.AUDIT_READ)
    assert not sees_platform(key(Permission.AUDIT_READ, tenant=ACME), Permission.AUDIT_READ)
    assert not sees_platform(key(Permission.TENANT_SIDE_READ), Permission.AUDIT_READ)
    assert not sees_platform(person(), Permission.AUDIT_READ)
