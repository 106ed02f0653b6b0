"""Around every operation: a context of its own, errors in the contract's words, and a record that it was looked at."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import strawberry
import structlog
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
)
from strawberry.exceptions import StrawberryGraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import PreExecutionError

from permissions.refusals import ActasError, BadInput, Forbidden
from schema.documents import Documents, Invalid, name_of
from schema.limits import BeyondLimit
from schema.rows import check_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphql import DocumentNode, SelectionSetNode
    from strawberry.extensions.runner import SchemaExtensionsRunner
    from strawberry.types.execution import ExecutionContext, ExecutionResult, StreamExecutionResult

    from schema.context import Context

log = structlog.get_logger(__name__)

MASKED: Final = "Something went wrong. Nothing that was not answered has been shown; tell us the errorId."
UNNAMED: Final = "(unnamed)"


class Schema(strawberry.Schema):
    """Decides before execution what may run at all, and leaves the telling and logging of errors to Operation."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._documents = Documents(self._schema)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: the library would log their text, secrets included."""

    async def _prepare_operation_async(
        self,
        context: ExecutionContext,
        extensions_runner: SchemaExtensionsRunner,  # noqa: ARG002  its hooks would parse and validate each time anew
    ) -> PreExecutionError | None:
        """The library's one step between an operation's arrival and its execution, by documents that are kept."""
        errors = context.pre_execution_errors
        if not errors:
            try:
                self._prepare(context)
            except Invalid as error:
                errors = error.errors
            except ActasError as error:
                errors = [GraphQLError(str(error), original_error=error)]
        return PreExecutionError(data=None, errors=errors) if errors else None

    def _prepare(self, execution: ExecutionContext) -> None:
        """Find the document and decide whether this caller may have it run. Raises Invalid and ActasError."""
        if not execution.query:
            raise BadInput("`query` must be a string with an operation.")
        document = self._documents.read(execution.query)
        operation = document.operation(execution._provided_operation_name)  # noqa: SLF001  the public one takes the first of several
        execution.graphql_document = document.ast
        if execution.operation_type not in execution.allowed_operations:
            raise InvalidOperationTypeError(execution.operation_type)
        if name_of(operation) in document.introspecting and execution.context.caller.person is None:
            raise Forbidden("Only operators may ask about the schema itself; it is in schema/schema.graphql, too.")
        check_rows(self._schema, operation, document.fragments, execution.variables or {})


class Operation(SchemaExtension):
    """One operation, over HTTP or a socket."""

    def __init__(self, **_: object) -> None:
        self._recorded = False
        self._streams = False

    async def on_operation(self) -> AsyncIterator[None]:
        """Give it a context of its own, and decide anew whether its caller still is one."""
        execution = self.execution_context
        context: Context = execution.context.for_operation()
        execution.context = context
        try:
            await context.live_caller()
        except ActasError as error:
            # Found before validation, this is answered in its place.
            execution.pre_execution_errors = [GraphQLError(str(error), original_error=error)]
        yield
        result = execution.result
        if not self._streams and result is not None:
            await self._finish(result)  # type: ignore[arg-type]  # both kinds of result have what is read

    async def on_stream_result(self, result: StreamExecutionResult) -> AsyncIterator[None]:
        """The same for each result that a socket sends, before it does."""
        self._streams = True
        await self._finish(result)  # type: ignore[arg-type]  # both kinds of result have what is read
        yield

    async def _finish(self, result: ExecutionResult) -> None:
        refused = any(isinstance(error.original_error, Forbidden) for error in result.errors or ())
        if result.errors:
            result.errors = [told(error) for error in result.errors]
        if self._recorded or isinstance(result, PreExecutionError):
            return
        self._recorded = True
        try:
            await self._record(refused)
        except ActasError as error:
            # What cannot be recorded is not shown (S1-8): the answer is thrown away.
            result.data = None
            result.errors = [told(GraphQLError(str(error), original_error=error))]

    async def _record(self, refused: bool) -> None:  # noqa: FBT001  the one thing that is recorded
        execution = self.execution_context
        context: Context = execution.context
        document = execution.graphql_document
        if context.activity is None or context.caller.person is None or document is None:
            return
        name = execution.operation_name
        operation = f"{execution.operation_type.value} {name or UNNAMED}"
        await context.activity.record(
            context.caller, operation, root_fields(document, name), sorted(context.seen), refused=refused
        )


def told(error: GraphQLError) -> GraphQLError:
    """An error as the caller is told: by its code and in words, or masked under an id that the log has too."""
    original = error.original_error
    if isinstance(original, ActasError):
        message = error.message if isinstance(original, BadInput) else str(original)
        extensions: dict[str, object] = {"code": original.code}
        if isinstance(original, BeyondLimit):
            extensions |= original.extensions
    elif original is None or isinstance(original, GraphQLError | StrawberryGraphQLError):
        # The executor's own check of variables still suggests names that whoever asks may not know.
        message, extensions = error.message.partition(" Did you mean ")[0], {"code": BadInput.code}
    else:
        error_id = secrets.token_hex(8)
        log.error("operation failed", error_id=error_id, path=error.path, exc_info=original)
        message, extensions = MASKED, {"code": ActasError.code, "errorId": error_id}
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=original,
        extensions=extensions,
    )


def root_fields(document: DocumentNode, operation_name: str | None) -> list[str]:
    """The names of the root fields that an operation selects, also through fragments, in order and once each."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    found: dict[str, None] = {}
    spread: set[str] = set()

    def walk(selections: SelectionSetNode) -> None:
        for selection in selections.selections:
            match selection:
                case FieldNode():
                    found[selection.name.value] = None
                case InlineFragmentNode():
                    walk(selection.selection_set)
                case FragmentSpreadNode() if selection.name.value not in spread:
                    spread.add(selection.name.value)
                    walk(fragments[selection.name.value].selection_set)

    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode) and (
            operation_name is None or (definition.name and definition.name.value == operation_name)
        ):
            walk(definition.selection_set)
    return list(found)
