"""The write unit commits with the record of its decision or not at all (P1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.ledger import PLATFORM
from db.unit import Unrecorded
from permissions.ids import uuid7
from permissions.policy import Due, Permitted
from permissions.refusals import Unauthenticated
from resolvers import sign_ins
from resolvers.events import DatabaseRestored, ImpersonationRefused, OperatorAdded, TenantStatusChanged
from tests.world import World

if TYPE_CHECKING:
    from uuid import UUID

    from db.unit import WriteUnit

OPERATOR = "insert into identity.operator (id, email, name, created_at) values (:id, 'y@x.example', 'Y', now())"
NAME = "update identity.operator set name = :name where email = 'admin@actas.example'"
RESTORED = DatabaseRestored(was="a", now="b", sessions_ended=0, sign_ins_ended=0)


async def change(unit: WriteUnit, name: str) -> None:
    """A change that the database itself asks no entry for, so that the unit alone stands guard."""
    await unit.connection.execute(text(NAME), {"name": name})


async def name(world: World) -> str:
    found: str = await world.admin_sql("select name from identity.operator where email = 'admin@actas.example'")
    return found


def refusal(tenant: UUID, name: str = "Jane") -> ImpersonationRefused:
    return ImpersonationRefused(
        tenant_id=tenant,
        operator_id=None,
        operator_name=name,
        operator_email=None,
        code="NOT_FOUND",
        message="No.",
        reason_given=None,
        tenant_asked=None,
    )


async def test_a_use_case_that_forgets_its_decision_changes_nothing(world: World, acme: UUID) -> None:
    with pytest.raises(Unrecorded):
        async with world.database.unit(world.admin) as unit:
            await change(unit, "forgotten")
    assert await name(world) != "forgotten"


async def test_an_event_without_a_decision_is_no_record(world: World, acme: UUID) -> None:
    with pytest.raises(Unrecorded):
        async with world.database.unit(world.admin) as unit:
            await change(unit, "undecided")
            unit.append(None, refusal(acme))  # type: ignore[arg-type]
    assert await name(world) != "undecided"


async def test_an_abandoned_unit_leaves_everything_as_it_was_even_what_it_appended(world: World, acme: UUID) -> None:
    before = len(await world.entries(acme))
    async with world.database.unit(world.admin) as unit:
        await change(unit, "abandoned")
        unit.append(Permitted(None), refusal(acme))
        unit.abandon()
    assert await name(world) != "abandoned"
    assert len(await world.entries(acme)) == before


async def test_what_is_raised_rolls_back_row_and_entry(world: World, acme: UUID) -> None:
    before = len(await world.entries(acme))
    with pytest.raises(ZeroDivisionError):
        async with world.database.unit(world.admin) as unit:
            await change(unit, "raised")
            unit.append(Permitted(None), refusal(acme))
            raise ZeroDivisionError
    assert await name(world) != "raised"
    assert len(await world.entries(acme)) == before


async def test_a_change_and_its_entry_commit_together_the_entry_with_the_callers_proof(
    world: World, acme: UUID
) -> None:
    async with world.database.unit(world.admin) as unit:
        await change(unit, "recorded")
        unit.append(Permitted(None), refusal(acme))
    assert await name(world) == "recorded"
    entry = (await world.entries(acme))[-1]
    assert (entry.kind, entry.actor_id, entry.actor_proof) == ("IMPERSONATION_REFUSED", world.admin.id, "SIGN_IN")
    assert (entry.ip, entry.user_agent) == ("203.0.113.7", "test")


async def test_what_nobody_brought_about_is_recorded_as_the_systems_whoever_calls(world: World) -> None:
    """By_system: a deadline that a caller happened to find passed is not the caller's act."""
    async with world.database.unit(world.admin) as unit:
        unit.append(Due("a time"), RESTORED, by_system=True)
    async with world.database.unit(None) as unit:
        unit.append(Due("a time"), RESTORED)
    for entry in (await world.entries(PLATFORM))[-2:]:
        assert (entry.actor_kind, entry.actor_id, entry.ip) == ("SYSTEM", None, None)


async def test_entries_take_the_heads_in_the_one_order_and_keep_their_own_within_a_chain(
    world: World, acme: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mechanisms C, step 6: tenants by id, the platform's last; a deadlock otherwise."""
    chains = sorted([acme, (await world.somewhere()).id, (await world.somewhere()).id])
    appended: list[tuple[UUID, str]] = []
    from db import ledger

    append = ledger.append

    async def noted(connection: object, caller: object, event: object, clock: object) -> object:
        appended.append((event.chain, event.kind))  # type: ignore[attr-defined]
        return await append(connection, caller, event, clock)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "append", noted)
    async with world.database.unit(world.admin) as unit:
        unit.append(Due("a time"), RESTORED, by_system=True)
        for chain in reversed(chains):
            unit.append(Permitted(None), refusal(chain))
            unit.append(
                Permitted(None),
                TenantStatusChanged(tenant_id=chain, name="X", was="ACTIVE", to="READ_ONLY", reason="a test"),
            )
    kinds = ("IMPERSONATION_REFUSED", "TENANT_STATUS_CHANGED")
    assert appended == [(chain, kind) for chain in chains for kind in kinds] + [(PLATFORM, RESTORED.kind)]


async def test_a_caller_whose_sign_in_ended_meanwhile_changes_nothing(world: World, acme: UUID) -> None:
    leaver = await world.operator()
    with pytest.raises(Unauthenticated):
        async with world.database.unit(leaver) as unit:
            await change(unit, "left")
            await sign_ins.sign_out(world.database, leaver)
            unit.append(Permitted(None), refusal(acme))
    assert await name(world) != "left"


async def test_a_row_that_the_database_wants_recorded_is_refused_at_the_commit(world: World) -> None:
    """Both halves of P1: the unit has an entry, but not for this."""
    with pytest.raises(DBAPIError, match="has no entry in this transaction"):
        async with world.database.unit(None) as unit:
            await unit.connection.execute(text(OPERATOR), {"id": uuid7()})
            unit.append(Due("a test"), OperatorAdded(operator_id=uuid7(), email="y@x.example", name="Y"))
    assert not await world.admin_sql("select count(*) from identity.operator where email = 'y@x.example'")
