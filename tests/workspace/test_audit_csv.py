"""The download: nothing in it is computed, nothing left out, and a console that goes away is no short file."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from examples.workspace.audit_csv import inert
from tests.workspace.conftest import ACME, GLOBEX, Open
from tests.workspace.test_audit import Answering, console, forbidden

__all__ = ["console"]


def line(sequence: int, summary: str) -> dict[str, Any]:
    return {
        "at": "2026-11-14T09:12:30.5Z",
        "kind": "IMPERSONATION_STARTED",
        "summary": summary,
        "sequence": str(sequence),
        "ipAddress": "203.0.113.7",
        "actor": {"name": "@Jane"},
        "session": None,
    }


def answered(*lines: dict[str, Any], more: str | None = None, tenant: object = ACME.uuid) -> dict[str, Any]:
    info = {"hasNextPage": more is not None, "endCursor": more}
    return {"data": {"tenant": {"uuid": str(tenant), "audit": {"nodes": list(lines), "pageInfo": info}}}}


@pytest.mark.parametrize(
    "hostile",
    [
        '=HYPERLINK("http://evil.example","x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "  =1+1",
        '"=1+1',
        "\t=1+1",
        "fine;=1+1",
        "fine\r\n=1+1",
        'fine;"=1+1',
        "\uff1d1+1",
        "; ; =1",
    ],
)
def test_a_formula_is_made_text(hostile: str) -> None:
    """Threat 31: whatever a spreadsheet takes for a cell of its own begins with an apostrophe."""
    for cell in re.split(r"[;\t\r\n]", inert(hostile)):
        assert not re.match(r"[\s\"']*[=+\-@\uff1d]", cell) or re.match(r"[\s\"]*'", cell)
    assert inert(hostile).replace("'", "") == hostile


@pytest.mark.parametrize("plain", ["", "a=b", "Jane's e-mail", "1 - 2", "jane@actas.example", "a; b"])
def test_ordinary_text_is_left_alone(plain: str) -> None:
    assert inert(plain) == plain


async def test_all_pages_are_in_the_file_each_line_once_and_nothing_is_computed(
    open_browser: Open, console: Answering
) -> None:
    console.answers = [
        answered(line(3, '=cmd|"/c calc"!A1'), line(2, "two, with a comma"), more="there"),
        answered(line(1, "one")),
    ]
    browser = open_browser(ACME, console_url=console.url)
    await browser.sign_in("owner")
    answer = await browser.get("/audit.csv?kind=visits&since=2026-11-01&until=2026-11-14")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="who-was-here-acme.csv"'
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert [row[0] for row in rows] == ["3", "2", "1"]
    assert rows[0][head.index("What happened")] == '\'=cmd|"/c calc"!A1'
    assert {row[head.index("By")] for row in rows} == {"'@Jane"}
    assert [asked["variables"]["after"] for asked in console.asked] == [None, "there"]
    for asked in console.asked:
        assert asked["variables"]["entries"] == {
            "since": "2026-11-01T00:00:00+00:00",
            "until": "2026-11-15T00:00:00+00:00",
            "kinds": [
                "IMPERSONATION_STARTED",
                "IMPERSONATION_ENTERED",
                "IMPERSONATION_MODE_CHANGED",
                "IMPERSONATION_SURFACE_TOUCHED",
                "IMPERSONATION_ENDED",
            ],
        }


@pytest.mark.parametrize("answer", [forbidden(), answered(line(1, "x"), tenant=GLOBEX.uuid)])
async def test_without_a_record_the_answer_is_a_page_and_no_empty_file(
    open_browser: Open, console: Answering, answer: Any
) -> None:
    """The other company's record in particular is never handed out (P5)."""
    console.answer = answer
    browser = open_browser(ACME, console_url=console.url)
    await browser.sign_in("owner")
    page = await browser.get("/audit.csv")
    assert page.headers["content-type"].startswith("text/html")
    assert "The record cannot be shown right now" in page.text


async def test_a_download_that_the_console_lets_down_breaks_off(open_browser: Open, console: Answering) -> None:
    """A file that ends early looks whole: the connection must tell."""
    console.answers = [answered(line(2, "two"), more="there"), forbidden()]
    browser = open_browser(ACME, console_url=console.url, strict=True)
    await browser.sign_in("owner")
    with pytest.raises(Exception, match="TENANT_SIDE_READ"):
        await browser.get("/audit.csv")


async def test_a_member_may_not_download_the_record(open_browser: Open) -> None:
    browser = open_browser(ACME)
    await browser.sign_in("member")
    assert (await browser.get("/audit.csv")).status_code == 403
