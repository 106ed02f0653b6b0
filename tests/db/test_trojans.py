"""P4: the migrator cannot have its own code run as the ledger's owner.

Functions of the ledger look at what the migrator owns: who is signed in, which session is due, which row was changed.
Whatever the migrator plants there (a view, a policy, a cast) runs with the rights of the function that looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

if TYPE_CHECKING:
    from tests.databases import DatabaseUrls

# Does what only the ledger's owner can, if it can, and complains so that whoever called knows as whom it ran.
CODE: Final = """
create function identity.trojan() returns boolean language plpgsql as $$
begin
  begin
    alter table audit.entry disable trigger append_only;
    update audit.entry set summary = 'nothing happened';
  exception when insufficient_privilege then
    raise exception 'the trojan ran as %', current_user;
  end;
  return true;
end $$;
create type identity.horse as enum ('x');
create function identity.horse_json(identity.horse) returns json language sql as $$
  select to_json(identity.trojan()) $$;
create function identity.horse_uuid(identity.horse) returns uuid language sql as $$
  select gen_random_uuid() where identity.trojan() $$;
create cast (identity.horse as json) with function identity.horse_json(identity.horse);
create cast (identity.horse as uuid) with function identity.horse_uuid(identity.horse) as implicit;
grant usage on schema identity to public;
grant execute on all functions in schema identity to public;
"""
# A mark to look at, of a session that there is no need to make.
MARK: Final = """
set session_replication_role = replica;
insert into audit.session_mark select gen_random_uuid(), gen_random_uuid(), 1, null, '1', null;
reset session_replication_role;
"""


@dataclass(frozen=True)
class Trojan:
    """Where the migrator puts its code, and what the app then does in good faith."""

    where: str
    planted: str
    then: str


def view_of(table: str, columns: str) -> str:
    return (
        f"alter table identity.{table} rename to {table}_moved;"
        f"create view identity.{table} as select {columns} where identity.trojan();"
        f"grant select on identity.{table} to public"
    )


def append(proof: str, kind: str, details: str) -> str:
    return (
        f"select audit.append({proof}, null, '00000000-0000-0000-0000-000000000001', '{kind}', null, gen_random_uuid(),"
        f" null, null, null, 'a summary', '{details}', clock_timestamp())"
    )


KEY: Final = (
    "gen_random_uuid() id, 'k' as name, null::uuid as tenant_id, sha256('p') as key_hash, null::timestamptz revoked_at"
)
SESSION: Final = "gen_random_uuid() id, now() as expires_at, gen_random_uuid() tenant_id, gen_random_uuid() operator_id"
TROJANS: Final = [
    Trojan("a view for the keys", view_of("service_key", KEY), append("'p'", "SIGNED_IN", "{}")),
    Trojan(
        "a view for the sessions",
        view_of("impersonation_session", SESSION),
        append("null", "IMPERSONATION_ENDED", '{"cause":"EXPIRED"}'),
    ),
    Trojan(
        "a view for the keys that report access",
        view_of("service_key", KEY),
        "select audit.append_access('p', '[]')",
    ),
    Trojan(
        "a changed row with a cast to json",
        "create table identity.planted (id uuid default gen_random_uuid(), horse identity.horse);"
        "create trigger planted after insert on identity.planted for each row"
        " execute function audit.need_mark('id', 'x');"
        "grant insert on identity.planted to public",
        "insert into identity.planted values (default, 'x')",
    ),
    Trojan(
        "a changed row with a cast to uuid",
        "create table identity.planted (id identity.horse, tenant_id uuid);"
        "create trigger planted after insert on identity.planted for each row execute function audit.need_record();"
        "grant insert on identity.planted to public",
        "insert into identity.planted values ('x')",
    ),
]


@pytest.mark.parametrize("trojan", TROJANS, ids=lambda trojan: trojan.where)
async def test_code_planted_in(trojan: Trojan, database_urls: DatabaseUrls) -> None:
    app, migrator, admin = [
        await asyncpg.connect(url) for url in (database_urls.app, database_urls.migrator, database_urls.admin)
    ]
    await app.execute(append("null", "DATABASE_RESTORED", "{}"))
    await admin.execute(MARK)
    await migrator.execute(CODE)
    await migrator.execute(trojan.planted)
    with pytest.raises(asyncpg.RaiseError, match="the trojan ran as actas_witness"):
        await app.execute(trojan.then)
    assert await admin.fetchval("select summary from audit.entry") == "a summary"
    for connection in (app, migrator, admin):
        await connection.close()


async def test_the_witness_can_spend_marks_and_nothing_else(database_urls: DatabaseUrls) -> None:
    """So code of the migrator's that runs as the witness can refuse a change, never record or rewrite one."""
    admin = await asyncpg.connect(database_urls.admin)
    may = await admin.fetch("""
        select c.relname, p as privilege from pg_class c,
               unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) p
         where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p')
           and has_table_privilege('actas_witness', c.oid, p)""")
    assert [tuple(row) for row in may] == [("mark", "DELETE")]
    assert not await admin.fetchval("select has_schema_privilege('actas_witness', 'audit', 'CREATE')")
    assert not await admin.fetchval(
        "select has_function_privilege('actas_witness', p.oid, 'EXECUTE') from pg_proc p where proname = 'append'"
    )
    assert await admin.fetch("select 1 from pg_auth_members where member = 'actas_witness'::regrole") == []
    await admin.close()
