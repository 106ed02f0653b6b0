"""The process refuses to start where a promise could not be kept, and says what to do (P1, P4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import pytest

from db import selfcheck
from db.embedded import acquire
from db.embedded.binaries import find
from db.migrate import set_up
from tests.postgres import binaries

if TYPE_CHECKING:
    from pathlib import Path

    from db.embedded import Server
    from tests.databases import DatabaseUrls


@dataclass(frozen=True)
class Fault:
    """What somebody did to the database, the reason that is given, and how the cluster becomes whole again."""

    name: str
    done: str
    reason: str
    undo: str = "select 1"


FAULTS = [
    Fault(
        "the app's role makes roles",
        "alter role actas_app createrole",
        "actas_app has CREATEROLE: ALTER ROLE actas_app NOCREATEROLE",
        "alter role actas_app nocreaterole",
    ),
    Fault(
        "the app's role makes databases",
        "alter role actas_app createdb",
        "actas_app has CREATEDB",
        "alter role actas_app nocreatedb",
    ),
    Fault(
        "the app's role passes row security",
        "alter role actas_app bypassrls",
        "actas_app has BYPASSRLS",
        "alter role actas_app nobypassrls",
    ),
    Fault(
        "the app's role replicates",
        "alter role actas_app replication",
        "actas_app has REPLICATION",
        "alter role actas_app noreplication",
    ),
    Fault(
        "the app's role may become the ledger's owner",
        "grant actas_audit_owner to actas_app",
        "actas_app may become actas_audit_owner",
        "revoke actas_audit_owner from actas_app",
    ),
    Fault(
        "the app's role may become the ledger's owner by way of another",
        "create role middle in role actas_audit_owner; grant middle to actas_app",
        "actas_app may become actas_audit_owner",
        "drop role middle",
    ),
    Fault(
        "the app's role may become the migrator",
        "grant actas_migrator to actas_app",
        "actas_app may become actas_migrator",
        "revoke actas_migrator from actas_app",
    ),
    Fault(
        "the app's role writes all data",
        "grant pg_write_all_data to actas_app",
        "actas_app may become pg_write_all_data",
        "revoke pg_write_all_data from actas_app",
    ),
    Fault(
        "the app's role runs programs on the server",
        "grant pg_execute_server_program to actas_app",
        "actas_app may become pg_execute_server_program",
        "revoke pg_execute_server_program from actas_app",
    ),
    Fault(
        "the migrator may become the ledger's owner",
        "grant actas_audit_owner to actas_migrator",
        "actas_migrator may become actas_audit_owner",
        "revoke actas_audit_owner from actas_migrator",
    ),
    Fault(
        "the migrator makes roles",
        "alter role actas_migrator createrole",
        "actas_migrator has CREATEROLE",
        "alter role actas_migrator nocreaterole",
    ),
    Fault(
        "the migrator is a superuser",
        "alter role actas_migrator superuser",
        "actas_migrator is a superuser",
        "alter role actas_migrator nosuperuser",
    ),
    Fault(
        "the migrator turns triggers off",
        "grant set on parameter session_replication_role to actas_migrator",
        "actas_migrator may set session_replication_role",
        "revoke set on parameter session_replication_role from actas_migrator",
    ),
    Fault(
        "the migrator owns the database",
        "alter database {database} owner to actas_migrator",
        "actas_migrator owns the database",
    ),
    Fault(
        "everyone makes schemas",
        "grant create on database {database} to public",
        "actas_app may create schemas",
    ),
    Fault(
        "the app's role owns a table",
        "alter table identity.tenant owner to actas_app",
        "identity.tenant belongs to actas_app: ALTER TABLE identity.tenant OWNER TO actas_migrator",
    ),
    Fault(
        "the app's role owns a function",
        "alter function audit.refuse() owner to actas_app",
        "audit.refuse() belongs to actas_app",
    ),
    Fault(
        "the ledger's owner looks at the migrator's tables",
        "alter function audit.need_mark owner to actas_audit_owner",
        "audit.need_mark() belongs to actas_audit_owner: ALTER FUNCTION audit.need_mark() OWNER TO actas_witness",
    ),
    Fault(
        "the app's role owns a schema",
        "alter schema platform owner to actas_app",
        "The schema platform belongs to actas_app",
    ),
    Fault(
        "the app's role writes past the function",
        "grant insert on audit.entry to actas_app",
        "actas_app may INSERT audit.entry: REVOKE INSERT ON audit.entry",
    ),
    Fault(
        "the app's role rewrites one column of the heads",
        "grant update (hash) on audit.chain_head to actas_app",
        "actas_app may UPDATE audit.chain_head",
    ),
    Fault(
        "everyone empties the feed",
        "grant truncate on audit.feed to public",
        "actas_app may TRUNCATE audit.feed",
    ),
    Fault(
        "a trigger is disabled",
        "alter table audit.entry disable trigger append_only",
        "audit.entry does not refuse UPDATE and DELETE",
    ),
    Fault(
        "a trigger yields to replication",
        "alter table audit.feed enable trigger append_only",
        "audit.feed does not refuse UPDATE and DELETE",
    ),
    Fault(
        "sessions come and go without a record",
        "drop trigger need_record on identity.impersonation_session",
        "identity.impersonation_session has no working trigger that calls audit.need_record",
    ),
    Fault(
        "one change of tenants needs no record",
        "alter table identity.tenant disable trigger status_changed",
        "identity.tenant has no working trigger that calls audit.need_mark",
    ),
    Fault(
        "a rule swallows entries",
        "create rule swallow as on insert to audit.entry do instead nothing",
        "audit.entry has the rule swallow",
    ),
    Fault(
        "a definer's function is open to other schemas",
        "alter function audit.append_access reset search_path",
        "runs as its owner without a fixed search_path",
    ),
    Fault(
        "commits are not waited for",
        "alter database {database} set synchronous_commit = off",
        "synchronous_commit is off",
    ),
    Fault(
        "transactions are isolated otherwise",
        "alter database {database} set default_transaction_isolation = 'repeatable read'",
        "default_transaction_isolation is repeatable read",
    ),
    Fault(
        "triggers are off by default",
        "alter database {database} set session_replication_role = replica",
        "session_replication_role is replica",
    ),
    Fault(
        "the ledger's history is behind",
        "update audit.alembic_version set version_num = '0000'",
        "The audit history is at revision 0000",
    ),
    Fault(
        "the months run out",
        "select audit.advance_clock('2 months')",
        "months to come are ready",
    ),
]


async def test_a_database_as_the_migrations_leave_it_gives_no_reason(database_urls: DatabaseUrls) -> None:
    assert await selfcheck.check(database_urls.app) == []


async def test_months_that_ran_out_while_nobody_ran_are_made_before_the_look(database_urls: DatabaseUrls) -> None:
    admin = await asyncpg.connect(database_urls.admin)
    try:
        await admin.execute("select audit.advance_clock('7 months')")
    finally:
        await admin.close()
    await selfcheck.ensure_months(database_urls.app)
    assert await selfcheck.check(database_urls.app) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_it_refuses_where(fault: Fault, database_urls: DatabaseUrls) -> None:
    admin = await asyncpg.connect(database_urls.admin)
    try:
        await admin.execute(fault.done.format(database=database_urls.name))
        assert fault.reason in " ".join(await selfcheck.check(database_urls.app))
    finally:
        await admin.execute(fault.undo)
        await admin.close()


async def test_it_refuses_a_superuser(database_urls: DatabaseUrls) -> None:
    assert "actas_admin is a superuser" in " ".join(await selfcheck.check(database_urls.admin))


@pytest.mark.parametrize("role", ["migrator", "auditor"])
async def test_it_refuses_a_role_that_is_not_the_apps(role: str, database_urls: DatabaseUrls) -> None:
    assert "Let DATABASE_URL name the role actas_app" in " ".join(await selfcheck.check(getattr(database_urls, role)))


async def test_it_refuses_a_database_without_a_ledger(server: Server) -> None:
    assert "not set up" in " ".join(await selfcheck.check(server.url("actas_app", "postgres")))


async def test_it_refuses_prepared_transactions_and_a_real_ledger_that_a_crash_could_lose(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A prepared append would hold its chain's head for ever; without fsync an answer promises too much."""
    wrapped = _allowing_prepared_transactions(tmp_path_factory.mktemp("bin"))
    with acquire(tmp_path_factory.mktemp("pg"), bin_dir=wrapped, fsync=False) as lease:
        await set_up(lease.server, "actas", purpose="REAL")
        reasons = " ".join(await selfcheck.check(lease.server.url("actas_app", "actas")))
    assert "max_prepared_transactions is 5, the ledger needs 0" in reasons
    assert "fsync or full_page_writes is off" in reasons


def _allowing_prepared_transactions(folder: Path) -> Path:
    """The chosen server's programs, with `postgres` given one more option."""
    real = binaries() or find()
    (folder / "initdb").symlink_to(real / "initdb")
    (folder / "postgres").write_text(f"""#!/bin/sh
        case "$*" in *unix_socket*) set -- "$@" -c max_prepared_transactions=5 ;; esac
        exec "{real}/postgres" "$@"
        """)
    (folder / "postgres").chmod(0o755)
    return folder
