"""The reference: pages of docs/reference that are written from the code, so that they cannot say anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.reference import events, graphql, permissions, problems

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES: Final[dict[str, Callable[[], str]]] = {
    "operations.md": graphql.operations,
    "types.md": graphql.types,
    "events.md": events.entries,
    "permissions.md": permissions.table_of_roles,
    "refusals.md": problems.refusals,
    "problems.md": problems.problem_types,
}
