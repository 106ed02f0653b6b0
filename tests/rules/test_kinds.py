"""Every kind of ledger entry has its place where people filter by kinds, so that the next one is not forgotten."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from examples.workspace import asked
from resolvers.events import KINDS

CONSOLE = Path("ui/src/ledger/kinds.ts")


def test_the_console_gives_each_kind_a_name_a_sign_and_a_group() -> None:
    named = re.findall(r"^    ([A-Z_]+): \{ label:", CONSOLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(KINDS)


def test_the_example_lets_a_tenants_admin_filter_by_each_kind_that_the_tenants_ledger_has() -> None:
    placed = [kind for _, kinds in asked.KINDS.values() for kind in kinds]
    of_tenants = [kind for kind, cls in KINDS.items() if "tenant_id" in {each.name for each in dataclasses.fields(cls)}]
    assert sorted(placed) == sorted(of_tenants)
