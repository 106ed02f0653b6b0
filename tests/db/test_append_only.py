"""P4: what was recorded cannot be changed, not by the app, not by the migrator, not even by a superuser in passing."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from tests.db.attacks import ATTACKS, IN_VAIN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.databases import Databases

FINGERPRINT = (Path(__file__).parent / "fingerprint.sql").read_text()
NOT_ALLOWED = asyncpg.InsufficientPrivilegeError
APPEND_ONLY = "AC002"
APPEND = """select audit.append(null, null, '00000000-0000-0000-0000-000000000001', $1, null, null, null,
            null, null, 'a summary', '{}', $2)"""


class Ledger:
    """A ledger with a few rows in every table, and a connection for each who attacks it."""

    def __init__(self, name: str, admin: asyncpg.Connection, attackers: dict[str, asyncpg.Connection]) -> None:
        self.name, self.admin, self.attackers = name, admin, attackers
        self.month = ""

    async def fill(self) -> None:
        app = self.attackers["app"]
        for kind in ("DATABASE_RESTORED", "SIGN_IN_REFUSED", "STRANGER_ATTEMPTS"):
            await app.execute(APPEND, kind, datetime.now(UTC))
        await app.execute("select audit.sequence_pending()")
        await app.execute(APPEND, "DATABASE_RESTORED", datetime.now(UTC))  # stays pending
        uuid = "gen_random_uuid()"
        await self.admin.execute(
            f"insert into audit.activity values ({uuid}, now(), {uuid}, {uuid}, 'Tenants', '{{}}', '{{}}', false);"
            f"insert into audit.access_log values ({uuid}, now(), {uuid}, {uuid}, {uuid}, 'GET', '/', null, 200, 1,"
            f" false, null, {uuid}, now());"
            "set session_replication_role = replica;"  # a mark without a session
            f"insert into audit.session_mark values ({uuid}, {uuid}, 1, 2, '1', '1');"
            "reset session_replication_role"
        )
        self.month = await self.admin.fetchval(
            "select relname from pg_class where oid = (select tableoid from audit.entry limit 1)"
        )

    async def fingerprint(self) -> str:
        """Every row, and everything that guards them."""
        tables = await self.admin.fetch(
            "select oid::regclass::text as name from pg_class"
            " where relnamespace = 'audit'::regnamespace and relkind = 'r'"
        )
        rows = " union all ".join(f"select '{table['name']}', t::text from {table['name']} t" for table in tables)
        everything = f"select md5(string_agg(r::text, '|' order by r::text)) from ({rows}) r"
        return str(await self.admin.fetchval(FINGERPRINT)) + str(await self.admin.fetchval(everything))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ledger(databases: Databases) -> AsyncIterator[Ledger]:
    async with databases.fresh() as urls:
        connections = {role: await asyncpg.connect(getattr(urls, role)) for role in ("app", "migrator", "auditor")}
        connections["tenant"] = await asyncpg.connect(urls.app)
        await connections["tenant"].execute("set role actas_tenant")
        made = Ledger(urls.name, await asyncpg.connect(urls.admin), connections)
        await made.fill()
        yield made
        for connection in (*connections.values(), made.admin):
            await connection.close()


@pytest.mark.parametrize("attacker", ["app", "tenant", "migrator", "auditor"])
@pytest.mark.parametrize("attack", ATTACKS, ids=str)
async def test_refused(attack: str, attacker: str, ledger: Ledger) -> None:
    before = await ledger.fingerprint()
    statement = ATTACKS[attack].replace("{month}", ledger.month).replace("{database}", ledger.name)
    with suppress(NOT_ALLOWED) if attack in IN_VAIN else pytest.raises(NOT_ALLOWED):
        await ledger.attackers[attacker].execute(statement)
    assert await ledger.fingerprint() == before


SWEEPS = ("update {table} set {column} = {column}", "delete from {table}", "truncate {table}")


@pytest.mark.parametrize("replication", ["origin", "replica"])
@pytest.mark.parametrize("sweep", SWEEPS)
@pytest.mark.parametrize("table", ["entry", "{month}", "feed", "access_log", "activity"])
async def test_a_superuser_in_passing_is_refused(table: str, sweep: str, replication: str, ledger: Ledger) -> None:
    """The second line: triggers that fire ALWAYS, also where replication would switch others off."""
    before = await ledger.fingerprint()
    await _refused_to_a_superuser(ledger.admin, sweep, f"audit.{table.format(month=ledger.month)}", replication)
    assert await ledger.fingerprint() == before


@pytest.mark.parametrize("sweep", SWEEPS)
async def test_months_made_later_are_guarded_as_well(sweep: str, ledger: Ledger) -> None:
    """A trigger against TRUNCATE is not inherited, so each month has its own."""
    await ledger.admin.execute("select audit.advance_clock('2 months')")
    await ledger.attackers["app"].execute("select audit.ensure_months()")
    await ledger.attackers["app"].execute(APPEND, "DATABASE_RESTORED", datetime.now(UTC))
    newest = await ledger.admin.fetchval("select tableoid::regclass::text from audit.entry order by at desc limit 1")
    assert newest != f"audit.{ledger.month}"
    await _refused_to_a_superuser(ledger.admin, sweep, newest, "replica")


async def _refused_to_a_superuser(admin: asyncpg.Connection, sweep: str, table: str, replication: str) -> None:
    async with admin.transaction():
        await admin.execute(f"set local session_replication_role = {replication}")
        with pytest.raises(asyncpg.PostgresError) as refusal:
            async with admin.transaction():
                await admin.execute(sweep.format(table=table, column="pos" if table == "audit.feed" else "at"))
    assert refusal.value.sqlstate == APPEND_ONLY


async def test_the_app_appends_and_nobody_chooses_when_or_where(ledger: Ledger) -> None:
    """The way in that is left open gives the next number and the database's time, whatever it is told."""
    app = ledger.attackers["app"]
    before = await app.fetchrow("select seq, at, hash from audit.chain_head where seq > 1")
    assert before
    await app.execute(APPEND, "DATABASE_RESTORED", datetime.now(UTC) - timedelta(seconds=50))
    entry = await app.fetchrow("select * from audit.entry where seq = $1", before["seq"] + 1)
    assert entry
    assert entry["at"] > before["at"]
    assert entry["previous_hash"] == before["hash"]
    assert entry["db_user"] == "actas_app"
    with pytest.raises(asyncpg.PostgresError, match="clocks"):
        await app.execute(APPEND, "DATABASE_RESTORED", datetime.now(UTC) - timedelta(days=1))


@pytest.mark.parametrize("role", ["tenant", "migrator", "auditor"])
async def test_only_the_app_appends(role: str, ledger: Ledger) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ledger.attackers[role].execute(APPEND, "DATABASE_RESTORED", datetime.now(UTC))


@pytest.mark.parametrize("setting", ["synchronous_commit = off", "default_transaction_isolation = 'repeatable read'"])
async def test_nothing_is_appended_under_settings_that_could_lose_or_disorder_it(setting: str, ledger: Ledger) -> None:
    app = ledger.attackers["app"]
    await app.execute(f"set {setting}")
    try:
        with pytest.raises(asyncpg.PostgresError, match="append needs"):
            await app.execute(APPEND, "DATABASE_RESTORED", datetime.now(UTC))
    finally:
        await app.execute("reset all")
