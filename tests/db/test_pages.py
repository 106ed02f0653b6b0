"""Keyset pages: no row twice, none left out, and one statement for many parents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text

from db.pages import access as access_pages
from db.pages import impersonation as session_pages
from db.pages import keyset
from db.pages import ledger as ledger_pages
from db.pages import tenants as tenant_pages
from db.pages.impersonation import SessionsWhere
from db.pages.keyset import Page, containing
from db.pages.ledger import EntriesWhere
from db.pages.tenants import ORDERINGS, TenantsWhere
from permissions.operators import Role
from permissions.policy import TenantStatus
from permissions.refusals import BadInput
from resolvers import impersonation
from resolvers.impersonation import Started, StartRequest
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import DatabaseUrls


@pytest_asyncio.fixture(loop_scope="session")
async def world(database_urls: DatabaseUrls) -> AsyncIterator[World]:
    """One for each test: they look at all that there is."""
    async with world_on(database_urls) as made:
        yield made


async def tenants(world: World, order: str, where: TenantsWhere | None = None, **window: Any) -> Page[Tenant]:
    ordering = ORDERINGS[order]
    async with world.database.read() as connection:
        return await tenant_pages.tenants(
            connection, where or TenantsWhere(), ordering, keyset.window(ordering, **window)
        )


async def all_slugs(world: World, order: str, size: int, *, backwards: bool = False) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        if backwards:
            page = await tenants(world, order, last=size, before=cursor)
            found = [tenant.slug for tenant in page.rows] + found
            more, cursor = page.has_previous, page.cursors[0] if page.cursors else None
        else:
            page = await tenants(world, order, first=size, after=cursor)
            found += [tenant.slug for tenant in page.rows]
            more, cursor = page.has_next, page.cursors[-1] if page.cursors else None
        if not more:
            return found


async def entered(world: World, caller: Caller, tenant: Tenant, ticket: str | None = None) -> Started:
    request = StartRequest(tenant_id=tenant.id, reason=REASON, ticket=ticket)
    outcome = await impersonation.start(world.database, caller, request)
    assert isinstance(outcome, Started)
    return outcome


@pytest.mark.parametrize("order", ORDERINGS)
async def test_pages_of_every_size_and_both_ways_make_the_same_list(world: World, order: str) -> None:
    for slug, status in [
        ("b-two", TenantStatus.ACTIVE),
        ("a-one", TenantStatus.SUSPENDED),
        ("d-four", TenantStatus.PROVISIONING),
        ("c-three", TenantStatus.ACTIVE),
        ("e-five", TenantStatus.OFFBOARDED),
    ]:
        tenant = await world.tenant(slug, status)
        if slug in {"b-two", "c-three"}:
            await entered(world, await world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN), tenant)
    # Equal keys: the id decides, so that a page may end between them.
    await world.forge("update identity.tenant set name = 'Same', created_at = '2026-01-01T00:00:00Z'")
    whole = await all_slugs(world, order, 200)
    assert sorted(whole) == ["a-one", "b-two", "c-three", "d-four", "e-five"]
    for size in (1, 2, 3):
        assert await all_slugs(world, order, size) == whole
        assert await all_slugs(world, order, size, backwards=True) == whole
    if order == "LAST_IMPERSONATED_DESC":
        assert whole[:2] == ["c-three", "b-two"]
    if order == "STATUS":
        assert (whole[0], whole[-2:]) == ("d-four", ["a-one", "e-five"])


async def test_a_page_tells_whether_there_is_more_on_either_side(world: World) -> None:
    for slug in ("aa", "bb", "cc"):
        await world.tenant(slug)
    first = await tenants(world, "NAME", first=2)
    assert (first.has_previous, first.has_next) == (False, True)
    last = await tenants(world, "NAME", first=2, after=first.cursors[-1])
    assert (last.has_previous, last.has_next, len(last.rows)) == (True, False, 1)
    back = await tenants(world, "NAME", last=2, before=last.cursors[0])
    assert ([tenant.slug for tenant in back.rows], back.has_next) == (["aa", "bb"], True)
    assert (await tenants(world, "NAME", first=0)).rows == ()


async def test_a_search_takes_wildcards_for_what_they_are(world: World) -> None:
    for slug in ("hundred", "other"):
        await world.tenant(slug)
    await world.forge(r"update identity.tenant set name = '100%_\ GmbH' where slug = 'hundred'")
    for search in ("100%", "%_", "_\\", "\\ g", "HUNDRED"):
        found = await tenants(world, "NAME", TenantsWhere(search=search))
        assert [tenant.slug for tenant in found.rows] == ["hundred"], search
    assert (await tenants(world, "NAME", TenantsWhere(search="1_0"))).rows == ()
    assert containing("%") == r"%\%%"


async def test_a_search_is_a_parameter_and_never_a_part_of_the_statement(world: World) -> None:
    """Threat 47."""
    await world.tenant("acme")
    for search in ("'; drop table identity.tenant; --", ":only", "%(x)s", "$1"):
        assert (await tenants(world, "NAME", TenantsWhere(search=search))).rows == ()
    assert len((await tenants(world, "NAME")).rows) == 1


async def test_filters_narrow_and_count_with_the_list(world: World) -> None:
    acme, gone = await world.tenant("acme"), await world.tenant("gone", TenantStatus.SUSPENDED)
    await entered(world, world.admin, acme)
    for where, slugs in [
        (TenantsWhere(statuses=("SUSPENDED",)), ["gone"]),
        (TenantsWhere(statuses=()), []),
        (TenantsWhere(impersonated=True), ["acme"]),
        (TenantsWhere(impersonated=False), ["gone"]),
        (TenantsWhere(plans=("enterprise",)), []),
        (TenantsWhere(only=acme.id), ["acme"]),
        (TenantsWhere(ids=(acme.id, uuid4())), ["acme"]),
        (TenantsWhere(ids=()), []),
        (TenantsWhere(ids=(gone.id,), only=acme.id), []),
    ]:
        assert [tenant.slug for tenant in (await tenants(world, "NAME", where)).rows] == slugs, where
        async with world.database.read() as connection:
            assert await tenant_pages.count(connection, where) == len(slugs)


async def test_each_parent_gets_its_own_page_of_one_statement(world: World) -> None:
    acme, other, empty = await world.tenant("acme"), await world.tenant("other"), await world.tenant("empty")
    started: dict[UUID, list[UUID]] = {}
    for tenant in (acme, other, acme, other, acme):
        caller = await world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN)
        started.setdefault(tenant.id, []).append((await entered(world, caller, tenant)).session.id)
    window = keyset.window(session_pages.NEWEST_FIRST, first=2)
    async with world.database.read() as connection:
        found = await session_pages.of_tenants(
            connection, [acme.id, other.id, empty.id], SessionsWhere(states=("ACTIVE",)), window
        )
    assert [session.id for session in found[acme.id].rows] == started[acme.id][:0:-1]
    assert [session.id for session in found[other.id].rows] == started[other.id][::-1]
    assert (found[acme.id].has_next, found[other.id].has_next) == (True, False)
    assert found[empty.id] == Page()
    window = keyset.window(session_pages.NEWEST_FIRST, first=2, after=found[acme.id].cursors[-1])
    async with world.database.read() as connection:
        rest = await session_pages.of_tenants(connection, [acme.id], SessionsWhere(), window)
    assert [session.id for session in rest[acme.id].rows] == started[acme.id][:1]


async def test_who_was_inside_in_a_period_is_found_whenever_they_came_and_left(world: World) -> None:
    """From 23:50 to 00:20 is both days; and until a live session is over, it is in no period that is yet to come."""
    acme = await world.tenant("acme")
    caller = await world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN)
    over = (await entered(world, caller, acme)).session
    ended = await world.advance(timedelta(minutes=40))
    live = (await entered(world, caller, acme)).session
    now = await world.advance(timedelta(minutes=10))
    began, minute = over.started_at, timedelta(minutes=1)
    window = keyset.window(session_pages.NEWEST_FIRST)
    for since, until, inside in [
        (began - 2 * minute, began, []),
        (began - minute, began + minute, [over]),
        (began + minute, began + 2 * minute, [over]),
        (began + minute, now, [live, over]),
        (began + 35 * minute, ended, []),
        (now - minute, now, [live]),
        (now + minute, now + 2 * minute, []),
        (began + minute, None, [live, over]),
        (None, ended, [over]),
    ]:
        where = SessionsWhere(inside_since=since, inside_until=until)
        async with world.database.read() as connection:
            found = await session_pages.sessions(connection, where, window)
        assert [session.id for session in found.rows] == [session.id for session in inside], (since, until)


async def test_the_sessions_of_a_ticket_are_found_over_or_not_in_whatever_case_it_is_written(world: World) -> None:
    """The whole ticket, and no wildcard; of all tenants, or of the one that the caller is confined to."""
    acme, other = await world.tenant("acme"), await world.tenant("other")
    caller = await world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN)
    over = (await entered(world, caller, acme, ticket="SUP-3474")).session
    live = (await entered(world, caller, other, ticket="sup-3474")).session
    await entered(world, world.admin, acme, ticket="SUP-34")
    await entered(world, await world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN), acme)
    window = keyset.window(session_pages.NEWEST_FIRST)
    for ticket, only, told in [
        ("SUP-3474", None, [live, over]),
        ("Sup-3474", None, [live, over]),
        ("SUP-3474", acme.id, [over]),
        ("SUP-347", None, []),
        ("SUP-____", None, []),
        ("", None, []),
    ]:
        where = SessionsWhere(ticket=ticket, only=only)
        async with world.database.read() as connection:
            found = await session_pages.sessions(connection, where, window)
            by_tenant = await session_pages.of_tenants(connection, [acme.id], where, window)
        assert [session.id for session in found.rows] == [session.id for session in told], (ticket, only)
        in_acme = [session.id for session in told if session.tenant_id == acme.id]
        assert [session.id for session in by_tenant[acme.id].rows] == in_acme, (ticket, only)


async def test_the_sessions_of_a_ticket_are_a_range_of_an_index(world: World) -> None:
    """Found newest first without reading any other session: a name that everybody types in may cost no more."""
    select = session_pages._select(SessionsWhere(ticket="SUP-1"), keyset.window(session_pages.NEWEST_FIRST, first=3))
    async with world.database.read() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        result = await connection.execute(text(f"explain {select.sql}"), select.parameters)
        plan = "\n".join(result.scalars())
    assert "Index Scan Backward using session_ticket" in plan
    assert "Sort" not in plan


async def test_a_tenants_role_reads_its_own_chain_whatever_is_asked(world: World) -> None:
    """P3 and threat 12: row security stands behind the statement's own conditions."""
    acme, other = await world.tenant("acme"), await world.tenant("other")
    window = keyset.window(ledger_pages.NEWEST_FIRST)
    async with world.database.read(tenant=acme.id) as connection:
        whole = await ledger_pages.entries(connection, EntriesWhere(), window)
        foreign = await ledger_pages.entries(connection, EntriesWhere(tenant_id=other.id), window)
        heads = await ledger_pages.heads(connection, [acme.id, other.id])
        assert await connection.scalar(text("select count(*) from audit.entry")) == len(whole.rows)
    assert {entry.chain for entry in whole.rows} == {acme.id}
    assert foreign.rows == ()
    assert (heads[acme.id].seq, heads[other.id].seq) == (len(whole.rows), 0)


@pytest.mark.parametrize(
    "forged",
    ["", "AAAA", "é", "x" * 2000, "W10", "bnVsbA", "WyJ0ZW5hbnRzOm5hbWUiXQ", "WyJ0ZW5hbnRzOm5hbWUiLDEsMl0"],
)
def test_a_forged_cursor_is_refused_with_its_argument_named(forged: str) -> None:
    """Threat 60. (`W10` is [], `bnVsbA` null, the last two have too few values and values of another type.)"""
    with pytest.raises(BadInput, match="`after`"):
        keyset.window(ORDERINGS["NAME"], after=forged)


def test_a_cursor_of_another_list_is_refused_though_its_values_would_fit() -> None:
    row = {"key_0": datetime(2026, 3, 1, tzinfo=UTC), "key_1": UUID("018f2c6e-7a4b-7c1d-9e2f-0123456789ab")}
    cursor = ORDERINGS["CREATED_AT_DESC"].cursor(row)
    assert keyset.window(ORDERINGS["CREATED_AT_DESC"], after=cursor).after == tuple(row.values())
    for other in (ORDERINGS["LAST_IMPERSONATED_DESC"], session_pages.NEWEST_FIRST, access_pages.NEWEST_FIRST):
        with pytest.raises(BadInput):
            keyset.window(other, after=cursor)


@pytest.mark.parametrize("asked", [{"first": 201}, {"first": -1}, {"last": 201}, {"first": 1, "last": 1}])
def test_a_page_has_200_rows_at_most(asked: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        keyset.window(ORDERINGS["NAME"], **asked)  # type: ignore[arg-type]
