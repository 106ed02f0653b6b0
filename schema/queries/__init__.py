"""The root of queries: each field is a guard, one call, one mapping. One module for each noun."""

from __future__ import annotations

import strawberry

from schema.queries.activity import ActivityQueries
from schema.queries.impersonation import ImpersonationQueries
from schema.queries.keys import KeyQueries
from schema.queries.ledger import LedgerQueries
from schema.queries.locks import LockQueries
from schema.queries.operators import OperatorQueries
from schema.queries.status import StatusQueries
from schema.queries.tenants import TenantQueries
from schema.queries.usage import UsageQueries
from schema.queries.viewer import ViewerQueries


@strawberry.type(description="Everything that can be read.")
class Query(
    StatusQueries,
    UsageQueries,
    LockQueries,
    KeyQueries,
    OperatorQueries,
    ActivityQueries,
    LedgerQueries,
    ImpersonationQueries,
    TenantQueries,
    ViewerQueries,
):
    """Reads."""
