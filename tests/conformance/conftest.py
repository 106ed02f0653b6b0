"""The suite runs under each shipped profile, or under a deployer's own rules (`make conformance FILE=…`).

A test is named by the requirements that it is about (`test_c_1_s1_19_…`); docs/requirements.md says what each is.
A test about one system's own numbers is marked `under("timeboxed")`, and left out everywhere else.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio

from actas.policy_file import UnfitPolicy, load
from permissions.profiles import PROFILES
from permissions.rules import UnfitRules, contradictions, read
from permissions.strictness import beyond_the_cap
from resolvers import policies
from tests.conformance.house import House
from tests.conformance.report import table
from tests.schema.conftest import api_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from _pytest.terminal import TerminalReporter

    from tests.databases import Databases

FILE: Final = os.environ.get("ACTAS_CONFORMANCE_POLICY")
GIVEN: Final = [FILE] if FILE else list(PROFILES)


def rules_of(given: str) -> dict[str, Any]:
    """The rules that are given, fit to be a deployment's; raises pytest.UsageError, in words for whoever gave them."""
    try:
        rules = load(given)
        own = read(rules)
        if problems := [*beyond_the_cap(own), *contradictions(policies.of_deployment(own))]:
            raise UnfitRules(problems)
    except UnfitPolicy as error:
        raise pytest.UsageError(str(error).replace("ACTAS_POLICY=", "FILE=")) from error
    except UnfitRules as error:
        raise pytest.UsageError(f"{given}: {error}") from error
    return rules


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is started: a file that is no policy is said so."""
    config.addinivalue_line("markers", "under(*profiles): only these profiles' own numbers are meant")
    if FILE:
        rules_of(FILE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is meant of other profiles."""
    meant = [item for item in items if _is_meant(item)]
    if len(meant) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in meant])
        items[:] = meant


def _is_meant(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("under")
    return marker is None or (isinstance(item, pytest.Function) and item.callspec.params["policy"] in marker.args)


def name_of(given: str) -> str:
    """What the report calls a policy."""
    return Path(given).stem


@pytest.fixture(params=GIVEN, ids=name_of)
def policy(request: pytest.FixtureRequest) -> str:
    """A shipped profile's name, or the deployer's file."""
    given: str = request.param
    return given


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def houses(databases: Databases) -> AsyncIterator[Callable[[str], Awaitable[House]]]:
    """A deployment for each policy, made when it is first asked for."""
    made: dict[str, House] = {}
    async with AsyncExitStack() as stack:

        async def house_under(given: str) -> House:
            if given not in made:
                urls = await stack.enter_async_context(databases.fresh())
                api = await stack.enter_async_context(api_on(urls))
                await policies.adopt(api.world.database, rules_of(given), stated_by=f"ACTAS_POLICY={given}")
                made[given] = House(api, given, await policies.deployment(api.world.database))
            return made[given]

        yield house_under


@pytest_asyncio.fixture(loop_scope="session")
async def house(policy: str, houses: Callable[[str], Awaitable[House]]) -> House:
    """The deployment under this policy, shared by the tests: each has tenants and operators of its own."""
    return await houses(policy)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print which requirements held under which policy, where the suite runs by itself."""
    if os.environ.get("ACTAS_CONFORMANCE_REPORT"):
        outcomes = {
            report.nodeid: outcome
            for outcome in ("passed", "skipped", "failed", "error")
            for report in terminalreporter.stats.get(outcome, [])
        }
        terminalreporter.write_line("\n".join(table(outcomes, map(name_of, GIVEN))))
