"""AI usage."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from permissions.fields import needs
from permissions.operators import Permission
from permissions.usage import Interval, check_range
from schema.enums import AiUsageGrouping
from schema.usage import AiUsageReport

From = Annotated[datetime, strawberry.argument(name="from", description="Used at this instant or later.")]
To = Annotated[datetime, strawberry.argument(description="Used before this instant.")]
Each = Annotated[Interval | None, strawberry.argument(description="How long a bucket is.")]
By = Annotated[AiUsageGrouping | None, strawberry.argument(description="What is told apart within a bucket.")]


@strawberry.type
class UsageQueries:
    """Part of the root of queries."""

    @strawberry.field(
        description="AI usage over tenants. None is reported yet.", extensions=[needs(Permission.AI_USAGE_READ)]
    )
    def ai_usage(
        self,
        since: From,
        to: To,
        interval: Each = Interval.DAY,
        group_by: By = AiUsageGrouping.MODEL,  # noqa: ARG002  nothing is there to be told apart yet
    ) -> AiUsageReport | None:
        """There is none yet."""
        check_range(since, to, interval or Interval.DAY)
        return AiUsageReport.empty()
