"""Pages by keyset: a cursor names the row that it follows, so a growing list neither repeats nor skips (never offsets).

A cursor is opaque and says which ordering it belongs to; one of another list, or a forged one, is refused. It grants
nothing: whatever it says, a page has only rows that its own filters let through.
"""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from uuid import UUID

import orjson

from permissions.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

DEFAULT_SIZE: Final = 50
LARGEST_SIZE: Final = 200
LONGEST_CURSOR: Final = 1000

# Said with each value, since a cursor may bring a whole number that is too large for its column's own type.
SQL_TYPES: Final = {str: "text", int: "bigint", datetime: "timestamptz", UUID: "uuid"}

R = TypeVar("R")
K = TypeVar("K", bound="Hashable")


@dataclass(frozen=True)
class Column:
    """One column that a list is ordered by: its SQL and its type."""

    sql: str
    kind: type[str | int | datetime | UUID]


@dataclass(frozen=True)
class Ordering:
    """A total order of a list. `name` is what its cursors are bound to; all columns run the same way."""

    name: str
    columns: tuple[Column, ...]
    descending: bool = False

    @property
    def keys(self) -> str:
        """The columns as the select list needs them, so that each row brings what its cursor is made of."""
        return ", ".join(f"{column.sql} as key_{index}" for index, column in enumerate(self.columns))

    def cursor(self, row: Mapping[Any, Any]) -> str:
        """The opaque cursor of a row."""
        values = [row[f"key_{index}"] for index in range(len(self.columns))]
        return base64.urlsafe_b64encode(orjson.dumps([self.name, *map(_plain, values)])).decode().rstrip("=")

    def place(self, cursor: str, argument: str) -> tuple[object, ...]:
        """The key values in a cursor; raises BadInput, naming the argument, unless this ordering made it."""
        try:
            if len(cursor) > LONGEST_CURSOR:
                raise ValueError
            raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            name, *values = orjson.loads(raw)
            if name != self.name or len(values) != len(self.columns):
                raise ValueError
            return tuple(_typed(value, column.kind) for value, column in zip(values, self.columns, strict=True))
        except (ValueError, TypeError, OverflowError, binascii.Error) as error:
            raise BadInput(f"`{argument}` is not a cursor of this list: use one from its edges or pageInfo.") from error


@dataclass(frozen=True)
class Window:
    """The part of a list that is asked for: `size` rows from one end, or from behind a place."""

    size: int = DEFAULT_SIZE
    after: tuple[object, ...] | None = None
    before: tuple[object, ...] | None = None
    backwards: bool = False

    def where(self, ordering: Ordering) -> tuple[list[str], dict[str, object]]:
        """The conditions and parameters that keep to the window."""
        conditions: list[str] = []
        parameters: dict[str, object] = {}
        for place, name in ((self.after, "after"), (self.before, "before")):
            if place is None:
                continue
            past = ">" if (name == "after") is not ordering.descending else "<"
            names = [f"{name}_{index}" for index in range(len(place))]
            left = ", ".join(column.sql for column in ordering.columns)
            right = ", ".join(
                f"cast(:{each} as {SQL_TYPES[column.kind]})"
                for each, column in zip(names, ordering.columns, strict=True)
            )
            conditions.append(f"({left}) {past} ({right})")
            parameters |= dict(zip(names, place, strict=True))
        return conditions, parameters

    def order(self, ordering: Ordering) -> str:
        """The order by and limit; one row more than asked tells whether there is a next page."""
        by = ", ".join(f"{column.sql} {self.way(ordering)}" for column in ordering.columns)
        return f"order by {by} limit {self.size + 1}"

    def way(self, ordering: Ordering) -> str:
        """The way in which rows are read: the list's own, or the other one from its end."""
        return "desc" if ordering.descending is not self.backwards else "asc"


def window(
    ordering: Ordering,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Window:
    """The window of a connection's arguments; raises BadInput, naming the argument, for what cannot be."""
    check_size(first, "first")
    check_size(last, "last")
    if first is not None and last is not None:
        raise BadInput("Give `first` or `last`, not both.")
    asked = last if last is not None else first
    return Window(
        size=DEFAULT_SIZE if asked is None else asked,
        after=None if after is None else ordering.place(after, "after"),
        before=None if before is None else ordering.place(before, "before"),
        backwards=last is not None or (before is not None and first is None and after is None),
    )


def check_size(size: int | None, argument: str) -> None:
    """Raises BadInput, naming the argument, for more rows than a list gives at once."""
    if size is not None and not 0 <= size <= LARGEST_SIZE:
        raise BadInput(f"`{argument}` must be between 0 and {LARGEST_SIZE}.")


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows of a list, each with its cursor."""

    rows: tuple[R, ...] = ()
    cursors: tuple[str, ...] = ()
    has_next: bool = False
    has_previous: bool = False


@dataclass
class Select:
    """One statement for the pages of many parents: what is selected, and the conditions with their bound parameters."""

    columns: str
    source: str
    ordering: Ordering
    window: Window
    conditions: list[str] = field(default_factory=list)
    parameters: dict[str, object] = field(default_factory=dict)

    def where(self, condition: str, **parameters: object) -> None:
        """Add a condition; values only ever as parameters."""
        self.conditions.append(condition)
        self.parameters |= parameters

    @property
    def sql(self) -> str:
        """The statement of one list."""
        # sql because: columns, conditions and orders are constants of their modules, values are bound
        conditions, parameters = self.window.where(self.ordering)
        self.parameters |= parameters
        conditions = [*self.conditions, *conditions]
        where = f" where {' and '.join(conditions)}" if conditions else ""
        return (
            f"select {self.columns}, {self.ordering.keys} from {self.source}{where} {self.window.order(self.ordering)}"
        )

    @property
    def sql_for_parents(self) -> str:
        """The statement of one list for each of `:parents`; conditions may use `parents.parent`."""
        # sql because: as above
        return (
            "select parents.parent, listed.* from unnest(cast(:parents as uuid[])) as parents(parent)"
            f" cross join lateral ({self.sql}) as listed {self._again}"
        )

    @property
    def _again(self) -> str:
        """The order once more: a join promises none."""
        way = self.window.way(self.ordering)
        return "order by " + ", ".join(f"listed.key_{index} {way}" for index in range(len(self.ordering.columns)))


def page(select: Select, rows: Iterable[Mapping[Any, Any]], build: Callable[[Mapping[Any, Any]], R]) -> Page[R]:
    """The page that a statement's rows make, in the list's own order."""
    found = list(rows)
    more = len(found) > select.window.size
    kept = found[: select.window.size]
    if select.window.backwards:
        kept.reverse()
    asked = select.window
    return Page(
        rows=tuple(build(row) for row in kept),
        cursors=tuple(select.ordering.cursor(row) for row in kept),
        has_next=asked.before is not None or (more and not asked.backwards),
        has_previous=asked.after is not None or (more and asked.backwards),
    )


def pages(
    select: Select,
    parents: Iterable[K],
    rows: Iterable[Mapping[Any, Any]],
    build: Callable[[Mapping[Any, Any]], R],
) -> dict[K, Page[R]]:
    """Each parent's page; an empty one where it has no rows."""
    by_parent: defaultdict[Any, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in rows:
        by_parent[row["parent"]].append(row)
    return {parent: page(select, by_parent[parent], build) for parent in parents}


def containing(text: str) -> str:
    """A LIKE pattern for texts that contain this one: its wildcards are only characters."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def starting(text: str) -> str:
    """A LIKE pattern for texts that begin with this one."""
    return containing(text)[1:]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def _typed(value: object, kind: type[str | int | datetime | UUID]) -> object:
    if kind is int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
            raise TypeError
        return value
    if not isinstance(value, str):
        raise TypeError
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)  # beyond the years 1 to 9999 there is no instant to compare with
    if kind is UUID:
        return UUID(value)
    if "\0" in value:
        raise ValueError
    return value
