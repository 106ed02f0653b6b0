"""What the console says by itself is what the server would say."""

from __future__ import annotations

import re

from permissions.operators import Permission, Role, permissions_of
from tests.rules.source import ROOT

HOLDER = re.compile(r"^  (\w+): \[(.*)\],$", re.MULTILINE)


def test_who_lacks_a_permission_is_told_the_roles_that_the_server_gives_it_to() -> None:
    """ui.md: a page that is forbidden says which permission it needs, and who has it."""
    page = (ROOT / "ui/src/kit/Lacks.tsx").read_text(encoding="utf-8")
    told = {Permission(name): set(re.findall(r"'(\w+)'", roles)) for name, roles in HOLDER.findall(page)}
    given = {name: {role.value for role in Role if name in permissions_of(frozenset({role}))} for name in told}
    assert len(told) > 3
    assert told == given


def test_a_role_has_one_name_in_the_console_and_in_the_sentences_of_the_ledger() -> None:
    page = (ROOT / "ui/src/kit/roles.ts").read_text(encoding="utf-8")
    told = dict(re.findall(r"^  (PLATFORM_\w+): \{ word: '([^']+)'", page, re.MULTILINE))
    assert told == {role.value: role.word for role in Role}
