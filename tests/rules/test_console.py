"""What the console says by itself is what the server would say."""

from __future__ import annotations

import re

from permissions.operators import Permission, Role, permissions_of
from permissions.rule_words import WORDS, Words
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


def test_a_rule_has_one_name_in_the_console_and_in_the_sentences_of_the_ledger() -> None:
    page = (ROOT / "ui/src/tenants/rules.ts").read_text(encoding="utf-8")
    groups, modes = page.split("export const MODES")
    written = re.split(r"field: '(\w+)'", groups)
    told = {name: _words(rule) for name, rule in zip(written[1::2], written[2::2], strict=True)}
    assert told["modes"] == Words("Modes")
    told["modes"] = Words("Modes", _values(modes))
    assert told == WORDS


def _words(rule: str) -> Words:
    said = dict(re.findall(r"\b(label|none|yes|no): '([^']+)'", rule))
    flags = {"true": said["yes"], "false": said["no"]} if "yes" in said else {}
    return Words(said["label"], flags or _values(rule), said.get("none", "Not set"))


def _values(text: str) -> dict[str, str]:
    found = re.findall(r"\b([A-Z_]+(?:,[A-Z_]+)*)'?: '([^']+)'", text)
    return {value: words.replace("\u2019", "'") for value, words in found}
