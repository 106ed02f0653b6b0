-- Reasons not to serve on this server with this role: one row each, none if all is well. Works on any database.
with recursive login as (  -- who must be weak: the role that serves, and the migrator (P4)
  select oid, rolname from pg_roles where rolname in (current_user, 'actas_migrator') and not rolsuper
), reached as (  -- and whoever they may become
  select l.rolname as role, r.* from login l join pg_roles r on pg_has_role(l.oid, r.oid, 'MEMBER')
)
select format('PostgreSQL %s is too old. Move to PostgreSQL 15 or later.', current_setting('server_version')) as reason
 where current_setting('server_version_num')::int < 150000
union all
select format('The setting %s is %s, the ledger needs %s. Find where it was set in pg_settings and pg_db_role_setting and '
              'reset it there; max_prepared_transactions needs a restart.', name, setting, needed)
  from pg_settings join (values
    ('max_prepared_transactions', '0'), ('default_transaction_isolation', 'read committed'),
    ('default_transaction_read_only', 'off'), ('session_replication_role', 'origin'), ('row_security', 'on')
  ) as n(name, needed) using (name)
 where setting <> needed
union all
select 'The setting synchronous_commit is off, so what was answered could be lost. Reset it for the server, the database '
       'and the role.'
 where current_setting('synchronous_commit') = 'off'
union all
select format('The role %s is a superuser, for whom no protection holds. Let DATABASE_URL name the role actas_app.', rolname)
  from pg_roles where rolname = current_user and rolsuper
union all
select format('The role %s is a superuser, so it could rewrite the ledger: ALTER ROLE %1$s NOSUPERUSER.', rolname)
  from pg_roles where rolname = 'actas_migrator' and rolname <> current_user and rolsuper
union all
select format('The role %s has %s: ALTER ROLE %1$s NO%2$s.', rolname, attribute)
  from (select distinct rolname, attribute from reached, lateral (values
    ('BYPASSRLS', rolbypassrls), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication)
  ) as a(attribute, has) where has) as too_strong
union all
select format('The role %s may become %s: REVOKE %2$s FROM %1$s, or from the role by which it may.', role, rolname)
  from reached where rolname not in (role, 'actas_app', 'actas_tenant')
union all
select format('The role %s owns the database: ALTER DATABASE %I OWNER TO an administrator.', role, datname)
  from reached r join pg_database d on d.datdba = r.oid where datname = current_database()
union all
select format('The role %s may create schemas: REVOKE CREATE ON DATABASE %I FROM %1$s, PUBLIC.', rolname, datname)
  from login l join pg_database d on has_database_privilege(l.oid, d.oid, 'CREATE') where datname = current_database()
union all
select format('The role %s may set %s, which turns triggers off: REVOKE SET ON PARAMETER %2$s FROM %1$s, PUBLIC.', rolname, name)
  from login l, (values ('session_replication_role')) as p(name) where has_parameter_privilege(l.oid, name, 'SET')
