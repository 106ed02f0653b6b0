"""The API's pages, from the written schema."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    Undefined,
    ast_from_value,
    build_schema,
    get_named_type,
    is_specified_scalar_type,
    print_ast,
)

from schema.export import SNAPSHOT
from tools.reference.markdown import code, page, section, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import GraphQLArgument, GraphQLField, GraphQLInputField, GraphQLSchema

SOURCE: Final = "schema/schema.graphql"
NEEDS: Final = re.compile(r"\s*Needs ((?:[A-Z_]+)(?: or [A-Z_]+)*(?:, or that it is your own)?)\.$")

OPERATIONS: Final = """
Every operation of the API, with its arguments and what it needs. [Types](types.md) are on a page of their own, codes
of refusals under [refusals](refusals.md), permissions and roles under [permissions](permissions.md); [HTTP](http.md)
says how operations are sent and by whom.

- **Ids** are opaque and name their type; `uuid` fields have the bare UUID, as tokens do. Another type's id, or a
  forged one, is `BAD_USER_INPUT`.
- **Lists** are connections with keyset cursors: `first` is 50 unless given and at most 200, `after` takes a cursor of
  the same list.
- **Instants** are RFC 3339 in UTC, durations whole seconds.
- **Mutations** answer with what changed or with `Refused`: nothing happened, and `problems` say why. The same
  `idempotencyKey` gets the first call's answer.
- **Errors** at the top level have `extensions.code`: `UNAUTHENTICATED`, `FORBIDDEN` (it names the permission),
  `BAD_USER_INPUT`, `RATE_LIMITED`, `UNAVAILABLE` (it could not be recorded, so it did not happen: try again) or
  `INTERNAL` (with an `errorId` that the server's log has too).
- A field that needs a permission is null for who lacks it, and the answer has a `FORBIDDEN` beside it; the rest of
  the answer stays.
"""
TYPES: Final = """
What [operations](operations.md) take and give. `!` is never null. New enum values, union members and fields may come
at any time: tolerate what you do not know. Fields are deprecated before they go.
"""


@cache
def _schema() -> GraphQLSchema:
    return build_schema(SNAPSHOT.read_text(encoding="utf-8"))


def operations() -> str:
    """Queries, mutations and subscriptions."""
    schema = _schema()
    roots = (
        ("Queries", schema.query_type),
        ("Mutations", schema.mutation_type),
        ("Subscriptions", schema.subscription_type),
    )
    return page("GraphQL: operations", SOURCE, OPERATIONS, *(_root(title, root) for title, root in roots if root))


def types() -> str:
    """Everything else, by kind and name."""
    schema = _schema()
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
    named = [
        each
        for name, each in sorted(schema.type_map.items())
        if each not in roots and not name.startswith("__") and not is_specified_scalar_type(each)
    ]
    kinds: tuple[tuple[str, tuple[type[GraphQLNamedType], ...]], ...] = (
        ("Objects", (GraphQLObjectType, GraphQLInterfaceType)),
        ("Results and other unions", (GraphQLUnionType,)),
        ("Inputs", (GraphQLInputObjectType,)),
        ("Enums", (GraphQLEnumType,)),
        ("Scalars", (GraphQLScalarType,)),
    )
    sections = (
        section(2, title, *(_type(each) for each in named if isinstance(each, classes))) for title, classes in kinds
    )
    return page("GraphQL: types", SOURCE, TYPES, *sections)


def _root(title: str, root: GraphQLObjectType) -> str:
    return section(2, title, *(_operation(name, field) for name, field in sorted(root.fields.items())))


def _operation(name: str, field: GraphQLField) -> str:
    said, needs = _split(field.description)
    gives = f"Gives {_link(field.type)}."
    needed = f" Needs {_permissions(needs)}." if needs else ""
    return section(3, name, f"{said} {gives}{needed}".strip(), _deprecated(field), _arguments(field.args))


def _type(named: GraphQLNamedType) -> str:
    said = named.description or ""
    match named:
        case GraphQLObjectType() | GraphQLInterfaceType():
            implements = ", ".join(_link(each) for each in named.interfaces)
            detail = table(("field", "type", "what", "needs"), _fields(named.fields))
            return section(3, named.name, said, f"Implements {implements}." if implements else "", detail)
        case GraphQLInputObjectType():
            return section(3, named.name, said, _arguments(named.fields))
        case GraphQLUnionType():
            return section(3, named.name, said, f"One of {', '.join(_link(each) for each in named.types)}.")
        case GraphQLEnumType():
            rows = ((code(name), value.description or "") for name, value in named.values.items())
            return section(3, named.name, said, table(("value", "what"), rows))
        case _:
            return section(3, named.name, said)


def _fields(fields: Mapping[str, GraphQLField]) -> Iterable[tuple[str, str, str, str]]:
    for name, field in fields.items():
        said, needs = _split(field.description)
        taken = ", ".join(f"`{each}: {argument.type}`" for each, argument in field.args.items())
        takes = f" Takes {taken}." if taken else ""
        yield code(name), _link(field.type), f"{said}{takes} {_deprecated(field)}", _permissions(needs)


def _arguments(given: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]) -> str:
    rows = ((code(name), _link(each.type), f"{each.description or ''}{_default(each)}") for name, each in given.items())
    return table(("argument", "type", "what"), rows)


def _default(argument: GraphQLArgument | GraphQLInputField) -> str:
    if argument.default_value is Undefined or argument.default_value is None:
        return ""
    literal = ast_from_value(argument.default_value, argument.type)
    return f" Default: {code(print_ast(literal))}." if literal else ""


def _deprecated(field: GraphQLField) -> str:
    return f"**Deprecated:** {field.deprecation_reason}" if field.deprecation_reason else ""


def _split(description: str | None) -> tuple[str, str]:
    """What a field is, and the permission with which its guard ends the description."""
    said = description or ""
    found = NEEDS.search(said)
    return (said[: found.start()], found[1]) if found else (said, "")


def _permissions(needs: str) -> str:
    return re.sub(r"[A-Z_]{3,}", lambda name: f"`{name[0]}`", needs)


def _link(given: Any) -> str:
    named = get_named_type(given)
    if is_specified_scalar_type(named):
        return code(str(given))
    return f"[`{given}`](types.md#{named.name.lower()})"
