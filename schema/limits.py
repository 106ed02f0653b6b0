"""What one operation may ask for at most: decided before anything of it runs (threat 22, OWASP API4).

Each limit has a name, and an error that says it, what it is and what was asked. Fragments count wherever they are
spread. What is counted is bounded itself: counting stops at the first limit that is passed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Lexer,
    OperationDefinitionNode,
    Source,
    TokenKind,
)

from permissions.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import DocumentNode, SelectionSetNode

    Directed = FieldNode | FragmentSpreadNode | InlineFragmentNode | OperationDefinitionNode

# Questions about the schema itself go deeper than others; a rule of the library's own keeps them out of loops.
INTROSPECTION: Final = frozenset({"__schema", "__type"})


class Limit(Enum):
    """A limit: how much of what, and what to do instead. The order is that in which they are looked at."""

    TOKENS = 2_000, "tokens", "Send values as variables, and split the document."
    NESTING = 50, "brackets within each other", "Ask for inner things by their own id."
    OPERATIONS = 10, "operations in one document", "Send them one by one."
    FRAGMENTS = 100, "fragments in one document", "Merge them, or split the document."
    ROOT_FIELDS = 20, "fields at the root of an operation", "Split the operation."
    DEPTH = 12, "fields within each other", "Ask for inner things by their own id."
    SELECTIONS = 1_000, "fields and fragments in one operation", "Ask for fewer fields, or split the operation."
    ALIASES = 30, "aliases in one operation", "Split the operation."
    DIRECTIVES = 50, "directives in one operation", "Split the operation."
    DIRECTIVES_AT_ONCE = 4, "directives at one place", "One condition is enough."
    REPEATS = 20, "times the same field at one place", "Name it once."
    ROWS = 10_000, "rows that one operation could be answered with", "Ask for smaller pages with `first`."

    def __init__(self, most: int, things: str, instead: str) -> None:
        self.most = most
        self.things = things
        self.instead = instead


class BeyondLimit(BadInput):
    """More was asked than one operation may."""

    def __init__(self, limit: Limit, asked: int, *, at_least: bool = True) -> None:
        self.limit, self.asked = limit, asked
        counted = f"at least {asked:,}" if at_least else f"{asked:,}"
        super().__init__(
            f"Too much for one operation: {counted} {limit.things}, the limit is {limit.most:,}. {limit.instead}"
        )

    @property
    def extensions(self) -> dict[str, object]:
        """What a client's code can go by."""
        return {"limit": self.limit.name, "most": self.limit.most, "asked": self.asked}


def check_text(text: str) -> int:
    """The number of a document's tokens. Raises BeyondLimit, so that no parser ever meets a text that is too deep."""
    lexer = Lexer(Source(text))
    tokens = depth = 0
    try:
        while (kind := lexer.advance().kind) is not TokenKind.EOF:
            tokens += kind is not TokenKind.COMMENT
            depth += (kind in _OPENING) - (kind in _CLOSING)
            _within(Limit.TOKENS, tokens)
            _within(Limit.NESTING, depth)
    except GraphQLSyntaxError:
        return tokens  # the parser will find it again, and say where
    return tokens


_OPENING: Final = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING: Final = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


def check_document(document: DocumentNode) -> None:
    """Raises BeyondLimit; what a document may hold that is not even valid is bounded, too."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    fragments = fragments_of(document)
    _within(Limit.OPERATIONS, len(operations), at_least=False)
    _within(Limit.FRAGMENTS, len(fragments), at_least=False)
    for operation in operations:
        _check_operation(operation, fragments)


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """A document's fragments by name."""
    return {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """A field as an operation selects it. `place`: the answer's keys down to it; `on`: the type condition above it."""

    node: FieldNode
    parent: Selected | None
    on: str | None
    place: tuple[str, ...]

    @property
    def introspects(self) -> bool:
        """Whether it asks about the schema itself."""
        return self.parent.introspects if self.parent else self.node.name.value in INTROSPECTION


@dataclass(frozen=True, slots=True)
class _Within:
    """Selections that are still to be looked at. `spread`: the fragments that they stand in, against cycles."""

    selections: SelectionSetNode
    parent: Selected | None = None
    on: str | None = None
    spread: frozenset[str] = frozenset()


def selected(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[Selected | Directed]:
    """All that an operation selects, parents first, fragments wherever they are spread; a cycle is left at its start.

    Fields come as Selected, what else can carry directives as it is. No recursion: a chain of fragments may be longer
    than Python's stack.
    """
    yield operation
    todo = [_Within(operation.selection_set)]
    while todo:
        here = todo.pop()
        above = here.parent.place if here.parent else ()
        for each in here.selections.selections:
            match each:
                case FieldNode():
                    field = Selected(each, here.parent, here.on, (*above, (each.alias or each.name).value))
                    yield field
                    if each.selection_set:
                        todo.append(_Within(each.selection_set, field, None, here.spread))
                case InlineFragmentNode():
                    yield each
                    on = each.type_condition.name.value if each.type_condition else here.on
                    todo.append(_Within(each.selection_set, here.parent, on, here.spread))
                case FragmentSpreadNode():
                    yield each
                    name = each.name.value
                    if name in fragments and name not in here.spread:
                        fragment = fragments[name]
                        on = fragment.type_condition.name.value
                        todo.append(_Within(fragment.selection_set, here.parent, on, here.spread | {name}))


def _check_operation(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
    counted: Counter[Limit] = Counter()
    repeats: Counter[tuple[str, ...]] = Counter()
    for each in selected(operation, fragments):
        node = each.node if isinstance(each, Selected) else each
        directives = len(node.directives or ())
        _within(Limit.DIRECTIVES_AT_ONCE, directives, at_least=False)
        counted[Limit.SELECTIONS] += 1
        counted[Limit.DIRECTIVES] += directives
        if isinstance(each, Selected):
            counted[Limit.ALIASES] += each.node.alias is not None
            counted[Limit.ROOT_FIELDS] += each.parent is None
            repeats[each.place] += 1
            _within(Limit.REPEATS, repeats[each.place])
            if not each.introspects:
                _within(Limit.DEPTH, len(each.place))
        for limit, count in counted.items():
            _within(limit, count)


def _within(limit: Limit, asked: int, *, at_least: bool = True) -> None:
    if asked > limit.most:
        raise BeyondLimit(limit, asked, at_least=at_least)
