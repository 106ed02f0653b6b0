"""The types that refer to each other in circles: looked up by name when the schema is built, real to the type checker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strawberry.types.lazy_type import LazyType

if TYPE_CHECKING:
    from schema.access import AccessRecordConnection as AccessRecordConnection
    from schema.impersonation import ImpersonationSession as ImpersonationSession
    from schema.impersonation import ImpersonationSessionConnection as ImpersonationSessionConnection
    from schema.keys import ServiceKey as ServiceKey
    from schema.ledger import AuditEntryConnection as AuditEntryConnection
    from schema.ledger import LedgerHead as LedgerHead
    from schema.operators import Actor as Actor
    from schema.operators import Operator as Operator
    from schema.tenants import Tenant as Tenant
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
