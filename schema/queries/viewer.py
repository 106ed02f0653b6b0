"""Who is calling, and anything by its id."""

from __future__ import annotations

from typing import Annotated

import strawberry

from schema import nodes
from schema import viewer as viewers
from schema.context import Info
from schema.paging import Node


@strawberry.type
class ViewerQueries:
    """Part of the root of queries."""

    @strawberry.field(description="Who is calling. For everybody who is signed in.")
    def viewer(self) -> viewers.Viewer:
        """Public to whoever is authenticated: one's own name and permissions."""
        return viewers.Viewer()

    @strawberry.field(
        description="Anything by its global id, under the permissions of its direct path; null where there is none."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")],
    ) -> Node | None:
        """Guarded for each type (schema/nodes.py)."""
        return await nodes.find(info, id)
