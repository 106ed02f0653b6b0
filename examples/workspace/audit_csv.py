"""The record as a file for a spreadsheet (threat 31: nothing in it is computed)."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from examples.workspace.asked import Asked
from examples.workspace.audit import unavailable
from examples.workspace.console import Console, ConsoleUnavailable
from examples.workspace.pages import page
from examples.workspace.record import Entry
from examples.workspace.visitor import Visitor

HEADS = ("No.", "Time (UTC)", "Kind", "What happened", "By", "From address", "Visit")
# What may stand before a formula: at the start of a cell, and behind what may split one, whatever quotes and spaces are
# between. Each run is looked at once. The wide forms too, which some spreadsheets take for the plain ones.
BEFORE_FORMULA = re.compile("(?<![;\\s\"'])[;\\s\"']*+(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
SPLITS = frozenset(";\t\r\n")


class AuditCsv:
    """The download."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def download(self, request: Request, visitor: Visitor) -> Response:
        """What the page's choice shows, all pages of it, as RFC 4180 writes it.

        The first page is read before the answer begins, so that a console that is away is a page that says so; one
        that goes away later breaks the download off, which a browser tells.
        """
        pages = self._console.entries(visitor.tenant, Asked.of(request.query_params))
        try:
            first = await anext(pages)
        except ConsoleUnavailable as problem:
            return page(visitor, "Who was here", unavailable(problem), here="audit")
        name = f"who-was-here-{visitor.tenant.slug}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(_written(first, pages), headers=headers, media_type="text/csv; charset=utf-8")


async def _written(first: tuple[Entry, ...], rest: AsyncIterator[tuple[Entry, ...]]) -> AsyncIterator[str]:
    yield _lines([HEADS]) + _lines(map(_cells, first))
    async for entries in rest:
        yield _lines(map(_cells, entries))


def _cells(entry: Entry) -> tuple[object, ...]:
    text = (entry.kind, entry.summary, entry.actor, entry.ip or "", str(entry.visit or ""))
    return (entry.sequence, f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}", *map(inert, text))


def inert(cell: str) -> str:
    """A cell that no spreadsheet computes: an apostrophe stands before what would begin a formula."""

    def marked(run: re.Match[str]) -> str:
        begins = run.start() == 0 or not SPLITS.isdisjoint(run[0])
        return f"{run[0]}'" if begins else run[0]

    return BEFORE_FORMULA.sub(marked, cell)


def _lines(rows: Iterable[tuple[object, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return written.getvalue()
