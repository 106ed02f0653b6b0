"""Operations that nobody would write, made from the schema: none breaks the server, each is answered in proper shape.

`make fuzz` runs 3,000 of them; a run of all tests takes a cut. Both are seeded: the same operations every time.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from schemathesis.core.result import Ok

from actas.graphql import schema
from permissions.operators import NEVER_FOR_KEYS, Permission, Role
from schema.export import SNAPSHOT
from tests.actas.serving import Site, serving
from tests.world import world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.databases import Databases

CASES: Final = int(os.environ.get("ACTAS_FUZZ_CASES", "300"))
SEED: Final = 20_261_121
MODERN: Final = "application/graphql-response+json"
# What may be answered to anything; INTERNAL and UNAVAILABLE may not.
CODES: Final = {"BAD_USER_INPUT", "FORBIDDEN"}

INSTANTS: Final = st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()) | st.text(max_size=30)
SCALARS: Final = {
    "BigInt": st.integers().map(nodes.Int),
    "DateTime": INSTANTS.map(nodes.String),
    "Decimal": st.decimals().map(str).map(nodes.String),
    "JSON": st.text().map(nodes.String)
    | st.integers(-(2**31), 2**31).map(nodes.Int)
    | st.booleans().map(nodes.Boolean),
    "UUID": (st.uuids().map(str) | st.text(max_size=40)).map(nodes.String),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The whole application over a small world."""
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        serving(world, tmp_path_factory.mktemp("site"), graphql=schema) as served,
    ):
        await world.tenant("acme")
        yield served


def operations(kind: str) -> list[Any]:
    """A strategy for each root field of a kind."""
    for name, strategy in SCALARS.items():
        schemathesis.graphql.scalar(name, strategy)
    made = schemathesis.graphql.from_file(SNAPSHOT.read_text(encoding="utf-8"))
    found = [each.ok() for each in made.get_all_operations() if isinstance(each, Ok)]
    return [each.as_strategy() for each in found if each.label.startswith(kind)]


# The server is in this process, and draws its pauses while an operation is being made up.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.parametrize("kind", ["Query", "Mutation"])
async def test_no_operation_breaks_the_server(
    site: Site, kind: str, record_property: Callable[[str, object], None]
) -> None:
    """Threats 22, 25, 26: as an admin, as an auditor and as a service that may do everything that services may."""
    key = await site.key(*(each for each in Permission if each not in NEVER_FOR_KEYS))
    callers = [
        site.console_headers(await site.operator(role)) for role in (Role.PLATFORM_ADMIN, Role.PLATFORM_READONLY)
    ]
    callers += [{"authorization": f"Bearer {key}"}]
    strategies = operations(kind)
    each, more = divmod(CASES // 2, len(strategies))
    answered: Counter[str] = Counter()

    def run() -> None:
        turns = cycle(callers)
        with httpx.Client(base_url=f"http://127.0.0.1:{site.port}", timeout=30) as client:
            client.headers.update({"host": site.settings.console_host, "accept": MODERN})
            for number, strategy in enumerate(strategies):
                ask(client, strategy, each + (number < more), turns, answered)

    await asyncio.to_thread(run)
    record_property("figure", f"schemathesis, {kind}: {answered.total()} cases, 0 failures ({dict(answered)})")


def ask(
    client: httpx.Client, strategy: Any, cases: int, turns: Iterator[dict[str, str]], answered: Counter[str]
) -> None:
    """So many operations, one after the other, by each caller in turn."""

    @seed(SEED)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(case: Any) -> None:
        response = client.post("/graphql", json={"query": case.body}, headers=next(turns))
        answered[verdict(response)] += 1

    one()


def verdict(response: httpx.Response) -> str:
    """In a word what an answer is; fails where it is none that GraphQL knows."""
    body = response.json()
    assert response.status_code in {200, 400}, body
    assert ("data" in body) is (response.status_code == 200), body
    errors = body.get("errors", [])
    assert errors or response.status_code == 200, body
    for error in errors:
        assert error["message"], body
        assert error["extensions"]["code"] in CODES, body
    return "refused" if "data" not in body else "answered with errors" if errors else "answered"
