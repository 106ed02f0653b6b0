"""Service keys and other secrets: their form, what is kept of them, and what no key may hold."""

from __future__ import annotations

import hashlib

import pytest

from permissions import keys
from permissions.operators import NEVER_FOR_KEYS, Permission
from permissions.refusals import RefusalCode as Code


def test_a_key_says_what_it_opens_and_is_new_each_time() -> None:
    made = {keys.new_key() for _ in range(100)}
    assert len(made) == 100
    assert all(key.startswith("actas_") and keys.is_key(key) and len(key) == 49 for key in made)


def test_only_a_hash_is_kept_and_a_prefix_that_opens_nothing() -> None:
    """C-4: nothing that the server stores can be replayed."""
    key = keys.new_key()
    assert keys.digest(key.encode()) == hashlib.sha256(key.encode()).digest()
    assert key.startswith(keys.prefix(key))
    assert len(keys.prefix(key)) == 12


@pytest.mark.parametrize(
    "text",
    [
        "",
        "actas_",
        "actas_" + "x" * 42,
        "actas_" + "x" * 44,
        "actas_" + "x" * 42 + "\u00e4",
        "x" * 49,
        "actas_" + "x" * 43 + "\n",
    ],
)
def test_what_has_another_form_is_no_key(text: str) -> None:
    """Refused before the database is asked."""
    assert not keys.is_key(text)


@pytest.mark.parametrize("permission", sorted(NEVER_FOR_KEYS))
def test_a_key_with_what_only_people_may_is_unfit(permission: Permission) -> None:
    """DESIGN section 6: INPUT_INVALID, even beside what a key may hold."""
    refusal = keys.unfit("workspace", {permission, Permission.TOKEN_EXCHANGE})
    assert refusal is not None
    assert (refusal.code, refusal.problems[0].field) == (Code.INPUT_INVALID, "permissions")
    assert permission.value in refusal.message


def test_every_other_permission_may_be_given_to_a_key() -> None:
    assert keys.unfit("workspace", frozenset(Permission) - NEVER_FOR_KEYS) is None


def test_a_key_for_nothing_is_unfit() -> None:
    refusal = keys.unfit("workspace", ())
    assert refusal is not None
    assert refusal.problems[0].field == "permissions"


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 201, "a\0b", "a\u202e"])
def test_a_key_has_a_name_that_a_tenant_can_read(name: str) -> None:
    """It stands in the tenant's ledger: "as stated by key K"."""
    refusal = keys.unfit(name, {Permission.TOKEN_EXCHANGE})
    assert refusal is not None
    assert refusal.problems[0].field == "name"
