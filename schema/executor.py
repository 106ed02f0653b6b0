"""How an operation is executed: as the library does, but for what it keeps of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

if TYPE_CHECKING:
    from strawberry.schema._graphql_core import GraphQLExecutionContext


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Executes each event of a subscription and forgets it.

    graphql-core 3.3.2 notes the selected fields of every event in one table for the whole subscription, by the identity
    of lists that it makes anew each time: the table finds nothing and grows for as long as the stream lasts.
    """

    def build_per_event_executor(self, payload: Any) -> GraphQLExecutionContext[Any]:
        """An executor for one event, with a table of its own."""
        executor = super().build_per_event_executor(payload)
        executor._relevant_sub_fields = {}  # noqa: SLF001  it has no public way to it
        return executor
