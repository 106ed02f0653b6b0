"""How an exported ledger is written: CSV for spreadsheets, NDJSON for machines."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from db.ledger import camel, plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from db.ledger import Entry
    from resolvers.exports import Export

COLUMNS: Final = (
    "chain", "seq", "at", "kind", "tenant_id", "session_id", "operator_id", "actor_kind", "actor_id", "actor_name",
    "actor_proof", "summary", "details", "ip", "user_agent", "previous_hash", "hash",
)  # fmt: skip
# As the API calls them.
NAMES: Final = {"seq": "sequence", "ip": "ipAddress"}
ORIGIN: Final = frozenset({"ip", "user_agent"})

# What a spreadsheet may take for a formula (threat 31): at the start of a cell, and behind what splits cells for one
# set to semicolons or tabs, whatever quotes and spaces stand between. Each run is looked at once.
BEFORE_FORMULA: Final = re.compile("(?<![;\\s\"'])[;\\s\"']*+(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
SPLITS: Final = frozenset(";\t\r\n")


def columns(export: Export) -> tuple[str, ...]:
    """The fields that this export has: where people called from only for who may read it (ORIGIN_READ)."""
    return COLUMNS if export.origin else tuple(each for each in COLUMNS if each not in ORIGIN)


class Format(Protocol):
    """One way to write an export: a beginning, its entries, an end."""

    media_type: str

    def begin(self, export: Export) -> bytes:
        """What comes before the first entry."""

    def entries(self, export: Export, entries: Sequence[Entry]) -> bytes:
        """Some entries."""

    def end(self, count: int) -> bytes:
        """What comes after the last entry, so that a cut file is known for one."""


class Csv:
    """RFC 4180 with a header line. Formulas get an apostrophe: take NDJSON for the stored text as it is.

    It has no place for an end mark: of a download, HTTP tells that it was cut.
    """

    media_type = "text/csv; charset=utf-8; header=present"

    def begin(self, export: Export) -> bytes:
        """The header."""
        return _lines([[NAMES.get(each, camel(each)) for each in columns(export)]])

    def entries(self, export: Export, entries: Sequence[Entry]) -> bytes:
        """One line for each entry."""
        chosen = columns(export)
        return _lines([_cell(getattr(entry, each)) for each in chosen] for entry in entries)

    def end(self, count: int) -> bytes:  # noqa: ARG002  a Format's signature
        """Nothing."""
        return b""


class Ndjson:
    """One JSON object on each line: an `export`, each `entry` with its details as they were hashed, an `end`."""

    media_type = "application/x-ndjson"

    def begin(self, export: Export) -> bytes:
        """What this is an export of."""
        extent = export.extent
        return _line(
            {
                "type": "export",
                "at": plain(export.at),
                "tenantId": plain(export.tenant.id) if export.tenant else None,
                "tenantSlug": export.tenant.slug if export.tenant else None,
                "from": plain(extent.since),
                "to": plain(extent.until),
            }
        )

    def entries(self, export: Export, entries: Sequence[Entry]) -> bytes:
        """One line for each entry."""
        return b"".join(_line({"type": "entry", **_fields(export, entry)}) for entry in entries)

    def end(self, count: int) -> bytes:
        """How many entries there were: without this line the file is not whole."""
        return _line({"type": "end", "entries": count})


FORMATS: Final[dict[str, Format]] = {"csv": Csv(), "ndjson": Ndjson()}


async def written(export: Export, pages: AsyncIterator[list[Entry]]) -> AsyncIterator[bytes]:
    """An export in its format, a piece at a time; the first only once the first page was read."""
    form, count, beginning = FORMATS[export.form], 0, True
    async for entries in pages:
        count += len(entries)
        piece = form.entries(export, entries)
        yield form.begin(export) + piece if beginning else piece
        beginning = False
    yield form.end(count)


def inert(cell: str) -> str:
    """A cell that no spreadsheet computes."""

    def escaped(run: re.Match[str]) -> str:
        return f"{run[0]}'" if run.start() == 0 or not SPLITS.isdisjoint(run[0]) else run[0]

    return BEFORE_FORMULA.sub(escaped, cell)


def _fields(export: Export, entry: Entry) -> dict[str, Any]:
    told = {NAMES.get(each, camel(each)): _value(getattr(entry, each)) for each in columns(export)}
    return {**told, "details": orjson.Fragment(entry.details)}


def _value(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else plain(value)


def _cell(value: object) -> object:
    """What comes from outside is text, and made inert; ids, instants, hashes and numbers begin no formula."""
    return inert(value) if isinstance(value, str) else _value(value)


def _line(told: dict[str, Any]) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _lines(rows: Any) -> bytes:
    told = io.StringIO()
    csv.writer(told, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return told.getvalue().encode()
