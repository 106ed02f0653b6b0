"""Exports of the ledger: in pages, of one moment, recorded, and only as long as the caller may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from db.ledger import ATTEMPTS
from db.pages import exports as pages
from permissions.operators import Permission, Role
from permissions.refusals import Forbidden, Unauthenticated
from resolvers import exports
from resolvers.exports import Export, ExportRequest

if TYPE_CHECKING:
    from uuid import UUID

    from tests.world import World

MANY = """
  select count(*) from generate_series(1, 1700) as n, lateral audit.append(
    null, null, $1, 'STRANGER_ATTEMPTS', null, null, null, null, null, 'no. ' || n, '{}', clock_timestamp())
"""


async def begun(world: World, tenant: str | None = None) -> Export:
    export = await exports.begin(world.database, world.admin, ExportRequest(form="csv", tenant=tenant))
    assert isinstance(export, Export)
    return export


async def test_a_long_ledger_is_read_in_pages_that_memory_holds(world: World) -> None:
    await world.admin_sql(MANY, ATTEMPTS)
    export = await begun(world)
    sizes = [len(entries) async for entries in exports.pages(world.database, export)]
    assert len(sizes) >= 4
    assert max(sizes) <= pages.PAGE
    assert sum(sizes) == sum(export.extent.heads.values())


@pytest.mark.parametrize("size", [1, 3])
async def test_pages_join_without_a_gap_or_a_double_while_others_write(
    world: World, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written during an export is another export's."""
    for statement in ("_OF_ALL", "_OF_ONE"):
        smaller = getattr(pages, statement).replace(f"limit {pages.PAGE}", f"limit {size}")
        monkeypatch.setattr(pages, statement, smaller)
    monkeypatch.setattr(pages, "PAGE", size)
    tenant = await world.somewhere()
    for named in (None, tenant.slug):
        export = await begun(world, named)
        found: list[tuple[UUID, int]] = []
        async for entries in exports.pages(world.database, export):
            if len(found) < 5:
                await world.somewhere()
                await world.operator(Role.PLATFORM_READONLY)
            found += [(entry.chain, entry.seq) for entry in entries]
        assert len(found) == len(set(found))
        assert {chain: sum(each == chain for each, _ in found) for chain, _ in found} == export.extent.heads


async def test_on_the_command_line_it_is_stated_who_ran_it(world: World) -> None:
    tenant = await world.somewhere()
    request = ExportRequest(form="csv", tenant=str(tenant.id))
    export = await exports.begin(world.database, None, request, stated_by="jane on ops-1")
    assert isinstance(export, Export)
    assert export.origin
    (entry,) = await world.entries(tenant.id, "LEDGER_EXPORTED")
    assert (entry.actor_name, entry.actor_proof) == ("jane on ops-1", "CLAIMED")


@pytest.mark.parametrize("outcome", [Forbidden, Unauthenticated])
async def test_a_permission_or_sign_in_that_is_lost_on_the_way_ends_it(
    world: World, outcome: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P7: asked again at each page."""
    monkeypatch.setattr(pages, "_OF_ALL", pages._OF_ALL.replace(f"limit {pages.PAGE}", "limit 1"))
    monkeypatch.setattr(pages, "PAGE", 1)
    export = await begun(world)
    demoted = await world.operator(Role.PLATFORM_SUPPORT)
    answers = iter([world.admin, demoted if outcome is Forbidden else None])

    async def still() -> Any:
        return next(answers)

    reading = exports.pages(world.database, export, still)
    assert len(await anext(reading)) == 1
    with pytest.raises(outcome):
        await anext(reading)


async def test_a_refused_export_leaves_no_record_and_no_file(world: World) -> None:
    tenant = await world.somewhere()
    service = await world.service(Permission.AUDIT_READ, tenant=tenant.id)
    with pytest.raises(Forbidden, match="AUDIT_EXPORT"):
        await exports.begin(world.database, service, ExportRequest(form="csv"))
    assert not await world.entries(tenant.id, "LEDGER_EXPORTED")
