"""The schema itself."""

from __future__ import annotations

from typing import Final

from strawberry.schema.config import StrawberryConfig

from schema.access import AccessRecord
from schema.executor import Executor
from schema.keys import ServiceKey
from schema.mutations import Mutation
from schema.operation import Operation, Schema
from schema.queries import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

# Never sort_schema: a sorted schema's unions know other type objects than its resolvers do (facts of Strawberry 0.341).
schema: Final = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[AccessRecord, ServiceKey],
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    extensions=[Operation],
    execution_context_class=Executor,
)
