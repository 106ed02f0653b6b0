"""Pages of every connection: forged cursors, both ends, and lists that change while somebody reads on."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import orjson
import pytest

from db.pages import access, activity, impersonation, ledger, operators, tenants

if TYPE_CHECKING:
    from db.pages.keyset import Ordering
    from tests.schema.conftest import Api

LISTS = {
    "tenants(after: $c)": tenants.ORDERINGS["NAME"],
    "tenants(orderBy: CREATED_AT_DESC, after: $c)": tenants.ORDERINGS["CREATED_AT_DESC"],
    "tenants(orderBy: STATUS, before: $c, last: 2)": tenants.ORDERINGS["STATUS"],
    "tenants(orderBy: LAST_IMPERSONATED_DESC, after: $c)": tenants.ORDERINGS["LAST_IMPERSONATED_DESC"],
    "impersonationSessions(after: $c)": impersonation.NEWEST_FIRST,
    "auditEntries(after: $c)": ledger.NEWEST_FIRST,
    "activity(after: $c)": activity.NEWEST_FIRST,
    "operators(after: $c)": operators.BY_NAME,
}
NESTED = {
    "tenants { nodes { sessions(after: $c) { nodes { id } } } }": impersonation.NEWEST_FIRST,
    "tenants { nodes { audit(after: $c) { nodes { id } } } }": ledger.NEWEST_FIRST,
    "tenants { nodes { accessLog(after: $c) { nodes { id } } } }": access.NEWEST_FIRST,
}
EXTREMES: dict[type, list[Any]] = {
    str: ["", "z" * 500, "%", "\U0001f600", 7, None, "\0"],
    int: [0, -1, 2**31, 2**63 - 1, -(2**63), 2**63, 1.5, "1", True, None],
    UUID: [str(uuid4()), "x", "00000000-0000-0000-0000-000000000000", 7],
    datetime: [
        *("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+14:00"),
        *("9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "2026-01-01", "infinity", 7, None),
    ],
}


def forged(ordering: Ordering) -> list[str]:
    """Cursors that say they are of this list, with each of their values at its extremes."""
    usual = [EXTREMES[column.kind][0] for column in ordering.columns]
    found = []
    for index, column in enumerate(ordering.columns):
        for value in EXTREMES[column.kind]:
            values = [*usual[:index], value, *usual[index + 1 :]]
            found.append(base64.urlsafe_b64encode(orjson.dumps([ordering.name, *values])).decode().rstrip("="))
    return found


@pytest.fixture
def api(shared_api: Api) -> Api:
    """One for all: what is asked here changes nothing that another test reads."""
    return shared_api


@pytest.mark.parametrize("asked", [*LISTS, *NESTED])
async def test_a_forged_cursor_is_refused_by_its_argument_or_only_a_place_in_the_list(api: Api, asked: str) -> None:
    """Threat 60: whatever values are in it, none reaches a statement that cannot take it."""
    await api.world.somewhere()
    selected = asked if asked in NESTED else f"{asked} {{ nodes {{ id }} }}"
    for cursor in forged((LISTS | NESTED)[asked]):
        answer = await api.ask(api.world.admin, f"query ($c: String) {{ {selected} }}", c=cursor)
        for error in answer.errors:
            assert error["extensions"]["code"] == "BAD_USER_INPUT", (asked, base64.urlsafe_b64decode(cursor + "=="))
            assert "is not a cursor of this list" in error["message"]


async def test_both_ends_of_a_page_say_whether_there_is_more(api: Api) -> None:
    """Relay's pageInfo, by each pair of arguments."""
    for _ in range(5):
        await api.world.somewhere()
    query = """query ($first: Int, $after: String, $last: Int, $before: String) {
      tenants(orderBy: CREATED_AT_DESC, first: $first, after: $after, last: $last, before: $before) {
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor } } }"""

    async def page(**asked: Any) -> tuple[list[int], bool, bool]:
        found = (await api.data(api.world.admin, query, **asked))["tenants"]
        cursors = [edge["cursor"] for edge in found["edges"]]
        info = found["pageInfo"]
        assert [info["startCursor"], info["endCursor"]] == ([cursors[0], cursors[-1]] if cursors else [None, None])
        return [whole.index(each) for each in cursors], info["hasPreviousPage"], info["hasNextPage"]

    everything = (await api.data(api.world.admin, query, first=200))["tenants"]["edges"]
    whole = [edge["cursor"] for edge in everything]
    end = len(whole) - 1
    assert await page(first=2) == ([0, 1], False, True)
    assert await page(first=2, after=whole[1]) == ([2, 3], True, True)
    assert await page(first=2, after=whole[end - 2]) == ([end - 1, end], True, False)
    assert await page(first=2, after=whole[end]) == ([], True, False)
    assert await page(last=2) == ([end - 1, end], True, False)
    assert await page(last=2, before=whole[2]) == ([0, 1], False, True)
    assert await page(last=2, before=whole[0]) == ([], False, True)
    assert await page(first=9, after=whole[0], before=whole[2]) == ([1], True, True)
    assert await page(last=9, after=whole[0], before=whole[2]) == ([1], True, True)
    assert await page(first=0) == ([], False, True)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("seed", range(4))
async def test_a_list_that_changes_meanwhile_loses_and_repeats_nothing_that_stayed(
    api: Api, seed: int, backwards: bool
) -> None:
    """Between any two pages tenants come, and others move: those that stayed where they were are each read once."""
    chance = Random(seed)
    order = chance.choice(list(tenants.ORDERINGS))
    stay = {str((await api.world.somewhere()).id) for _ in range(12)}
    movers = [(await api.world.somewhere()).id for _ in range(4)]
    query = """query ($order: TenantOrder, $size: Int, $after: String, $before: String, $back: Boolean!) {
      tenants(orderBy: $order, first: $size, after: $after) @skip(if: $back) { ...Page }
      back: tenants(orderBy: $order, last: $size, before: $before) @include(if: $back) { ...Page } }
    fragment Page on TenantConnection {
      nodes { uuid } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"""
    read: list[str] = []
    place: str | None = None
    while True:
        asked = {
            "order": order,
            "size": chance.randint(1, 4),
            "back": backwards,
            "before" if backwards else "after": place,
        }
        data = await api.data(api.world.admin, query, **asked)
        found = data["back" if backwards else "tenants"]
        read += [node["uuid"] for node in found["nodes"]]
        info = found["pageInfo"]
        place = info["startCursor" if backwards else "endCursor"]
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            break
        if chance.random() < 0.4:
            await api.world.somewhere()
        if chance.random() < 0.6:
            name = chance.choice(["0 first", "zz last", "Tenant-3"])
            await api.world.forge("update identity.tenant set name = $2 where id = $1", chance.choice(movers), name)
    assert sorted(stay - set(read)) == []
    assert [uuid for uuid in stay if read.count(uuid) > 1] == []


GROWING = {
    "operators": "operators(first: 3, after: $c)",
    "sessions": "impersonationSessions(first: 3, after: $c)",
    "entries": "auditEntries(first: 3, after: $c)",
    "activity": "activity(first: 3, after: $c)",
    "a tenant's sessions": 'tenant(slug: "grown") { it: sessions(first: 3, after: $c)',
    "a tenant's entries": 'tenant(slug: "grown") { it: audit(first: 3, after: $c)',
}


@pytest.mark.parametrize("listed", GROWING)
async def test_a_list_that_grows_meanwhile_loses_and_repeats_nothing_that_was_there(api: Api, listed: str) -> None:
    """Each of the other connections, while what it lists goes on happening."""
    world = api.world
    found = await world.admin_sql("select id from identity.tenant where slug = 'grown'")
    tenant = (await world.somewhere()) if found else await world.tenant("grown")

    async def happen() -> None:
        caller = await world.operator()
        grown = await world.admin_sql("select id from identity.tenant where slug = 'grown'")
        await api.start(caller, replace(tenant, id=grown))
        await api.data(caller, "{ tenants(first: 1) { nodes { id } } }")

    async def page(cursor: str | None, size: int) -> tuple[list[str], dict[str, Any]]:
        asked = GROWING[listed].replace("first: 3", f"first: {size}")
        asked = asked if "it:" in asked else f"viewer {{ permissions }} it: {asked}"
        close = "}" if "tenant(" in asked else ""
        query = f"query ($c: String) {{ {asked} {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} {close} }}"
        data = await api.data(world.admin, query, c=cursor)
        it = (data.get("tenant") or data)["it"]
        return [node["id"] for node in it["nodes"]], it["pageInfo"]

    for _ in range(4):
        await happen()
    before, _ = await page(None, 200)
    read, cursor, more = [], None, True
    while more:
        ids, info = await page(cursor, 3)
        read += ids
        cursor, more = info["endCursor"], info["hasNextPage"]
        if len(read) < 12:
            await happen()
    assert [each for each in before if read.count(each) != 1] == []
