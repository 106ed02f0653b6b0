"""The types that refer to each other in circles: looked up by name when the schema is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strawberry.types.lazy_type import LazyType

__all__ = [
    "AccessRecordConnection",
    "Actor",
    "AuditEntryConnection",
    "ImpersonationSession",
    "ImpersonationSessionConnection",
    "LedgerHead",
    "Operator",
    "ServiceKey",
    "Tenant",
]

if TYPE_CHECKING:
    from schema.access import AccessRecordConnection
    from schema.impersonation import ImpersonationSession, ImpersonationSessionConnection
    from schema.keys import ServiceKey
    from schema.ledger import AuditEntryConnection, LedgerHead
    from schema.operators import Actor, Operator
    from schema.tenants import Tenant
else:
    AccessRecordConnection = LazyType("AccessRecordConnection", "schema.access")
    Actor = LazyType("Actor", "schema.operators")
    AuditEntryConnection = LazyType("AuditEntryConnection", "schema.ledger")
    ImpersonationSession = LazyType("ImpersonationSession", "schema.impersonation")
    ImpersonationSessionConnection = LazyType("ImpersonationSessionConnection", "schema.impersonation")
    LedgerHead = LazyType("LedgerHead", "schema.ledger")
    Operator = LazyType("Operator", "schema.operators")
    ServiceKey = LazyType("ServiceKey", "schema.keys")
    Tenant = LazyType("Tenant", "schema.tenants")
