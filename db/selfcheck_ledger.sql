-- Reasons not to serve on this ledger: one row each, none if all is well. $1 and $2 are the revisions of the audit and
-- the identity history that this version of the program needs, $3 how many months must be ready.
with schemas as (  -- whose things nobody but their owner may change
  select n.oid, n.nspname, case nspname when 'audit' then 'actas_audit_owner' else 'actas_migrator' end as owner
    from pg_namespace n where nspname in ('audit', 'identity', 'platform')
), things as (
  select s.nspname, s.owner, 'SCHEMA' as kind, s.nspname::text as name, n.nspowner as owned_by
    from schemas s join pg_namespace n using (oid)
  union all
  select s.nspname, s.owner, 'TABLE', c.oid::regclass::text, c.relowner
    from schemas s join pg_class c on c.relnamespace = s.oid where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  union all
  select s.nspname, case when nspname = 'audit' and p.prosrc ~ '\midentity\.|\m(new|old)\M' then 'actas_witness' else s.owner end,
         'FUNCTION', p.oid::regprocedure::text, p.proowner  -- what looks at the migrator's tables must be able to do little
    from schemas s join pg_proc p on p.pronamespace = s.oid
), kept as (  -- tables whose rows stay as they were written, and their months
  select oid, oid::regclass::text as name from pg_class
   where relnamespace = 'audit'::regnamespace and relkind in ('r', 'p')
     and relname ~ '^(entry|access_log|activity|feed|report)(_\d{4}_\d{2})?$'
)
select format('The %s %s belongs to %s: ALTER %s %s OWNER TO %s.', lower(kind), name, owned_by::regrole, kind, name, owner) as reason
  from things where owned_by::regrole::text <> owner
union all
select format('The role %s may %s %s: REVOKE %2$s ON %3$s FROM %1$s, PUBLIC.', role, privilege, c.oid::regclass)
  from pg_class c, (select current_user as role union select 'actas_migrator' from pg_roles where rolname = 'actas_migrator') r,
       (values ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('TRIGGER')) as p(privilege)
 where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p', 'v')
   and (has_table_privilege(role, c.oid, privilege)
        or privilege in ('INSERT', 'UPDATE') and has_any_column_privilege(role, c.oid, privilege))
   and not (select rolsuper from pg_roles where rolname = role)
union all
select format('The table %s does not refuse %s (its trigger %s is missing or not ALWAYS): restore the ledger''s schema with '
              '`actas migrate --audit` into a new database.', name, what, trigger)
  from kept, (values ('UPDATE and DELETE', 'append_only'), ('TRUNCATE', 'no_truncate')) as t(what, trigger)
 where not exists (select 1 from pg_trigger where tgrelid = kept.oid and tgname = trigger and tgenabled = 'A')
union all
select format('The table %s has no working trigger that calls %s, so it changes without a record: restore it from '
              'db/migrations/identity.', name, called)
  from (values ('identity.impersonation_session', 'audit.need_record'), ('audit.session_mark', 'audit.need_session'),
               ('identity.tenant', 'audit.need_mark'), ('identity.operator', 'audit.need_mark'),
               ('identity.role_grant', 'audit.need_mark'), ('identity.sign_in', 'audit.need_mark'),
               ('identity.service_key', 'audit.need_mark'), ('identity.tenant_policy', 'audit.need_mark')
  ) as n(name, called)
 where not exists (select 1 from pg_trigger where tgrelid = to_regclass(name) and tgfoid = to_regproc(called) and tgenabled <> 'D')
    or exists (select 1 from pg_trigger where tgrelid = to_regclass(name) and not tgisinternal and tgenabled in ('D', 'R'))
union all
select format('The table %s has the rule %s, which may swallow entries: DROP RULE %2$s ON %1$s.', name, rulename)
  from kept join pg_rewrite on ev_class = kept.oid
union all
select format('The function %s runs as its owner without a fixed search_path: run `actas migrate --audit`.', p.oid::regprocedure)
  from pg_proc p where pronamespace = 'audit'::regnamespace and prosecdef
   and not coalesce(proconfig, '{}') @> '{"search_path=pg_catalog, pg_temp"}'
union all
select format('The %s history is at revision %s, this version needs %s: run `%s`.', history, found, needed, run)
  from (values ('audit', (select version_num from audit.alembic_version), $1, 'actas migrate --audit'),
               ('identity', (select version_num from identity.alembic_version), $2, 'actas migrate')
  ) as h(history, found, needed, run) where found is distinct from needed
union all
select format('Only %s of the %s months to come are ready, and an entry beyond them is refused. Let the service run, or make '
              'them: SELECT audit.ensure_months().', audit.months_ahead(), $3::int)
 where audit.months_ahead() < $3
union all
select 'fsync or full_page_writes is off, so a crash of the machine could lose entries. Turn both on.'
 where 'off' in (current_setting('fsync'), current_setting('full_page_writes'))
   and exists (select 1 from audit.database_purpose where purpose = 'REAL')
