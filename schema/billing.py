"""Invoices."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.scalars import BigInt


@strawberry.type(description="An invoice of a tenant's, as the payment provider has it.")
class Invoice:
    """Until invoices are read there is none."""

    id: str = strawberry.field(description="The provider's id.")
    number: str | None = strawberry.field(description="Its number.")
    status: str = strawberry.field(description="What the provider says of it.")
    total: BigInt = strawberry.field(description="The sum, in the currency's smallest unit.")
    currency: str = strawberry.field(description="The currency, as ISO 4217 names it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    due_at: datetime | None = strawberry.field(description="When it is due.")
    hosted_url: str | None = strawberry.field(description="Where the customer can pay it.")
