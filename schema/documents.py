"""Documents, parsed and validated once: clients send the same few texts all day."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphql import GraphQLError, OperationDefinitionNode, parse, specified_rules, validate
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from permissions.refusals import BadInput
from schema.limits import INTROSPECTION, BeyondLimit, Selected, check_document, check_text, fragments_of, selected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, FragmentDefinitionNode, GraphQLSchema

RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
MOST_ERRORS: Final = 20
# With its part of the tree a token takes half a kilobyte, so this is 30 MB at most, and in practice a few.
MOST_TOKENS_KEPT: Final = 60_000


class Invalid(Exception):
    """Nothing of a document can run."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(errors[0].message)
        self.errors = list(errors)


@dataclass(frozen=True)
class Document:
    """A valid document within all limits that follow from its text alone."""

    ast: DocumentNode
    fragments: Mapping[str, FragmentDefinitionNode]
    introspecting: frozenset[str | None]
    tokens: int

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation with this name, or the only one; raises BadInput where there is none or more than one."""
        found = [
            each
            for each in self.ast.definitions
            if isinstance(each, OperationDefinitionNode) and name in {None, name_of(each)}
        ]
        if not found:
            raise BadInput(
                "The document has no operation." if name is None else f"There is no operation {name!r} in it."
            )
        if len(found) > 1:
            raise BadInput("The document has several operations: say which with `operationName`.")
        return found[0]


class Documents:
    """The documents that were asked for lately; those asked longest ago go first."""

    def __init__(self, schema: GraphQLSchema, *, most_tokens: int = MOST_TOKENS_KEPT) -> None:
        self._schema = schema
        self._most = most_tokens
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._tokens = 0

    def read(self, text: str) -> Document:
        """The document of a text. Raises Invalid; what is invalid is not kept."""
        document = self._kept.get(text)
        if document:
            self._kept.move_to_end(text)
            return document
        document = self._made(text)
        self._kept[text] = document
        self._tokens += document.tokens
        while self._tokens > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._tokens -= oldest.tokens
        return document

    def _made(self, text: str) -> Document:
        try:
            tokens = check_text(text)
            ast = parse(text)
            check_document(ast)
        except GraphQLError as error:
            raise Invalid(error) from error
        except BeyondLimit as error:
            raise Invalid(GraphQLError(str(error), original_error=error)) from error
        errors = validate(
            self._schema, ast, RULES, MOST_ERRORS, hide_suggestions=True, allow_empty_selection_sets=False
        )
        if errors:
            raise Invalid(*errors)
        fragments = fragments_of(ast)
        introspecting = {
            name_of(operation)
            for operation in ast.definitions
            if isinstance(operation, OperationDefinitionNode)
            and any(
                isinstance(each, Selected) and each.node.name.value in INTROSPECTION
                for each in selected(operation, fragments)
            )
        }
        return Document(ast, fragments, frozenset(introspecting), tokens)


def name_of(operation: OperationDefinitionNode) -> str | None:
    """An operation's name, if it has one."""
    return operation.name.value if operation.name else None
