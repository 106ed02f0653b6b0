"""Which tenants' things a caller sees (DESIGN section 6): one rule for every list, object, id and stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from permissions.refusals import Forbidden

if TYPE_CHECKING:
    from uuid import UUID

    from permissions.caller import Caller
    from permissions.operators import Permission


def confined_to(caller: Caller, permission: Permission, *, named: bool) -> UUID | None:
    """The one tenant that a list must keep to, besides its filters; None where it may go across tenants.

    A key bound to a tenant keeps to it. A key that only has TENANT_SIDE_READ reads one tenant at a time: it must have
    `named` one. Raises Forbidden where it has not, or where the caller may not at all.
    """
    if not caller.may(permission):
        raise Forbidden(f"This needs {permission}.")
    if caller.tenant_id is None and permission not in caller.permissions and not named:
        raise Forbidden(f"Name the tenant: across tenants this needs {permission}, which the key does not have.")
    return caller.tenant_id


def sees(caller: Caller, tenant_id: UUID | None) -> bool:
    """Whether one thing of this tenant exists for the caller: absent and forbidden look the same (threat 28)."""
    return caller.tenant_id is None or caller.tenant_id == tenant_id


def sees_platform(caller: Caller, permission: Permission) -> bool:
    """Whether what has no tenant exists for the caller: not for one who reads on a tenant's behalf."""
    return caller.tenant_id is None and permission in caller.permissions
