"""Wrong values in every argument and input field of the schema, by every role and a key: each is told what is wrong.

The places are found by walking the schema (tests/schema/places.py), so that a new one is tried without being named.
Threats 14, 33, 34 and 60: none ends in INTERNAL, in a 500 or in a message that says nothing.
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest_asyncio

from permissions.operators import NEVER_FOR_KEYS, Permission, Role
from permissions.policy import TenantStatus
from permissions.refusals import RefusalCode, Refused
from resolvers import keys
from resolvers.impersonation import Started, StartRequest, start
from schema import ids
from tests.schema.places import Place, places
from tests.world import REASON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

    from tests.actas.serving import Site

    Record = Callable[[str, object], None]

ADMIN = Role.PLATFORM_ADMIN.value
CALLERS = [*(role.value for role in Role), "a key", "a tenant's key"]
# Whoever guesses at a hand-off is not told which half of it was wrong.
SILENT = ["exchangeHandoff(input.verifier)"]
CODES = {"BAD_USER_INPUT", "FORBIDDEN"}
UNFIT = ["for the\0test", "\u2066for the\u202etest\u2069"]
ODD = ["", "\u200b\u200b\u200b", "\uffff", "\U0001f600" * 300, "a\u0301" * 300, "x" * 20_000,
       "'; drop table identity.tenant; --", "\r\nSet-Cookie: a=b"]  # fmt: skip


@dataclass(frozen=True)
class Told:
    """An answer: its errors and refusals in words, and the input fields that these name."""

    place: Place
    messages: list[str]
    fields: list[str | None]

    @property
    def names_it(self) -> bool:
        """Whether somebody learns from it where to look."""
        name = self.place.name
        if name in {(each or "").rpartition(".")[2] for each in self.fields}:
            return True
        return any(f"`{name}`" in each or f".{name}`" in each for each in self.messages)


@dataclass(frozen=True)
class Asking:
    """The whole application, who calls it, and what is fit in places that are not tried."""

    client: httpx.AsyncClient
    callers: Mapping[str, dict[str, str]]
    fit: Mapping[str, Any]

    async def answer(self, caller: str, place: Place, value: Any, *, written: bool = False) -> Told:
        """What one request is told; fails where that is nothing that helps."""
        fit = {**self.fit, "idempotencyKey": uuid4().hex}
        request = place.literal(value, fit) if written else place.operation(value, fit)
        response = await self.client.post("/graphql", json=request, headers=self.callers[caller])
        assert response.status_code == 200, (str(place), value, response.text)
        body = response.json()
        assert {each["extensions"]["code"] for each in body.get("errors", [])} <= CODES, (str(place), value, body)
        refused = _refusals(body.get("data"))
        messages = [each["message"] for each in [*body.get("errors", []), *refused]]
        assert all(len(each) > 10 for each in messages), (str(place), value, messages)
        return Told(place, messages, [each["field"] for each in refused])


def _refusals(data: Any) -> list[dict[str, Any]]:
    found = [each for each in (data or {}).values() if isinstance(each, dict) and each.get("__typename") == "Refused"]
    for each in found:
        assert each["code"] in RefusalCode.__members__
    return [problem for each in found for problem in each["problems"]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asking(site: Site) -> AsyncIterator[Asking]:
    """Each role and keys with all that keys may have; an admin who is inside; things to point at."""
    world = site.world
    tenant, leaving = await world.tenant("aimed-at"), await world.tenant("leaving", TenantStatus.OFFBOARDING)
    dummy = await world.operator()
    issued = await keys.issue(world.database, world.admin, name="aimed at", permissions=[Permission.TENANT_READ])
    assert not isinstance(issued, Refused)
    cookies = {role.value: await site.operator(role) for role in Role}
    sessions = []
    for caller in (await world.operator(), await site.caller(cookies[Role.PLATFORM_SUPPORT.value])):
        started = await start(world.database, caller, StartRequest(tenant_id=tenant.id, reason=REASON))
        assert isinstance(started, Started)
        sessions.append(ids.encode("ImpersonationSession", started.session.id))
    rights = [each for each in Permission if each not in NEVER_FOR_KEYS]
    callers = {role: site.console_headers(cookie) for role, cookie in cookies.items()}
    callers |= {
        "a key": {"authorization": f"Bearer {await site.key(*rights)}"},
        "a tenant's key": {"authorization": f"Bearer {await site.key(*rights, tenant_id=tenant.id)}"},
    }
    fit = {
        "always": {"dryRun", "sessionId", "idempotencyKey"},
        "dryRun": True,
        "tenantId": ids.encode("Tenant", tenant.id),
        "operatorId": ids.encode("Operator", dummy.id),
        "sessionId": sessions[0],
        "changeImpersonationMode.sessionId": sessions[1],
        "changeImpersonationMode.mode": "READ_WRITE",
        "revokeServiceKey.id": ids.encode("ServiceKey", issued.key.id),
        "setTenantStatus.tenantId": ids.encode("Tenant", leaving.id),
        "setTenantStatus.status": "ACTIVE",
        "slug": "new",
        "email": "op1@actas.example",
        "kind": "SOMETHING_WAS_TRIED",
        "mode": "READ_ONLY",
        "method": "GET",
        "path": "/",
        "ID": ids.encode("Tenant", tenant.id),
        "String": "for the test",
        "UUID": str(uuid4()),
        "DateTime": "2026-03-01T09:00:00Z",
        "Int": 1,
        "Float": 1.0,
        "Boolean": True,
        "JSON": {"service": "test"},
    }
    async with site.client() as client:
        client.timeout = httpx.Timeout(30)
        yield Asking(client, callers, fit)


def tried(*kinds: str) -> list[Place]:
    """The places that take these."""
    return [place for place in places() if place.root != "Subscription" and place.kind in kinds]


async def every(turns: Iterable[Awaitable[Told]]) -> list[Told]:
    """What each was told; some are asked at a time."""
    waiting = asyncio.Semaphore(8)

    async def one(turn: Awaitable[Told]) -> Told:
        async with waiting:
            return await turn

    return await asyncio.gather(*map(one, turns))


async def test_a_text_that_cannot_be_stored_or_shown_is_refused_by_the_name_of_its_place(
    asking: Asking, record_property: Record
) -> None:
    """Threats 33 and 34: NUL and marks that turn the direction of writing, in every text that there is."""
    found = tried("String", "ID")
    told = await every(asking.answer(caller, place, text) for text in UNFIT for place in found for caller in CALLERS)
    record_property("figure", f"texts that are unfit: {len(told)} tried in {len(found)} places, none accepted")
    named = {str(each.place) for each in told if each.names_it}
    assert [str(place) for place in found if str(place) not in named] == SILENT


async def test_an_odd_text_is_taken_or_refused_and_breaks_nothing(asking: Asking, record_property: Record) -> None:
    """Threat 33: invisible, endless, empty, or what other languages take for code."""
    turns = cycle(asking.callers)
    told = await every(
        asking.answer(caller, place, text)
        for text in ODD
        for place in tried("String", "ID")
        for caller in [next(turns)]
    )
    record_property("figure", f"texts that are odd: {len(told)} tried")


def plain(type_name: str, key: object) -> str:
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


FORGED = [
    *("", "x", "\0", "é", "VGVuYW50", "VGVuYW50Og==", "Tenant:1", "%00", "=" * 8, "A" * 5_000),
    *(plain("Tenant", key) for key in ("", "1", "x" * 36, f"{{{uuid4()}}}", str(uuid4()).upper(), f"{uuid4()}\n")),
    *(plain(name, uuid4()) for name in ("Grant", "Nothing", "Tenant\0", "Refused", "__Schema", "🙂")),
    *(plain("AuditEntry", f"{uuid4()}:{seq}") for seq in ("-1", "1e3", "9" * 30, "٣", "")),
]


async def test_an_id_that_is_forged_is_refused_by_name_or_finds_nothing(asking: Asking) -> None:
    """Threats 14 and 60: garbage, half an id, another type's."""
    turns = cycle((ADMIN, "a tenant's key", Role.PLATFORM_SUPPORT.value))
    told = await every(asking.answer(next(turns), place, forged) for forged in FORGED for place in tried("ID"))
    named = {str(each.place) for each in told if each.names_it}
    assert [str(place) for place in tried("ID") if str(place) not in named] == []


async def test_a_tenants_key_learns_nothing_by_another_tenants_ids(asking: Asking, site: Site) -> None:
    """P3, threat 12: what is another tenant's is answered as what is not there at all."""
    other = await site.world.somewhere()
    there, nowhere = ids.encode("Tenant", other.id), ids.encode("Tenant", uuid4())
    for place in tried("ID"):
        if place.name not in {"tenantId", "id"}:
            continue
        answers = [await asking.answer("a tenant's key", place, each) for each in (there, nowhere)]
        assert answers[0].messages == answers[1].messages, str(place)


async def test_a_number_out_of_range_is_refused_and_breaks_nothing(asking: Asking) -> None:
    value: object
    for value in (-1, 0, 2**31 - 1, -(2**31), 2**31, 2**53, -(2**63), 1.5, 1e308, "1", True, [], {}):
        await every(asking.answer(ADMIN, place, value) for place in tried("Int", "Float"))
    for written in ("1e400", str(2**63), "9" * 400, "-0", "1e-400"):
        told = await every(asking.answer(ADMIN, place, written, written=True) for place in tried("Int"))
        assert all(each.messages for each in told if written not in {"-0", "0"} and each.place.kind == "Int"), written


async def test_an_instant_out_of_range_is_refused_and_breaks_nothing(asking: Asking) -> None:
    """Year 0, the ends of time, offsets beyond them, none at all."""
    wrong = ["0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
             "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "infinity", "now",
             "2026-01-01T00:00:00+99:99", "", "\0", 0, 1e308, True, {}]  # fmt: skip
    for value in wrong:
        told = await every(asking.answer(ADMIN, place, value) for place in tried("DateTime"))
        assert all("DateTime" in each.messages[0] for each in told), value
    for value in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T14:00:00+14:00"):
        await every(asking.answer(caller, place, value) for place in tried("DateTime") for caller in (ADMIN, "a key"))


async def test_a_value_that_an_enum_does_not_have_is_refused_by_the_enums_name(asking: Asking) -> None:
    enums = [place for place in places() if place.root != "Subscription" and place.is_enum]
    value: object
    for value in ("NOTHING", "active", "", "\0", 1, True, {}, "__proto__", "ACTIVE "):
        told = await every(asking.answer(ADMIN, place, value) for place in enums)
        assert [str(each.place) for each in told if each.place.kind not in each.messages[0]] == []


async def test_what_is_no_json_for_every_reader_is_refused(asking: Asking) -> None:
    """Numbers beyond 64 bits, and texts within that no database takes."""
    value: object
    for value in ({"a": "\0"}, {"\0": 1}, {"a": ["\u202e"]}, [], "x", 1, None, {"a": "x" * 100_000}):
        await every(asking.answer(caller, place, value) for place in tried("JSON") for caller in asking.callers)
    for written in ("{a: 1e400}", '{a: "\\ud800"}', "{a: %s}" % ("9" * 400)):
        told = await every(asking.answer(ADMIN, place, written, written=True) for place in tried("JSON"))
        assert all(each.messages for each in told), written


async def test_a_filter_on_what_one_may_not_read_is_refused_wherever_it_is(asking: Asking) -> None:
    """Threat 14: the answer would tell it."""
    filters = [place for place in tried("String") if place.name == "ipAddress"]
    told = [await asking.answer(Role.PLATFORM_BILLING.value, place, "203.0.113.7") for place in filters]
    assert len(told) >= 2
    for each in told:
        assert any("ORIGIN_READ" in message or "AUDIT_READ" in message for message in each.messages), each
