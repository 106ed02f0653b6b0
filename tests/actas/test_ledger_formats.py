"""What a spreadsheet makes of an exported ledger (threat 31)."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actas.ledger_formats import inert
from permissions.operators import Role
from tests.actas.test_export import fetch, lines, reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.actas.serving import Site

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1", ' "=1"')
# Behind quotes and spaces, unless an apostrophe stands there.
COMPUTED = re.compile('["\\s]*[=+\\-@\uff1d]')


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_cell_of_the_file_begins_like_a_formula_and_ndjson_has_it_as_it_is(site: Site, formula: str) -> None:
    """Threat 31."""
    reason = f"{formula} and more; {formula}"
    tenant_id = await reported(site, reason)
    cookie = await site.operator(Role.PLATFORM_READONLY)
    asked = {"cookie": cookie, "tenant": str(tenant_id)}
    told = (await fetch(site, format="csv", **asked)).text
    assert not list(computed(told))
    assert any(
        each["details"].get("reason") == reason.strip() for each in lines(await fetch(site, format="ndjson", **asked))
    )


@given(st.text(alphabet=" \t\r\n;,'\"=+-@\uff1da1", max_size=40))
def test_no_text_becomes_a_formula_whatever_splits_the_cells(text: str) -> None:
    told = io.StringIO()
    csv.writer(told, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(["2026", inert(text), "x"])
    assert not list(computed(told.getvalue()))


@pytest.mark.parametrize("plain", ["webhook 500s", "a=b", '{"reason":"-5 degrees"}', "Jane (jane@example.com)"])
def test_what_is_no_formula_stays_as_it_is(plain: str) -> None:
    assert inert(plain) == plain


def computed(told: str) -> Iterator[str]:
    """The cells that a spreadsheet would compute, whether it splits them by commas, by semicolons or by tabs."""
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(told, newline=""), delimiter=delimiter):
            yield from (cell for cell in row if COMPUTED.match(cell))
