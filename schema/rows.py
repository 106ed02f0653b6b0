"""How many rows an operation could be answered with: what it costs, known before it runs (threat 22).

    rows = the sum, over all lists that it selects, of their size times the sizes of the lists that they stand in

A connection's size is its `first` or `last`, 50 unless given. A list that has no pages counts as 10, since nobody knows
before it is read. `edges` and `nodes` are the connection's own rows. A check of a ledger reads all of it, and counts
as WALK. An operation may ask for Limit.ROWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    IntValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from db.pages.keyset import DEFAULT_SIZE, LARGEST_SIZE
from schema.limits import BeyondLimit, Limit, Selected, selected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import FragmentDefinitionNode, GraphQLField, GraphQLSchema, OperationDefinitionNode, ValueNode

WITHOUT_PAGES: Final = 10
WALK: Final = 4_000
SIZES: Final = ("first", "last")


def check_rows(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> None:
    """Raises BeyondLimit. The operation must be valid."""
    rows = rows_of(schema, operation, fragments, variables)
    if rows > Limit.ROWS.most:
        raise BeyondLimit(Limit.ROWS, rows, at_least=False)


def rows_of(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    """The rows of a valid operation, at most."""
    defaults = {each.variable.name.value: each.default_value for each in operation.variable_definitions or ()}
    root = schema.get_root_type(operation.operation)
    within: dict[Selected | None, tuple[Any, int]] = {None: (root, 1)}
    counted: set[tuple[str, ...]] = set()  # what is selected twice at one place is answered once
    rows = 0
    for each in selected(operation, fragments):
        if not isinstance(each, Selected) or each.introspects:
            continue
        parent, times = within[each.parent]
        field = _field(schema.type_map[each.on] if each.on else parent, each.node.name.value)
        if field is None:
            continue
        size = _size(each, field, parent, defaults, variables)
        if each.place not in counted:
            counted.add(each.place)
            rows += times * size
        within[each] = get_named_type(field.type), times * (size or 1)
    return rows


def _field(parent: Any, name: str) -> GraphQLField | None:
    return parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None


def _size(
    each: Selected,
    field: GraphQLField,
    parent: Any,
    defaults: Mapping[str, ValueNode | None],
    variables: Mapping[str, Any],
) -> int:
    """How many rows a field has for each of its parents; 0 where it is no list of its own."""
    if "first" in field.args:
        given = {argument.name.value: argument.value for argument in each.node.arguments or ()}
        sizes = [_number(given[name], defaults, variables) for name in SIZES if name in given]
        return min(
            max([0, *filter(None, sizes)]) if any(size is not None for size in sizes) else DEFAULT_SIZE, LARGEST_SIZE
        )
    of_the_connection = parent.name.endswith("Connection")
    if each.parent is None and each.node.name.value == "ledgerCheck":
        return WALK
    composite = is_composite_type(get_named_type(field.type))
    return WITHOUT_PAGES if is_list_type(get_nullable_type(field.type)) and composite and not of_the_connection else 0


def _number(value: ValueNode, defaults: Mapping[str, ValueNode | None], variables: Mapping[str, Any]) -> int | None:
    """A page's size, wherever it comes from; the executor refuses what is none."""
    if isinstance(value, VariableNode):
        name = value.name.value
        if name in variables:
            given = variables[name]
            return given if isinstance(given, int) else None
        default = defaults.get(name)
        return _number(default, {}, {}) if default else None
    return int(value.value) if isinstance(value, IntValueNode) else None
