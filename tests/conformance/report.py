"""The suite's report: each requirement, and under which policies it held."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAMED: Final = re.compile(r"test_((?:(?:s[123]|c)_\d+_)+)")
ONE: Final = re.compile(r"(s[123]|c)_(\d+)_")
NODE: Final = re.compile(r"::(\w+)\[([^\]-]+)")
WORSE: Final = ("passed", "skipped", "failed", "error")


def requirements(test: str) -> list[str]:
    """The ids in a test's name: `test_c_1_s1_19_a_session_lasts` is about C-1 and S1-19."""
    named = NAMED.match(test)
    return [f"{system.upper()}-{number}" for system, number in ONE.findall(named[1])] if named else []


def table(outcomes: Mapping[str, str]) -> Iterable[str]:
    """One line for each requirement, one column for each policy; of several tests the worst outcome."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for node, outcome in outcomes.items():
        if match := NODE.search(node):
            for requirement in requirements(match[1]):
                before = found[requirement].get(match[2], "passed")
                found[requirement][match[2]] = max(outcome, before, key=WORSE.index)
    policies = list(dict.fromkeys(policy for row in found.values() for policy in row))
    yield f"\n{'requirement':12}" + "".join(f"{policy:>12}" for policy in policies)
    for requirement in sorted(found, key=order):
        row = found[requirement]
        yield f"{requirement:12}" + "".join(f"{row.get(policy, '-'):>12}" for policy in policies)
    yield f"{len(found)} requirements under {len(policies)} {'policy' if len(policies) == 1 else 'policies'}"


def order(requirement: str) -> tuple[str, int]:
    """C after S3, and S1-9 before S1-10."""
    system, _, number = requirement.partition("-")
    return (system if system != "C" else "T", int(number))
