"""The demo as it is made: a ledger as real as any, statuses of every kind, nobody inside, and no server for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio

from actas.demo import announced, cast
from actas.demo.forgetting import KEY_FILE, forget
from actas.demo.making import prepare
from actas.server import DATABASE, CannotStart, set_up_embedded
from actas.settings import Settings
from db import embedded, selfcheck
from permissions.policy import TenantStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from db.embedded import Server


@dataclass(frozen=True)
class Made:
    settings: Settings
    server: Server

    async def ask(self, statement: str, *arguments: object) -> list[Any]:
        connection = await asyncpg.connect(self.server.url("actas_admin", DATABASE))
        try:
            return [tuple(row) for row in await connection.fetch(statement, *arguments)]
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def made(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Made]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo") / "data", port=8000)
    with embedded.acquire(settings.data_dir, fsync=False) as lease:
        await prepare(settings, lease.server, 8001)
        yield Made(settings, lease.server)


async def test_there_are_sixty_tenants_in_every_status(made: Made) -> None:
    found = dict(await made.ask("select slug, status from identity.tenant"))
    assert found == {company.slug: company.status for company in cast.TENANTS}
    assert set(found.values()) == set(TenantStatus)


async def test_every_start_of_the_demo_has_its_one_end_and_nobody_is_inside(made: Made) -> None:
    """P2: also by expiry, replacement, revocation, suspension, sign-out and a role that ran out."""
    ((starts, ends, live),) = await made.ask("""
        select count(*) filter (where kind = 'IMPERSONATION_STARTED'),
               count(distinct session_id) filter (where kind = 'IMPERSONATION_ENDED'),
               (select count(*) from identity.impersonation_session where state = 'ACTIVE') from audit.entry""")
    assert starts == ends > 300
    assert live == 0
    causes = {cause for (cause,) in await made.ask("select distinct end_cause from identity.impersonation_session")}
    assert causes >= {
        "STOPPED", "TENANT_STOPPED", "EXPIRED", "REPLACED", "REVOKED", "TENANT_SUSPENDED", "TENANT_OFFBOARDING",
        "ROLE_LOST", "SIGNED_OUT",
    }  # fmt: skip


async def test_its_ledger_is_as_real_as_any(made: Made) -> None:
    """P1, P4: chains without gaps, hashes that fit, times that only go forwards, the server's own checks content."""
    broken = await made.ask("""
        select chain, seq from (select e.*, lag(hash, 1, '\\x') over w as before, lag(at) over w as earlier,
                                       row_number() over w as number
                                  from audit.entry e window w as (partition by chain order by seq)) e
         where seq <> number or previous_hash <> before or at < earlier
            or hash <> audit.entry_hash(
                 (select x from audit.entry x where (x.chain, x.seq, x.at) = (e.chain, e.seq, e.at)))
    """)
    assert broken == []
    assert await selfcheck.check(made.server.url("actas_app", DATABASE)) == []


async def test_requests_were_made_within_their_sessions_and_looks_were_recorded(made: Made) -> None:
    """P6, S1-8."""
    ((requests, outside),) = await made.ask("""
        select count(*), count(*) filter (where l.at not between s.started_at and s.ended_at)
          from audit.access_log l join identity.impersonation_session s on s.id = l.session_id""")
    assert requests > 2000
    assert outside == 0
    assert (await made.ask("select count(*) > 300 from audit.activity")) == [(True,)]


async def test_its_clock_shows_the_true_time_once_it_is_made(made: Made) -> None:
    assert await made.ask("select clock_offset = interval '0' from audit.database_purpose") == [(True,)]


async def test_it_is_made_once(made: Made) -> None:
    before = await made.ask("select count(*) from audit.entry")
    await prepare(made.settings, made.server, 8001)
    assert await made.ask("select count(*) from audit.entry") == before


async def test_no_server_serves_it(made: Made) -> None:
    with pytest.raises(CannotStart, match="made as DEMO"):
        await set_up_embedded(made.settings, "REAL")


async def test_only_a_demos_folder_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(CannotStart, match="does not look like"):
        await forget(tmp_path)
    (tmp_path / KEY_FILE).touch()
    await forget(tmp_path)
    assert not (tmp_path / KEY_FILE).exists()


def test_programs_are_told_who_can_sign_in(tmp_path: Path) -> None:
    told = announced(Settings(data_dir=tmp_path, port=8000), 8001)
    assert '"password":"demo"' in told
    assert all(operator.email in told for operator in cast.OPERATORS)
