"""The ledger: dense chains that anybody can verify, one clock, and months that fail closed (P3, P4)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest

from db.ledger import ATTEMPTS, PLATFORM
from permissions.ids import uuid7
from permissions.policy import TenantStatus
from permissions.refusals import Unavailable
from resolvers import expiry, impersonation, tenants
from resolvers.impersonation import Started, StartRequest
from resolvers.tenants import SetStatus
from tests.raw import Raw
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from permissions.caller import Caller
    from tests.databases import Databases

CANNOT_RECORD = "AC004"
HASHED = (
    "kind", "tenant_id", "session_id", "operator_id", "actor_kind", "actor_id", "actor_name", "actor_proof", "db_user",
    "db_address", "ip", "user_agent", "summary", "details",
)  # fmt: skip


def recomputed(entry: asyncpg.Record | dict[str, Any]) -> bytes:
    """An entry's hash as an auditor computes it, from the documented form alone: no code of the product."""

    def part(value: object) -> bytes:
        if value is None:
            return b"\xff\xff\xff\xff"
        raw = str(value).encode()
        return len(raw).to_bytes(4) + raw

    microseconds = (entry["at"] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    place = entry["chain"].bytes + entry["seq"].to_bytes(8) + microseconds.to_bytes(8)
    rest = b"".join(part(entry[name]) for name in HASHED)
    return hashlib.sha256(part(entry["previous_hash"].hex()) + place + rest).digest()


async def start(world: World, caller: Caller, tenant: UUID, **asked: Any) -> Started:
    started = await impersonation.start(world.database, caller, StartRequest(tenant_id=tenant, reason=REASON, **asked))
    assert isinstance(started, Started), started
    return started


class TestChains:
    async def test_each_chain_is_dense_and_verifies_by_its_documented_form_alone(self, world: World) -> None:
        """P4, I8: many writers at once, several chains, and a verifier of twenty lines that shares no code."""
        callers = [await world.operator() for _ in range(4)]
        places = [(await world.somewhere()).id for _ in range(3)]
        await asyncio.gather(*(start(world, caller, place) for caller in callers for place in places))
        for chain in (*places, PLATFORM):
            entries = await world.rows(chain)
            assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
            before, at = b"", None
            for entry in entries:
                assert entry["previous_hash"] == before
                assert entry["hash"] == recomputed(entry)
                assert at is None or entry["at"] >= at
                before, at = entry["hash"], entry["at"]
            head = await world.admin_sql("select row(seq, hash) from audit.chain_head where chain = $1", chain)
            assert head == (len(entries), before)

    async def test_the_hash_covers_every_column_and_tells_null_from_empty(
        self, world: World, app: Raw, jane: Caller, acme: UUID
    ) -> None:
        """P4: whatever is edited, in whatever time zone, shows."""
        await start(world, jane, acme)
        entry = dict((await world.rows(acme))[-1])
        changes: list[dict[str, Any]] = [
            {"at": entry["at"] + timedelta(microseconds=1)},
            {"seq": entry["seq"] + 1},
            {"chain": PLATFORM},
            {"previous_hash": b"\0" * 32},
            *({name: uuid7()} for name in HASHED if name.endswith("_id")),
            *({name: "x"} for name in HASHED if not name.endswith("_id") and name != "actor_kind"),
            {"actor_kind": "SYSTEM"},
            {"ip": None},
            {"ip": ""},
            {"ip": None, "user_agent": entry["ip"]},
        ]
        await app.sql.execute("set timezone = 'Asia/Kolkata'; set datestyle = 'German'; set bytea_output = 'escape'")
        hashes = {entry["hash"]}
        for change in changes:
            altered = entry | change
            columns = ", ".join(f"${n}" for n in range(1, len(altered) + 1))
            theirs = await app.sql.fetchval(f"select audit.entry_hash(row({columns})::audit.entry)", *altered.values())
            assert theirs == recomputed(altered), change
            hashes.add(theirs)
        assert len(hashes) == len(changes) + 1

    async def test_two_fields_cannot_be_shifted_into_one_another(self, app: Raw) -> None:
        """P4: each is preceded by its length."""
        assert await app.sql.fetchval(
            "select audit.field('ab') || audit.field('c') <> audit.field('a') || audit.field('bc')"
        )

    async def test_what_is_hashed_are_the_very_bytes_that_were_written(
        self, world: World, jane: Caller, acme: UUID
    ) -> None:
        """Not what a JSON type makes of them: order, spaces and letters stay."""
        reason = "Zoë asked: „Wo ist die Akte?“ \U0001f4b6"
        await impersonation.start(world.database, jane, StartRequest(tenant_id=acme, reason=reason))
        details = (await world.rows(acme))[-1]["details"]
        assert reason in details
        assert details == json.dumps(json.loads(details), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    async def test_an_entry_about_a_tenant_goes_into_no_other_chain(
        self, world: World, app: Raw, jane: Caller, acme: UUID
    ) -> None:
        """P3: nothing about a tenant is hidden from it."""
        kind = "IMPERSONATION_REFUSED"
        for chain in (PLATFORM, (await world.somewhere()).id):
            with pytest.raises(asyncpg.PostgresError) as caught:
                await app.append(kind, chain, tenant=acme, caller=jane, tenantId=acme)
            assert caught.value.sqlstate == CANNOT_RECORD
        with pytest.raises(asyncpg.PostgresError) as caught:
            await app.append(kind, PLATFORM, caller=jane, tenantId=acme)
        assert caught.value.sqlstate == CANNOT_RECORD
        assert await app.append(kind, acme, tenant=acme, caller=jane, tenantId=acme)
        assert await app.append(kind, PLATFORM, caller=jane, tenantId=None)


class TestTime:
    async def test_time_is_the_databases_and_never_goes_back_within_a_chain(self, world: World, app: Raw) -> None:
        """Threat 38: where the clock jumps back, time stands still until it catches up."""
        await app.append("STRANGER_ATTEMPTS", ATTEMPTS)
        jump = "update audit.database_purpose set clock_offset = clock_offset + make_interval(hours => $1)"
        await world.admin_sql(jump, -1)
        try:
            await app.append("STRANGER_ATTEMPTS", ATTEMPTS)
        finally:
            await world.admin_sql(jump, 1)
        first, second = (await world.rows(ATTEMPTS))[-2:]
        assert second["at"] == first["at"]
        await app.append("STRANGER_ATTEMPTS", ATTEMPTS)
        assert (await world.rows(ATTEMPTS))[-1]["at"] > second["at"]

    @pytest.mark.parametrize(("seconds", "recorded"), [(-61, False), (-58, True), (58, True), (61, False)])
    async def test_a_process_whose_clock_is_a_minute_off_records_nothing(
        self,
        app: Raw,
        seconds: int,
        recorded: bool,
    ) -> None:
        clock = datetime.now(UTC) + timedelta(seconds=seconds)
        if recorded:
            assert await app.append("STRANGER_ATTEMPTS", ATTEMPTS, clock=clock)
            return
        with pytest.raises(asyncpg.PostgresError) as caught:
            await app.append("STRANGER_ATTEMPTS", ATTEMPTS, clock=clock)
        assert caught.value.sqlstate == CANNOT_RECORD

    async def test_and_says_that_it_is_unavailable(
        self, world: World, acme: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """P1: the write unit hands over its own clock; nothing happened."""

        class Ahead(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(tz) + timedelta(seconds=61)

        monkeypatch.setattr("db.unit.datetime", Ahead)
        with pytest.raises(Unavailable):
            await tenants.suspend(
                world.database, world.admin, SetStatus(tenant_id=acme, to=TenantStatus.SUSPENDED, reason="a test")
            )
        assert await world.admin_sql("select status from identity.tenant where id = $1", acme) == "ACTIVE"


class TestConditions:
    @pytest.mark.parametrize(
        "setting",
        [
            "set local synchronous_commit = off",
            "set transaction isolation level repeatable read",
            "set transaction isolation level serializable",
        ],
    )
    async def test_nothing_is_recorded_where_a_commit_would_not_be_durable_or_a_head_would_be_stale(
        self, app: Raw, setting: str
    ) -> None:
        """I1, mechanisms A."""
        with pytest.raises(asyncpg.PostgresError) as caught:
            async with app.sql.transaction():
                await app.sql.execute(setting)
                await app.append("STRANGER_ATTEMPTS", ATTEMPTS)
        assert caught.value.sqlstate == CANNOT_RECORD

    async def test_an_unknown_kind_is_refused(self, app: Raw, jane: Caller) -> None:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await app.append("IMPERSONATION_HIDDEN", PLATFORM, caller=jane)
        assert caught.value.sqlstate == CANNOT_RECORD


class TestMonths:
    async def test_beyond_the_months_that_were_made_nothing_happens_and_with_them_all_goes_on(
        self, databases: Databases
    ) -> None:
        """P1: fails closed; then the chain crosses into the new month with its anchor."""
        async with databases.fresh() as urls, world_on(urls) as world:
            caller, place = await world.operator(), (await world.somewhere()).id
            session = (await start(world, caller, place)).session
            await world.advance(timedelta(days=200))
            assert await world.admin_sql("select audit.months_ahead()") == 0
            with pytest.raises(Unavailable):
                await expiry.expire_due(world.database)
            state = "select state from identity.impersonation_session where id = $1"
            assert await world.admin_sql(state, session.id) == "ACTIVE"
            assert await world.admin_sql("select audit.ensure_months()") == 8
            assert await world.admin_sql("select audit.months_ahead()") == 3
            await expiry.expire_due(world.database)
            assert await world.admin_sql(state, session.id) == "ENDED"
            before, last = (await world.rows(place))[-2:]
            assert (last["kind"], last["seq"]) == ("IMPERSONATION_ENDED", before["seq"] + 1)
            anchors = await world.admin_sql(
                """select array_agg(row(month, first_seq, previous_hash) order by month) from audit.chain_month
                    where chain = $1""",
                place,
            )
            assert anchors == [
                (before["at"].date().replace(day=1), 1, b""),
                (last["at"].date().replace(day=1), last["seq"], before["hash"]),
            ]

    async def test_making_months_again_makes_none(self, world: World) -> None:
        assert await world.admin_sql("select audit.ensure_months()") == 0

    async def test_the_anchors_are_append_only(self, world: World, app: Raw) -> None:
        """P4: the app writes none, and whoever could write them changes none."""
        for statement in (
            "update audit.chain_month set previous_hash = ''",
            "delete from audit.chain_month",
            "truncate audit.chain_month",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.sql.execute(statement)
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await world.admin_sql(statement)
        for statement in (
            "insert into audit.chain_month values (gen_random_uuid(), now(), 1, '')",
            "update audit.chain_head set seq = 0",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.sql.execute(statement)
