"""What one operation may ask for at most: named, and decided before anything runs (threat 22)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from graphql import get_introspection_query, parse

from permissions.operators import Permission
from schema import documents
from schema.build import schema
from schema.documents import Documents, Invalid
from schema.export import SNAPSHOT
from schema.limits import BeyondLimit, Limit, fragments_of
from schema.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import DocumentNode

    from tests.schema.conftest import Api

HTTP_ONLY = {"accept": "application/graphql-response+json"}


@pytest.fixture
def api(shared_api: Api) -> Api:
    """One for all: what is asked here changes nothing that another test reads."""
    return shared_api


def nested(depth: int) -> str:
    """`depth` fields within each other."""
    return (
        "{ tenants(first: 1) { nodes"
        + " { sessions(first: 1) { nodes { tenant" * ((depth - 2) // 3)
        + " { id }"
        + " }" * depth
    )


def chain(length: int) -> str:
    links = " ".join(f"fragment F{each} on Query {{ ...F{each + 1} }}" for each in range(length))
    return f"{{ ...F0 }} {links} fragment F{length} on Query {{ __typename }}"


def doubling(levels: int) -> str:
    links = " ".join(f"fragment F{each} on Query {{ ...F{each + 1} ...F{each + 1} }}" for each in range(levels))
    return f"{{ ...F0 }} {links} fragment F{levels} on Query {{ __typename }}"


def many(count: int, each: Callable[[int], str]) -> str:
    return " ".join(map(each, range(count)))


WIDE = (
    "fragment P on Tenant { name slug status plan region createdAt updatedAt uuid statusReason supportUrl "
    "policy { version modes approval exclusive carrier landingPath returnTo onConflict concurrency tenantPresence "
    "reasonRequired reasonMinLength reasonMaxLength ticketRequired ticketPattern durationSelectable notifyEmails "
    "defaultDurationSeconds maxDurationSeconds idleTimeoutSeconds abandonAfterSeconds notifyKinds notifyWebhook } "
    "impersonability { state code explanation modes } activeSessions { id uuid reason ticket state mode breakGlass "
    "requestedAt startedAt expiresAt endedAt endCause durationSeconds lastSeenAt requestCount policyVersion } }"
)
BEYOND = [
    (Limit.TOKENS, "{ " + "__typename " * 2_100 + "}", 2_001),
    (Limit.TOKENS, "{ " + "a " * 500_000 + "}", 2_001),
    (Limit.NESTING, "{a" * 900 + "}" * 900, 51),
    (Limit.NESTING, "{ tenants(first: " + "[" * 1_900 + ") { nodes { id } } }", 51),
    (Limit.OPERATIONS, many(11, lambda each: f"query Q{each} {{ __typename }}"), 11),
    (Limit.FRAGMENTS, chain(120), 121),
    (
        Limit.ROOT_FIELDS,
        "{ " + many(21, lambda each: "viewer { permissions }" if each % 2 else "__typename") + " }",
        21,
    ),
    (Limit.DEPTH, nested(14), 13),
    (Limit.SELECTIONS, "{ tenants { nodes { " + many(20, lambda _: "...P ") + "} } } " + WIDE, 1_001),
    (Limit.ALIASES, "{ tenants { nodes { " + many(31, lambda each: f"a{each}: id") + " } } }", 31),
    (Limit.ALIASES, "{ " + "...F " * 12 + "} fragment F on Query { tenants { nodes { a: id b: id c: id } } }", 31),
    (Limit.DIRECTIVES, "{ tenants { nodes { " + many(51, lambda _: "... @skip(if: false) { id }") + " } } }", 51),
    (Limit.DIRECTIVES_AT_ONCE, "{ __typename " + "@skip(if: false) " * 5 + "}", 5),
    (Limit.REPEATS, "{ tenants { nodes { " + "id " * 21 + "} } }", 21),
    (Limit.REPEATS, doubling(90), 21),
    (Limit.REPEATS, "{ " + "... @include(if: true) { __typename } " * 21 + "}", 21),
    (Limit.ROOT_FIELDS, "{ " + many(31, lambda each: f"a{each}: __typename") + " }", 21),
    (Limit.DIRECTIVES_AT_ONCE, "{ ...F " + "@skip(if: false) " * 5 + "} fragment F on Query { __typename }", 5),
    (Limit.ROWS, "{ tenants(first: 200) { nodes { sessions(first: 50) { nodes { id } } } } }", 10_200),
]


@pytest.mark.parametrize(("limit", "query", "asked"), BEYOND)
async def test_what_is_beyond_a_limit_is_refused_by_its_name_before_it_runs(
    api: Api, limit: Limit, query: str, asked: int
) -> None:
    response = await api.post(api.world.admin, {"query": query}, **HTTP_ONLY)
    assert response.status_code == 400, response.text
    (error,) = response.json()["errors"]
    told = {"code": "BAD_USER_INPUT", "limit": limit.name, "most": limit.most, "asked": asked}
    assert error["extensions"] == told
    assert f"{asked:,}" in error["message"]
    assert f"{limit.most:,}" in error["message"]
    assert error["message"].endswith(f". {limit.instead}")


async def test_a_huge_list_in_variables_is_refused_by_its_name(api: Api) -> None:
    """What the document's limits do not see; a body's own limit comes before."""
    query = "query ($f: TenantFilter) { tenants(filter: $f) { nodes { id } } }"
    for field in ("plans", "ids"):
        answer = await api.ask(api.world.admin, query, f={field: ["x"] * 100_000})
        assert answer.codes == ["BAD_USER_INPUT"]
        assert f"`filter.{field}` has more than 100 values" in answer.errors[0]["message"]
    answer = await api.ask(api.world.admin, query, f={"statuses": ["NOTHING"] * 20_000})
    assert len(answer.errors) <= 60
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    assert (await api.ask(api.world.admin, query, f={"plans": deep})).codes == ["BAD_USER_INPUT"]


def test_the_page_lists_every_limit() -> None:
    page = (SNAPSHOT.parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
    assert [f"| `{limit.name}` | {limit.most:,} " in page for limit in Limit] == [True] * len(Limit)


def test_every_limit_is_tried() -> None:
    assert {limit for limit, _, _ in BEYOND} == set(Limit)


@pytest.mark.parametrize(
    "query",
    [
        nested(11),
        "{ " + "__typename " * 20 + "}",
        chain(90),
        "{ tenants(first: 200) { nodes { sessions(first: 48) { nodes { id } } } } }",
        get_introspection_query(),
    ],
)
async def test_what_is_within_the_limits_runs(api: Api, query: str) -> None:
    await api.data(api.world.admin, query)


@pytest.mark.parametrize("query", ["{ ...F } fragment F on Query { ...F }", chain(99), doubling(4), "{ tenants { } }"])
def test_fragments_without_end_and_empty_selections_are_errors_not_crashes(query: str) -> None:
    with suppress(Invalid):  # anything else would be masked as INTERNAL
        Documents(schema._schema).read(query)


async def test_variables_count_when_they_are_known(api: Api) -> None:
    query = """query ($first: Int = 200, $inner: Int) {
      tenants(first: $first) { nodes { sessions(first: $inner) { nodes { id } } } } }"""
    assert (await api.ask(api.world.admin, query, inner=50)).errors[0]["extensions"]["limit"] == "ROWS"
    assert not (await api.ask(api.world.admin, query, first=20, inner=200)).errors


@pytest.mark.parametrize(
    ("query", "variables", "rows"),
    [
        ("{ viewer { permissions } }", {}, 0),
        ("{ tenants { nodes { id } } }", {}, 50),
        ("{ tenants(first: 7) { nodes { id } edges { node { id } } } }", {}, 7),
        ("{ tenants(last: 8) { nodes { id } } }", {}, 8),
        ("{ tenants(first: 5) { nodes { activeSessions { id } } } }", {}, 5 + 5 * 10),
        ("{ tenants(first: 5) { edges { node { sessions(first: 3) { nodes { id } } } } } }", {}, 5 + 5 * 3),
        ("query ($n: Int) { tenants(first: $n) { nodes { id } } }", {"n": 9}, 9),
        ("query ($n: Int = 4) { tenants(first: $n) { nodes { id } } }", {}, 4),
        ("query ($n: Int) { tenants(first: $n) { nodes { id } } }", {"n": "x"}, 50),
        ("query ($n: Int) { tenants(first: $n) { nodes { id } } }", {"n": 10**9}, 200),
        ("query ($n: Int) { tenants(first: $n) { nodes { id } } }", {"n": -5}, 0),
        ('{ node(id: "x") { ... on Tenant { activeSessions { operator { id } } } } }', {}, 10),
        ("{ a: tenants(first: 2) { nodes { id } } b: tenants(first: 3) { nodes { id } } }", {}, 5),
        ("{ tenants { nodes { id } } tenants { pageInfo { hasNextPage } } }", {}, 50),
        ("{ ledgerCheck { entries } a: ledgerCheck { entries } }", {}, 8_000),
        ("subscription { tenantEvents { tenant { activeSessions { id } } } }", {}, 10),
    ],
)
def test_rows_are_the_sizes_of_lists_times_the_lists_that_they_stand_in(
    query: str, variables: dict[str, Any], rows: int
) -> None:
    document = Documents(schema._schema).read(query)
    assert rows_of(schema._schema, document.operation(None), fragments_of(parse(query)), variables) == rows


async def test_only_people_may_ask_about_the_schema_itself(api: Api) -> None:
    """A key's holder has no console: what is in the schema is none of its business."""
    key = await api.key(Permission.TENANT_READ)
    for query in (
        "{ __schema { types { name } } }",
        '{ x: __type(name: "Tenant") { name } }',
        "query A { __typename } query B { ...F } fragment F on Query { __schema { types { name } } }",
    ):
        body = {"query": query} | ({"operationName": "B"} if "query B" in query else {})
        answer = (await api.post(key, body)).json()
        assert answer.get("data") is None
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        assert (await api.post(api.world.admin, body)).json()["data"]
    assert (await api.post(key, {"query": "{ __typename }"})).json() == {"data": {"__typename": "Query"}}


async def test_a_document_of_several_operations_runs_the_one_that_is_named(api: Api) -> None:
    query = "query A { __typename } query B { viewer { permissions } }"
    unnamed = (await api.post(api.world.admin, {"query": query}, **HTTP_ONLY)).json()
    assert "several operations" in unnamed["errors"][0]["message"]
    missing = (await api.post(api.world.admin, {"query": query, "operationName": "C"}, **HTTP_ONLY)).json()
    assert "no operation 'C'" in missing["errors"][0]["message"]
    named = (await api.post(api.world.admin, {"query": query, "operationName": "B"})).json()
    assert named["data"]["viewer"]


def test_a_document_is_parsed_and_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counting(text: str) -> DocumentNode:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(documents, "parse", counting)
    kept = Documents(schema._schema)
    first, again = kept.read("{ viewer { permissions } }"), kept.read("{ viewer { permissions } }")
    assert first is again
    assert len(parsed) == 1


def test_what_is_kept_is_bounded_and_the_longest_unused_goes_first() -> None:
    kept = Documents(schema._schema, most_tokens=20)
    old, used = kept.read("query A { __typename }"), kept.read("query B { __typename }")
    for each in ("C", "D", "E"):
        kept.read("query B { __typename }")
        kept.read(f"query {each} {{ __typename }}")
    assert kept.read("query B { __typename }") is used
    assert kept.read("query A { __typename }") is not old


def test_what_is_invalid_is_not_kept() -> None:
    kept = Documents(schema._schema)
    for _ in range(2):
        with pytest.raises(Invalid):
            kept.read("{ nothing }")
    assert not kept._kept


def test_a_limit_says_in_words_what_was_asked() -> None:
    assert str(BeyondLimit(Limit.ROWS, 10_200, at_least=False)) == (
        "Too much for one operation: 10,200 rows that one operation could be answered with, the limit is 10,000. "
        "Ask for smaller pages with `first`."
    )
