"""What can be done, and which roles may do it.

One permission for each thing that can be done; a role is a set of them (DESIGN section 6, S1-4, S2-1, S3-1, C-10).
Code checks permissions, never roles.
"""

from __future__ import annotations

from enum import StrEnum, auto
from typing import Final


class Permission(StrEnum):
    """One thing that a caller may do; the last line's are for service keys only."""

    @staticmethod
    def _generate_next_value_(name: str, _start: int, _count: int, _last: list[str]) -> str:
        return name

    TENANT_READ = auto()
    TENANT_REGISTER = auto()
    TENANT_SUSPEND = auto()
    TENANT_STATUS_SET = auto()
    TENANT_POLICY_SET = auto()
    IMPERSONATE_READ_ONLY = auto()
    IMPERSONATE_READ_WRITE = auto()
    IMPERSONATE_BREAK_GLASS = auto()
    IMPERSONATION_REVOKE = auto()
    AUDIT_READ = auto()
    AUDIT_EXPORT = auto()
    ORIGIN_READ = auto()
    ACCESS_LOG_READ = auto()
    INVOICE_READ = auto()
    INVOICE_RESEND = auto()
    AI_USAGE_READ = auto()
    STATUS_READ = auto()
    OPERATOR_READ = auto()
    OPERATOR_GRANT = auto()
    SERVICE_KEY_MANAGE = auto()
    LOCK_MANAGE = auto()

    TOKEN_EXCHANGE = auto()
    GUARD_EVENTS = auto()
    ACCESS_LOG_APPEND = auto()
    AUDIT_APPEND = auto()
    AI_USAGE_APPEND = auto()
    STATUS_APPEND = auto()
    TENANT_SIDE_READ = auto()
    TENANT_SIDE_DECIDE = auto()


class Role(StrEnum):
    """A named set of permissions."""

    PLATFORM_ADMIN = "PLATFORM_ADMIN"
    PLATFORM_SUPPORT = "PLATFORM_SUPPORT"
    PLATFORM_BILLING = "PLATFORM_BILLING"
    PLATFORM_READONLY = "PLATFORM_READONLY"

    @property
    def word(self) -> str:
        """What people call it, in the console as in a sentence of the ledger."""
        name = self.removeprefix("PLATFORM_")
        return "Read only" if name == "READONLY" else name.capitalize()


P = Permission

SERVICE_ONLY: Final = frozenset(
    {
        P.TOKEN_EXCHANGE,
        P.GUARD_EVENTS,
        P.ACCESS_LOG_APPEND,
        P.AUDIT_APPEND,
        P.AI_USAGE_APPEND,
        P.STATUS_APPEND,
        P.TENANT_SIDE_READ,
        P.TENANT_SIDE_DECIDE,
    }
)

# A key is no person: it never enters a workspace and never decides who may (DESIGN section 6).
NEVER_FOR_KEYS: Final = frozenset(
    {
        P.IMPERSONATE_READ_ONLY,
        P.IMPERSONATE_READ_WRITE,
        P.IMPERSONATE_BREAK_GLASS,
        P.IMPERSONATION_REVOKE,
        P.OPERATOR_GRANT,
        P.SERVICE_KEY_MANAGE,
    }
)

# What TENANT_SIDE_READ stands for, within one tenant.
TENANT_SIDE: Final = frozenset({P.TENANT_READ, P.AUDIT_READ, P.ACCESS_LOG_READ, P.ORIGIN_READ})

ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.PLATFORM_READONLY: frozenset(
        {
            P.TENANT_READ,
            P.AUDIT_READ,
            P.AUDIT_EXPORT,
            P.ORIGIN_READ,
            P.ACCESS_LOG_READ,
            P.AI_USAGE_READ,
            P.STATUS_READ,
            P.OPERATOR_READ,
        }
    ),
    Role.PLATFORM_BILLING: frozenset(
        {
            P.TENANT_READ,
            P.TENANT_SUSPEND,
            P.AUDIT_READ,
            P.AI_USAGE_READ,
            P.STATUS_READ,
            P.INVOICE_READ,
            P.INVOICE_RESEND,
        }
    ),
    Role.PLATFORM_SUPPORT: frozenset(
        {
            P.TENANT_READ,
            P.TENANT_SUSPEND,
            P.IMPERSONATE_READ_ONLY,
            P.IMPERSONATE_READ_WRITE,
            P.AUDIT_READ,
            P.ACCESS_LOG_READ,
            P.INVOICE_READ,
            P.AI_USAGE_READ,
            P.STATUS_READ,
            P.OPERATOR_READ,
        }
    ),
    Role.PLATFORM_ADMIN: frozenset(Permission) - SERVICE_ONLY,
}


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that somebody with these roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


def lacking(*any_of: Permission) -> str:
    """What somebody is told who has none of these permissions: which they are, and the roles that hold one."""
    names = " or ".join(any_of)
    holders = sorted(role.value for role, held in ROLE_PERMISSIONS.items() if not held.isdisjoint(any_of))
    if not holders:
        return f"This needs {names}, which only a service's key can have."
    *most, last = holders
    held_by = f"{', '.join(most)} and {last} have" if most else f"{last} has"
    return f"This needs {names}, which {held_by}. Ask an admin for a role that has it."
