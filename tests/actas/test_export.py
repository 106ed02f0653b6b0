"""The ledger's export: who may, what is in it, that it is recorded, inert and known for whole (threats 31, 60)."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest

from actas.ledger_formats import COLUMNS
from db.ledger import ATTEMPTS, PLATFORM
from db.pages import exports as pages
from permissions.operators import Permission, Role
from tests.actas.serving import bare
from tests.actas.test_rest import post, problem, start_of
from tests.world import REASON

if TYPE_CHECKING:
    from uuid import UUID

    from tests.actas.serving import Site

EXPORT = "/ledger/export"


async def fetch(site: Site, *, cookie: str | None = None, key: str | None = None, **asked: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    async with site.client(cookie=cookie) as client:
        return await client.get(EXPORT, params=asked, headers=headers)


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    """What an NDJSON export holds, once it is known to be whole."""
    assert response.status_code == 200, response.text
    told = [json.loads(line) for line in response.text.splitlines()]
    assert [told[0]["type"], told[-1]["type"]] == ["export", "end"]
    assert {each["type"] for each in told[1:-1]} <= {"entry"}
    assert told[-1]["entries"] == len(told) - 2
    return told[1:-1]


def rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    assert response.text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


async def reported(site: Site, reason: str) -> UUID:
    """A tenant in whose ledger this reason is."""
    cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
    assert (await post(site, cookie, start_of(tenant.id), {"reason": reason})).status_code == 201
    return tenant.id


class TestWhat:
    async def test_a_tenants_export_has_each_of_its_entries_as_it_was_written(self, site: Site) -> None:
        """P3: in the chain's order, without a gap, with the details byte by byte as they were hashed."""
        tenant_id = await reported(site, REASON)
        cookie = await site.operator(Role.PLATFORM_READONLY)
        written = await site.world.entries(tenant_id)
        answer = await fetch(site, cookie=cookie, format="ndjson", tenant=str(tenant_id))
        told = lines(answer)
        assert [(each["sequence"], each["hash"]) for each in told] == [(e.seq, e.hash.hex()) for e in written]
        assert [each["previousHash"] for each in told[1:]] == [each["hash"] for each in told[:-1]]
        for each, entry in zip(told, written, strict=True):
            assert each["details"] == json.loads(entry.details)
            assert entry.details in answer.text
            assert each["at"].endswith("Z")
            assert each["ipAddress"] == entry.ip

    async def test_csv_says_the_same_by_rfc_4180(self, site: Site) -> None:
        tenant_id = await reported(site, 'because of "this",\nand; that')
        cookie = await site.operator(Role.PLATFORM_READONLY)
        answer = await fetch(site, cookie=cookie, format="csv", tenant=str(tenant_id))
        told = rows(answer)
        written = await site.world.entries(tenant_id, "IMPERSONATION_STARTED")
        started = next(each for each in told if each["kind"] == "IMPERSONATION_STARTED")
        assert started["summary"] == written[0].summary
        assert len(started) == len(COLUMNS)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
        name = answer.headers["content-disposition"]
        assert name.startswith('attachment; filename="actas-ledger-tenant-')
        assert name.endswith('Z.csv"')

    async def test_without_a_tenant_it_is_everything_that_everybody_did_in_the_order_of_time(self, site: Site) -> None:
        await reported(site, REASON)
        cookie = await site.operator(Role.PLATFORM_ADMIN)
        told = lines(await fetch(site, cookie=cookie, format="ndjson"))
        assert {str(PLATFORM)} < {each["chain"] for each in told}
        assert [each["at"] for each in told] == sorted(each["at"] for each in told)
        (count,) = {await site.world.admin_sql("select count(*) from audit.entry where chain <> $1", ATTEMPTS)}
        assert len([each for each in told if each["chain"] != str(ATTEMPTS)]) == count - 1, "all but its own record"

    async def test_from_is_inclusive_and_to_is_not(self, site: Site) -> None:
        tenant_id = await reported(site, REASON)
        cookie = await site.operator(Role.PLATFORM_READONLY)
        written = await site.world.entries(tenant_id)
        first, last = (each.at.isoformat() for each in (written[1], written[-1]))
        told = lines(
            await fetch(site, cookie=cookie, format="ndjson", tenant=str(tenant_id), **{"from": first, "to": last})
        )
        assert [each["sequence"] for each in told] == [each.seq for each in written[1:-1]]


class TestWho:
    @pytest.mark.parametrize("role", [Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING])
    async def test_a_role_without_the_permission_is_told_so(self, site: Site, role: Role) -> None:
        cookie = await site.operator(role)
        assert problem(await fetch(site, cookie=cookie, format="csv")) == (403, "FORBIDDEN")
        caller = await site.caller(cookie)
        refused = await site.world.admin_sql("select refused from audit.activity where operator_id = $1", caller.id)
        assert refused

    async def test_a_tenants_key_exports_that_tenant_and_no_other_exists_for_it(self, site: Site) -> None:
        """Threats 28, 60."""
        own, other = await reported(site, REASON), await reported(site, REASON)
        key = await site.key(Permission.AUDIT_EXPORT, tenant_id=own)
        assert {each["chain"] for each in lines(await fetch(site, key=key, format="ndjson"))} == {str(own)}
        absent = await fetch(site, key=key, format="ndjson", tenant="no-such-tenant")
        foreign = await fetch(site, key=key, format="ndjson", tenant=str(other))
        assert problem(absent) == (404, "NOT_FOUND")
        assert bare(absent) == bare(foreign)

    async def test_reading_on_a_tenants_side_is_not_exporting(self, site: Site) -> None:
        own = await reported(site, REASON)
        for tenant_id in (own, None):
            key = await site.key(Permission.TENANT_SIDE_READ, Permission.AUDIT_READ, tenant_id=tenant_id)
            assert problem(await fetch(site, key=key, format="csv", tenant=str(own))) == (403, "FORBIDDEN")

    @pytest.mark.parametrize(
        ("permissions", "named", "shown"),
        [
            ((Permission.AUDIT_EXPORT,), True, False),
            ((Permission.AUDIT_EXPORT, Permission.ORIGIN_READ), False, True),
            ((Permission.AUDIT_EXPORT, Permission.TENANT_SIDE_READ), True, True),
            ((Permission.AUDIT_EXPORT, Permission.TENANT_SIDE_READ), False, False),
        ],
    )
    async def test_where_people_called_from_is_only_in_it_for_who_may_read_that(
        self, site: Site, permissions: tuple[Permission, ...], named: bool, shown: bool
    ) -> None:
        tenant_id = await reported(site, REASON)
        key = await site.key(*permissions)
        asked = {"tenant": str(tenant_id)} if named else {}
        for told in (
            lines(await fetch(site, key=key, format="ndjson", **asked)),
            rows(await fetch(site, key=key, format="csv", **asked)),
        ):
            assert {"ipAddress" in each and "userAgent" in each for each in told} == {shown}

    async def test_another_sites_page_does_not_start_a_download(self, site: Site) -> None:
        """Threat 16."""
        async with site.client(cookie=await site.operator(Role.PLATFORM_READONLY)) as client:
            for kind in ("cross-site", "same-site"):
                answer = await client.get(EXPORT, params={"format": "csv"}, headers={"sec-fetch-site": kind})
                assert problem(answer) == (403, "NOT_FROM_THE_CONSOLE")


class TestRecord:
    async def test_an_export_is_in_the_ledger_that_it_is_of_before_it_leaves(self, site: Site) -> None:
        tenant_id = await reported(site, REASON)
        cookie = await site.operator(Role.PLATFORM_READONLY)
        told = lines(await fetch(site, cookie=cookie, format="ndjson", tenant=str(tenant_id)))
        (entry,) = await site.world.entries(tenant_id, "LEDGER_EXPORTED")
        details = json.loads(entry.details)
        assert (entry.actor_kind, entry.actor_proof) == ("OPERATOR", "SIGN_IN")
        assert (details["form"], details["through"]) == ("ndjson", told[-1]["sequence"])
        assert entry.seq == told[-1]["sequence"] + 1
        caller = await site.caller(cookie)
        assert await site.world.admin_sql("select tenants from audit.activity where operator_id = $1", caller.id) == [
            tenant_id
        ]

    async def test_a_services_export_of_everything_is_in_the_platforms_ledger(self, site: Site) -> None:
        before = len(await site.world.entries(PLATFORM, "LEDGER_EXPORTED"))
        lines(await fetch(site, key=await site.key(Permission.AUDIT_EXPORT), format="ndjson"))
        entries = await site.world.entries(PLATFORM, "LEDGER_EXPORTED")
        assert (len(entries), entries[-1].actor_proof) == (before + 1, "SERVICE_KEY")

    async def test_what_cannot_be_recorded_is_not_exported(self, site: Site) -> None:
        """P1, fail closed."""
        cookie = await site.operator(Role.PLATFORM_READONLY)
        holding = await asyncpg.connect(site.world.urls.admin)
        async with holding.transaction():
            await holding.execute("lock table audit.chain_head in exclusive mode")
            answer = await fetch(site, cookie=cookie, format="csv")
        await holding.close()
        assert problem(answer) == (503, "UNAVAILABLE")


class TestCut:
    async def test_a_download_that_fails_on_the_way_is_an_error_to_whoever_reads_it(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A part is never taken for the whole, also in CSV, which has no place for an end."""
        monkeypatch.setattr(pages, "_OF_ALL", pages._OF_ALL.replace(f"limit {pages.PAGE}", "limit 1"))
        monkeypatch.setattr(pages, "PAGE", 1)
        cookie = await site.operator(Role.PLATFORM_READONLY)
        caller = await site.caller(cookie)
        asked: list[object] = []

        async def over(_: object) -> object:
            asked.append(_)
            return caller if len(asked) < 3 else None

        monkeypatch.setattr(site.services.callers, "still_valid", over)
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            await fetch(site, cookie=cookie, format="csv")
        assert len(asked) == 3


class TestAsked:
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("", "format"),
            ("format=xml", "format"),
            ("format=csv&tenant=", "tenant"),
            ("format=csv&tenant=%00", "tenant"),
            ("format=csv&from=yesterday", "from"),
            ("format=csv&from=2026-11-21T09:00:00", "from"),
            ("format=csv&to=0001-01-01T00:00:00%2B23:00", "to"),
            ("format=csv&to=99999-01-01", "to"),
            ("format=csv&from=2026-11-21&to=2026-11-21", "to"),
            ("format=csv&format=csv", None),
            ("format=csv&limit=5", "limit"),
            ("format=csv&tenant=" + "x" * 2000, None),
        ],
    )
    async def test_what_makes_no_sense_is_a_422_that_names_the_parameter(
        self, site: Site, query: str, field: str | None
    ) -> None:
        async with site.client(cookie=await site.operator(Role.PLATFORM_READONLY)) as client:
            answer = await client.get(f"{EXPORT}?{query}")
        assert problem(answer) == (422, "INPUT_INVALID")
        assert field in [each["field"] for each in answer.json()["problems"]]

    async def test_a_day_is_its_midnight_in_utc(self, site: Site) -> None:
        cookie = await site.operator(Role.PLATFORM_READONLY)
        tomorrow = (await site.world.now() + timedelta(days=2)).date().isoformat()
        assert lines(await fetch(site, cookie=cookie, format="ndjson", **{"from": tomorrow})) == []
        assert rows(await fetch(site, cookie=cookie, format="csv", **{"from": tomorrow})) == []

    @pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
    async def test_it_is_only_got(self, site: Site, method: str) -> None:
        async with site.client(cookie=await site.operator(Role.PLATFORM_READONLY)) as client:
            answer = await client.request(method, EXPORT)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
