"""Relay connections over keyset pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import strawberry

from db.pages.keyset import DEFAULT_SIZE, LARGEST_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from db.pages.keyset import Page

T = TypeVar("T")

First = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many from the beginning: {DEFAULT_SIZE} unless given, at most {LARGEST_SIZE}."
    ),
]
After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]
Last = Annotated[int | None, strawberry.argument(description=f"How many from the end: at most {LARGEST_SIZE}.")]
Before = Annotated[str | None, strawberry.argument(description="Only what precedes this cursor.")]


@strawberry.interface(description="Anything with a global id (Relay).")
class Node:
    """What `node(id)` can find."""

    id: strawberry.ID = strawberry.field(description="A global id: opaque, and good for `node(id)`.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """The page's ends."""

    has_next_page: bool = strawberry.field(description="Whether there is more after it.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before it.")
    start_cursor: str | None = strawberry.field(description="The cursor of its first row.")
    end_cursor: str | None = strawberry.field(description="The cursor of its last row.")


@strawberry.type(description="One row of a page.")
class Edge(Generic[T]):
    """A row and its cursor."""

    node: T = strawberry.field(description="The row itself.")
    cursor: str = strawberry.field(description="Its place in the list: opaque, and only good for this list.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Rows with their cursors."""

    edges: list[Edge[T]] = strawberry.field(description="The rows with their cursors.")
    nodes: list[T] = strawberry.field(description="The rows alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[Any], wrap: Callable[[Any], T]) -> Self:
        """The connection that a page of rows makes."""
        nodes = [wrap(row) for row in page.rows]
        return cls(
            edges=[Edge(node=node, cursor=cursor) for node, cursor in zip(nodes, page.cursors, strict=True)],
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=page.has_next,
                has_previous_page=page.has_previous,
                start_cursor=page.cursors[0] if page.cursors else None,
                end_cursor=page.cursors[-1] if page.cursors else None,
            ),
        )
