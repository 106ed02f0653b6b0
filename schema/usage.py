"""AI usage: aggregates over tenants only (S1-12)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from permissions.usage import MINIMUM_TENANTS
from schema.scalars import BigInt


@strawberry.type(description="What was used within a stretch of time, over tenants.")
class AiUsageBucket:
    """One bar of a chart."""

    start: datetime = strawberry.field(description="When the stretch begins.")
    model: str | None = strawberry.field(description="Which model, where they are told apart.")
    feature: str | None = strawberry.field(description="For which feature, where they are told apart.")
    tenants: int = strawberry.field(description="How many tenants fed it.")
    requests: BigInt = strawberry.field(description="How many requests.")
    input_tokens: BigInt = strawberry.field(description="How many tokens went in.")
    output_tokens: BigInt = strawberry.field(description="How many tokens came out.")
    cost_usd: Decimal = strawberry.field(description="What it cost, in US dollars.")


@strawberry.type(
    description=(
        "AI usage over tenants only: a bucket fed by fewer than `minimumTenants` tenants is withheld, never shown."
    )
)
class AiUsageReport:
    """Until usage is reported it is empty."""

    minimum_tenants: int = strawberry.field(description="How many tenants a bucket needs to be shown.")
    buckets: list[AiUsageBucket] = strawberry.field(description="The buckets that have enough.")
    withheld: int = strawberry.field(description="How many buckets had too few.")

    @classmethod
    def empty(cls) -> AiUsageReport:
        """Nothing has been reported."""
        return cls(minimum_tenants=MINIMUM_TENANTS, buckets=[], withheld=0)
