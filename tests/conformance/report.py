"""The suite's report: each requirement, and under which policies it held."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAMED: Final = re.compile(r"test_((?:(?:s[123]|c)_\d+_)+)")
ONE: Final = re.compile(r"(s[123]|c)_(\d+)_")
NODE: Final = re.compile(r"::(\w+)\[([^\]]+)\]")
WORST_LAST: Final = ("passed", "skipped", "failed", "error")


def requirements(test: str) -> list[str]:
    """The ids in a test's name: `test_c_1_s1_19_a_session_lasts` is about C-1 and S1-19."""
    named = NAMED.match(test)
    return [f"{system.upper()}-{number}" for system, number in ONE.findall(named[1])] if named else []


def table(outcomes: Mapping[str, str], policies: Iterable[str]) -> Iterable[str]:
    """One line for each requirement, one column for each policy, and what they come to.

    Held: all of a requirement's tests passed. Partly: some do not apply under this policy and were skipped.
    """
    columns = list(policies)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for node, outcome in outcomes.items():
        if match := NODE.search(node):
            policy = next((name for name in columns if match[2] == name or match[2].startswith(f"{name}-")), "?")
            for requirement in requirements(match[1]):
                found[requirement][policy].add(outcome)
    width = max(10, *(len(policy) + 2 for policy in columns))
    yield f"\n{'':12}" + "".join(f"{policy:>{width}}" for policy in columns)
    for requirement in sorted(found, key=order):
        row = found[requirement]
        yield f"{requirement:12}" + "".join(f"{verdict(row[policy]):>{width}}" for policy in columns)
    held = sum(all(verdict(row[policy]) in {"held", "-"} for policy in columns) for row in found.values())
    yield f"{held} of {len(found)} requirements held under {', '.join(columns)}; docs/requirements.md says what each is"


def verdict(outcomes: set[str]) -> str:
    """What a requirement's tests under one policy come to; `-` where none of them is about this policy."""
    if outcomes == {"passed", "skipped"}:
        return "partly"
    worst = max(outcomes, key=WORST_LAST.index, default="-")
    return {"passed": "held", "failed": "FAILED", "error": "FAILED"}.get(worst, worst)


def order(requirement: str) -> tuple[bool, str, int]:
    """S1-9 before S1-10, and C after all of the systems'."""
    system, _, number = requirement.partition("-")
    return (system == "C", system, int(number))
