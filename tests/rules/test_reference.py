"""The reference says what the code says."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

import actas.app
from actas.export import PARAMETERS
from actas.ledger_formats import FORMATS
from actas.problems import ERROR_STATUS, REQUEST_PROBLEMS
from actas.rest import END_FIELDS, START_FIELDS
from permissions.policy import _STATUS_REFUSES
from permissions.refusals import RefusalCode
from tests.rules.source import ROOT, assert_none
from tools.reference import PAGES
from tools.reference.problems import BY_HTTP, FORBIDDEN, TO_DO

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = ROOT / "docs/reference"
HTTP = (REFERENCE / "http.md").read_text()


def routes(source: str, names: object) -> Iterator[str]:
    """The paths that an application is made of, also those that it names by a constant."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Route"):
            path = node.args[0]
            yield path.value if isinstance(path, ast.Constant) else getattr(names, path.id)  # type: ignore[misc, attr-defined]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_what_the_code_writes(name: str) -> None:
    assert (REFERENCE / name).read_text() == PAGES[name](), "the code says something else by now: `make docs`"


def test_every_page_is_on_the_list_of_pages() -> None:
    listed = set(re.findall(r"\]\((\w+\.md)\)", (REFERENCE / "README.md").read_text()))
    assert listed == {path.name for path in REFERENCE.glob("*.md")} - {"README.md"}


def test_every_route_is_on_the_page_of_routes() -> None:
    served = set(routes((ROOT / "actas/app.py").read_text(), actas.app))
    assert {"/graphql", "/ledger/export", "/livez"} < served
    assert_none(path for path in served if f"{path}`" not in HTTP)


def test_every_field_and_parameter_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", HTTP))
    assert {*START_FIELDS, *END_FIELDS, *PARAMETERS, *FORMATS} <= told


def test_every_code_has_a_way_out_and_every_problem_its_page() -> None:
    """Also those that no test provokes: a code without words does not get into the reference."""
    assert set(TO_DO) == set(RefusalCode)
    page = (REFERENCE / "problems.md").read_text()
    assert_none(
        code
        for code in (*BY_HTTP, *REQUEST_PROBLEMS, *ERROR_STATUS)
        if f"{code.lower().replace('_', '-')}`" not in page
    )


def test_what_a_status_forbids_is_told_as_forbidden() -> None:
    assert {code for code, _ in _STATUS_REFUSES.values()} <= FORBIDDEN


def test_a_planted_route_is_missed_by_no_test() -> None:
    assert list(routes('Starlette(routes=[Route("/secret", x), WebSocketRoute(GRAPHQL, y)])', actas.app)) == [
        "/secret",
        "/graphql",
    ]
    assert "/secret`" not in HTTP
