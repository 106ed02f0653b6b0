"""Every place of the schema where a caller puts a value, found by walking it, and an operation that puts one there."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
)

from schema.build import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLField, GraphQLInputField

WANT_ONE_OF_TWO = {"tenant", "impersonationSession"}
ROOTS = ("Query", "Mutation", "Subscription")
TYPES = schema._schema.type_map


@dataclass(frozen=True)
class Place:
    """An argument, or a field within one. `fields`: the way to the field from the root; `within`: from its argument."""

    root: str
    fields: tuple[str, ...]
    within: tuple[str, ...]
    type: Any = field(compare=False)
    takes: Any = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """The innermost name."""
        return self.within[-1]

    @property
    def kind(self) -> str:
        """The named type that it takes."""
        return str(get_named_type(self.type))

    @property
    def is_enum(self) -> bool:
        return isinstance(get_named_type(self.type), GraphQLEnumType)

    def __str__(self) -> str:
        return f"{'.'.join(self.fields)}({'.'.join(self.within)})"

    def operation(self, value: Any, fit: Mapping[str, Any]) -> dict[str, Any]:
        """A whole request that puts the value there, as a variable, and what is fit where else something is needed."""
        *above, last = self.fields
        arguments = {
            name: _filled(argument, f"{last}.{name}", fit)
            for name, argument in self.takes.args.items()
            if name == self.within[0] or is_required_argument(argument)
        }
        _put(arguments, self.within, [value] if is_list_type(get_nullable_type(self.type)) else value)
        variables = {f"v_{name}": value for name, value in arguments.items()}
        declared = ", ".join(f"$v_{name}: {self.takes.args[name].type}" for name in arguments)
        given = ", ".join(f"{name}: $v_{name}" for name in arguments)
        query = f"{last}({given}) {_selection(self.takes)}"
        for name in reversed(above):
            query = f"{name} {{ {query} }}"
        return {"query": f"{self.root.lower()} ({declared}) {{ {query} }}", "variables": variables}

    def literal(self, written: str, fit: Mapping[str, Any]) -> dict[str, Any]:
        """The same with a value that only GraphQL's own notation can write."""
        mark = "0c5a3d2e"
        request = self.operation(mark, fit)
        query = self.root.lower() + request["query"].partition(")")[2]
        for name, value in request["variables"].items():
            query = query.replace(f"${name}", _written(value))
        return {"query": query.replace(f'"{mark}"', written)}


def places() -> list[Place]:
    """All of them; those that several ways lead to once, by the shortest."""
    return [
        place
        for owner, (root, above) in _reached().items()
        for name, made in owner.fields.items()
        for place in _of_field(root, (*above, name), made)
    ]


def _reached() -> dict[GraphQLObjectType, tuple[str, tuple[str, ...]]]:
    """The types that fields lead to which need nothing, each with the shortest way to it."""
    found: dict[GraphQLObjectType, tuple[str, tuple[str, ...]]] = {}
    todo: deque[tuple[Any, str, tuple[str, ...]]] = deque((TYPES[root], root, ()) for root in ROOTS)
    while todo:
        owner, root, above = todo.popleft()
        if owner in found:
            continue
        found[owner] = root, above
        for name, made in owner.fields.items():
            to = get_named_type(made.type)
            needs = name in WANT_ONE_OF_TWO or any(is_required_argument(each) for each in made.args.values())
            if root == "Query" and isinstance(to, GraphQLObjectType) and not needs:
                todo.append((to, root, (*above, name)))
    return found


def _of_field(root: str, fields: tuple[str, ...], made: GraphQLField) -> Iterator[Place]:
    for name, argument in made.args.items():
        whole = Place(root, fields, (name,), argument.type, made)
        yield from _inner(whole)


def _inner(place: Place) -> Iterator[Place]:
    named = get_named_type(place.type)
    if not isinstance(named, GraphQLInputObjectType):
        yield place
        return
    for name, made in named.fields.items():
        yield from _inner(replace(place, within=(*place.within, name), type=made.type))


def _filled(given: GraphQLArgument | GraphQLInputField, where: str, fit: Mapping[str, Any]) -> Any:
    """What is fit here: by the field and the name (`tenant.slug`), by the name, or by the type."""
    named = get_named_type(given.type)
    field_name, name = where.split(".")
    value: Any
    if isinstance(named, GraphQLInputObjectType):
        value = {
            each: _filled(made, f"{field_name}.{each}", fit)
            for each, made in named.fields.items()
            if is_required_input_field(made) or each in fit["always"]
        }
    else:
        usual = next(iter(named.values)) if isinstance(named, GraphQLEnumType) else fit.get(str(named))
        value = fit.get(where, fit.get(name, usual))
    return [value] if is_list_type(get_nullable_type(given.type)) else value


def _put(arguments: dict[str, Any], within: tuple[str, ...], value: Any) -> None:
    here: Any = arguments
    for name in within[:-1]:
        here = here[name]
        here = here[0] if isinstance(here, list) else here
    here[within[-1]] = value


def _selection(made: GraphQLField) -> str:
    named = get_named_type(made.type)
    if not is_composite_type(named):
        return ""
    refused = "... on Refused { code message problems { message field } }" if is_union_type(named) else ""
    return f"{{ __typename {refused} }}"


def _written(value: Any) -> str:
    """A JSON value in GraphQL's notation."""
    match value:
        case dict():
            return "{" + ", ".join(f"{name}: {_written(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
        case str() if value.isupper():  # enum values, and nothing else that is filled in
            return value
    return json.dumps(value)
