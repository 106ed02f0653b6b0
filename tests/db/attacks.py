"""What somebody with one of the product's roles could try against the ledger: facts measured on PostgreSQL, and more.

Every statement is tried as the app, as a tenant's reader, as the migrator and as the auditor. `{month}` is a partition.
"""

from __future__ import annotations

from typing import Final

ENTRY: Final = (
    "(chain, seq, at, kind, actor_kind, actor_name, actor_proof, db_user, summary, details, previous_hash, hash)"
)
OWN_ID: Final = "(gen_random_uuid(), 7, now(), 'SIGNED_IN', 'SYSTEM', 'x', 'NONE', 'x', 'x', 'x', '', '')"
BACKDATED: Final = OWN_ID.replace("now()", "now() - interval '1 day'")
EVIL: Final = "language plpgsql as $$ begin return null; end $$"

ATTACKS: Final = {
    # the rows
    "update": "update audit.entry set summary = 'nothing happened'",
    "delete": "delete from audit.entry",
    "upsert": f"insert into audit.entry {ENTRY} values {OWN_ID} on conflict (chain, seq, at)"
    " do update set summary = 'x'",
    "merge": "merge into audit.entry e using audit.entry o on e.hash = o.hash when matched then delete",
    "insert with an old date": f"insert into audit.entry {ENTRY} values {BACKDATED}",
    "insert with an own id": f"insert into audit.entry {ENTRY} values {OWN_ID}",
    "insert into a month": f"insert into audit.{{month}} {ENTRY} values {OWN_ID}",
    "update a month": "update audit.{month} set summary = 'nothing happened'",
    "delete from a month": "delete from audit.{month}",
    "copy in": "copy audit.entry from '/dev/null'",
    "copy from a program": "copy audit.entry from program 'true'",
    "truncate": "truncate audit.entry",
    "truncate a month": "truncate audit.{month}",
    "lock everyone out": "do $$ begin lock table audit.entry in access exclusive mode; end $$",
    # the numbers, the feed, the marks, the clock
    "rewrite a head": "update audit.chain_head set seq = 0",
    "delete a head": "delete from audit.chain_head",
    "invent a head": "insert into audit.chain_head values (gen_random_uuid())",
    "rewrite a month's anchor": "update audit.chain_month set previous_hash = ''",
    "rewrite the feed": "update audit.feed set pos = pos + 1",
    "delete from the feed": "delete from audit.feed",
    "rewrite the feed's head": "update audit.feed_head set pos = 0",
    "hide what is pending": "delete from audit.pending",
    "invent what is pending": "insert into audit.pending"
    " select chain, seq, at, link, pg_current_xact_id() from audit.feed",
    "forget an end": "update audit.session_mark set ended_seq = null",
    "invent a mark": "insert into audit.mark values (gen_random_uuid(), 'TENANT:ACTIVE', pg_current_xact_id())",
    "let a kind go unproved": "update audit.kind set unproved = 'SYSTEM'",
    "let a report be entered again": "delete from audit.report",
    "take a report's place": "insert into audit.report values (gen_random_uuid(), gen_random_uuid(), 'A_B', '', now())",
    "let a kind of Actas's own be reported": "update audit.kind set reported = true",
    "delete access": "delete from audit.access_log",
    "delete activity": "delete from audit.activity",
    "move the clock": "select audit.advance_clock('1 day')",
    "call the database a demo": "update audit.database_purpose set purpose = 'DEMO'",
    "mark the database": "select audit.mark_database('DEMO', '0')",
    # what guards the rows
    "replica role": "set session_replication_role = replica",
    "replica role by function": "select set_config('session_replication_role', 'replica', true)",
    "replica role for the database": "alter database {database} set session_replication_role = replica",
    "replica role for oneself": "alter role current_user set session_replication_role = replica",
    "replica role for the system": "alter system set session_replication_role = replica",
    "disable a trigger": "alter table audit.entry disable trigger append_only",
    "disable all triggers": "alter table audit.entry disable trigger all",
    "disable a month's trigger": "alter table audit.{month} disable trigger append_only",
    "weaken a trigger": "alter table audit.entry enable trigger append_only",
    "drop a trigger": "drop trigger append_only on audit.entry",
    "add a trigger that swallows": "create trigger swallow before insert on audit.entry"
    " execute function audit.refuse()",
    "add a rule that swallows": "create rule swallow as on insert to audit.entry do instead nothing",
    "replace the trigger's function": f"create or replace function audit.refuse() returns trigger {EVIL}",
    "replace the append": "create or replace function audit.clock() returns timestamptz language sql return now()",
    "make the append run as its caller": "alter function audit.sequence_pending security invoker",
    "open the append's search path": "alter function audit.sequence_pending reset search_path",
    "drop a function": "drop function audit.refuse() cascade",
    "drop row security": "alter table audit.entry disable row level security",
    "add a policy": "create policy all_of_it on audit.entry using (true)",
    "drop a policy": "drop policy own on audit.entry",
    # the tables
    "change a column's type": "alter table audit.entry alter column summary type text using 'nothing happened'",
    "change a month's column": "alter table audit.{month} alter column summary set default 'x'",
    "drop a column": "alter table audit.entry drop column summary",
    "add a column": "alter table audit.entry add column extra text",
    "rename a column": "alter table audit.entry rename column summary to details2",
    "add a check that stops inserts": "alter table audit.entry add check (false) not valid",
    "rename the table": "alter table audit.entry rename to entry2",
    "move the table": "alter table audit.entry set schema identity",
    "own the table": "alter table audit.entry owner to current_user",
    "own a month": "alter table audit.{month} owner to current_user",
    "do without the log": "alter table audit.activity set unlogged",
    "drop the table": "drop table audit.entry cascade",
    "drop a month": "drop table audit.{month}",
    "detach a month": "alter table audit.entry detach partition audit.{month}",
    "detach a month meanwhile": "alter table audit.entry detach partition audit.{month} concurrently",
    "attach a forged month": "alter table audit.entry attach partition identity.gate for values from ('2001-01-01') to"
    " ('2001-02-01')",
    "make a month": "create table audit.forged partition of audit.entry for values from ('2001-01-01')"
    " to ('2001-02-01')",
    "make a default month": "create table audit.forged partition of audit.entry default",
    "make a child": "create table identity.forged () inherits (audit.activity)",
    "index with a function": "create index on audit.entry (length(summary))",
    "point a foreign key at it": "create table identity.forged (chain uuid references audit.chain_head)",
    "make a table among it": "create table audit.forged ()",
    "make a function among it": f"create function audit.forged() returns trigger {EVIL}",
    # the schema and the database
    "drop the schema": "drop schema audit cascade",
    "rename the schema": "alter schema audit rename to audit2",
    "own the schema": "alter schema audit owner to current_user",
    "drop the database": "drop database actas_template",
    "rename the database": "alter database actas_template rename to other",
    "own the database": "alter database {database} owner to current_user",
    "make a schema": "create schema forged",
    "make a public function": f"create function public.sha256(bytea) returns trigger {EVIL}",
    "make a temporary table": "create temp table pending ()",
    "make an event trigger": "create event trigger forged on ddl_command_start execute function audit.refuse()",
    "drop the language": "drop extension plpgsql cascade",
    "write the catalog": "update pg_catalog.pg_trigger set tgenabled = 'D'",
    "publish and subscribe": "create subscription forged connection '' publication p",
    # the roles
    "become the owner": "set role actas_audit_owner",
    "become the administrator": "set role actas_admin",
    "sign in as the owner": "set session authorization actas_audit_owner",
    "be a member of the owner": "grant actas_audit_owner to current_user",
    "be a member of those who write": "grant pg_write_all_data to current_user",
    "be granted the table": "grant insert on audit.entry to current_user",
    "be granted the parameter": "grant set on parameter session_replication_role to current_user",
    "let the owner sign in": "alter role actas_audit_owner login password 'x'",
    "be a superuser": "alter role current_user superuser",
    "pass row security": "alter role current_user bypassrls",
    "make a role": "create role forged in role actas_audit_owner",
    "drop what the owner has": "drop owned by actas_audit_owner",
    "take what the owner has": "reassign owned by actas_audit_owner to current_user",
    "default privileges of the owner": "alter default privileges for role actas_audit_owner"
    " grant all on tables to public",
}  # fmt: skip
# PostgreSQL only warns those who hold some other privilege on the table that none was granted.
IN_VAIN: Final = {"be granted the table"}
