"""The platform's staff."""

from __future__ import annotations

from typing import Annotated

import strawberry

from db.pages import keyset
from db.pages import operators as pages
from permissions.fields import needs
from permissions.operators import Permission
from schema import filters
from schema import operators as people
from schema.context import Info
from schema.paging import After, First


@strawberry.type
class OperatorQueries:
    """Part of the root of queries."""

    @strawberry.field(
        description="Operators, by name; also those who are disabled.", extensions=[needs(Permission.OPERATOR_READ)]
    )
    async def operators(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        search: Annotated[
            str | None, strawberry.argument(description="Only those with this text in their name or address.")
        ] = None,
    ) -> people.OperatorConnection | None:
        """A page of operators."""
        wanted = (filters.plain(search, "search") or "").strip() or None
        window = keyset.window(pages.BY_NAME, first=first, after=after)
        return people.page(await info.context.read(pages.operators, wanted, window), wanted)
