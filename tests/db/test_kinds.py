"""Every kind of entry is documented, canonical, in the right chain, and known to the database (P3)."""

from __future__ import annotations

import dataclasses
import json
import typing
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from db.ledger import ATTEMPTS, PLATFORM, Event
from resolvers.events import KINDS
from tests.world import World

SAMPLES = {bool: False, UUID: UUID(int=7), datetime: datetime(2026, 3, 1, 9, tzinfo=UTC), int: 61, str: "STOPPED"}
NAMED = {"role": "PLATFORM_SUPPORT"}


def sample(cls: type[Event]) -> Event:
    """An event of this kind with something in every field."""
    hints = typing.get_type_hints(cls, {"UUID": UUID, "datetime": datetime, "ClassVar": typing.ClassVar, "Any": Any})

    def something(hint: Any) -> Any:
        if hint in SAMPLES:
            return SAMPLES[hint]
        first = something(typing.get_args(hint)[0])
        if typing.get_origin(hint) is dict:
            return {first: 61}
        return (first,) if typing.get_origin(hint) is tuple else first

    return cls(**{each.name: NAMED.get(each.name) or something(hints[each.name]) for each in dataclasses.fields(cls)})


class TestKinds:
    async def test_the_database_and_the_code_know_the_same_kinds(self, world: World) -> None:
        known = await world.admin_sql("select array_agg(kind) from audit.kind")
        assert set(known) == set(KINDS)
        assert all(cls.kind == kind for kind, cls in KINDS.items())

    async def test_a_change_that_needs_an_entry_names_fields_that_its_entry_has(self, world: World) -> None:
        """Otherwise no such change could ever be recorded."""
        named = await world.admin_sql("select array_agg(row(kind, subject, change_value)) from audit.kind")
        for kind, *fields in named:
            details = json.loads(sample(KINDS[kind]).details)
            assert {field for field in fields if field} <= set(details)

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_each_kind_is_documented_and_says_one_sentence_to_a_tenants_admin(self, kind: str) -> None:
        """S2-35."""
        cls = KINDS[kind]
        assert cls.__doc__
        summary = sample(cls).summary
        assert summary.endswith((".", "STOPPED"))
        assert "None" not in summary
        assert "{" not in summary

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_its_details_are_canonical_and_hold_no_secret(self, kind: str) -> None:
        """Threat 58, mechanisms D."""
        event = sample(KINDS[kind])
        details = json.loads(event.details)
        assert event.details == json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert not {"password", "passwordHash", "token", "tokenHash", "secret", "proof"} & set(details)
        assert len(details) == len(dataclasses.fields(event))

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_what_is_about_a_tenant_is_in_the_tenants_chain(self, kind: str) -> None:
        """P3."""
        event = sample(KINDS[kind])
        tenant = getattr(event, "tenant_id", None)
        assert event.chain == (tenant or event.chain)
        assert tenant or event.chain in {PLATFORM, ATTEMPTS}
