-- Who operates, which tenants there are, and who is inside which. Run as actas_migrator.

create table identity.operator (
  id uuid primary key, email text not null check (email = lower(email)), name text not null,
  password_hash text, disabled_at timestamptz, created_at timestamptz not null, last_sign_in_at timestamptz
);
create unique index operator_email on identity.operator (email);

create table identity.role_grant (
  id uuid primary key, operator_id uuid not null references identity.operator,
  role text not null check (role in ('PLATFORM_ADMIN', 'PLATFORM_SUPPORT', 'PLATFORM_BILLING', 'PLATFORM_READONLY')),
  reason text not null, granted_by_kind text not null, granted_by_id uuid, granted_by_name text not null,
  granted_at timestamptz not null, expires_at timestamptz, revoked_at timestamptz
);
create unique index role_grant_in_force on identity.role_grant (operator_id, role) where revoked_at is null;

create table identity.sign_in (
  id uuid primary key, operator_id uuid not null references identity.operator, token_hash bytea not null unique,
  created_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz, ip text, user_agent text
);
create index sign_in_open on identity.sign_in (expires_at) where ended_at is null;

create table identity.tenant (
  id uuid primary key, slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null,
  status text not null check (status in ('PROVISIONING', 'ACTIVE', 'READ_ONLY', 'SUSPENDED', 'OFFBOARDING', 'OFFBOARDED')),
  status_before text check (status_before in ('ACTIVE', 'READ_ONLY')), status_reason text,
  plan text, region text, metadata jsonb not null default '{}', support_url text, workspace_url text,
  stripe_customer_id text, created_at timestamptz not null, updated_at timestamptz not null
);
create index tenant_name on identity.tenant (lower(name), id);

create table identity.service_key (
  id uuid primary key, name text not null, prefix text not null, key_hash bytea not null unique,
  permissions text[] not null, tenant_id uuid references identity.tenant, created_at timestamptz not null,
  last_used_at timestamptz, revoked_at timestamptz
);

-- The deployment's rules (no tenant) and the tenants' own, one row for each version.
create table identity.tenant_policy (
  version int generated always as identity primary key, tenant_id uuid references identity.tenant, rules jsonb not null,
  reason text not null, set_by_id uuid, set_by_name text not null, set_at timestamptz not null
);
create index tenant_policy_latest on identity.tenant_policy (tenant_id, version desc);

create table identity.impersonation_session (
  id uuid primary key, tenant_id uuid not null references identity.tenant,
  operator_id uuid not null references identity.operator, sign_in_id uuid not null references identity.sign_in,
  state text not null check (state in ('ACTIVE', 'ENDED')),
  mode text not null check (mode in ('READ_ONLY', 'READ_WRITE')),
  reason text not null check (octet_length(reason) <= 8000), ticket text, break_glass boolean not null default false,
  concurrency_key uuid not null, policy_version int not null,
  requested_at timestamptz not null, started_at timestamptz not null, expires_at timestamptz not null,
  ended_at timestamptz, end_cause text check (end_cause in ('STOPPED', 'TENANT_STOPPED', 'EXPIRED', 'IDLE', 'ABANDONED',
    'REPLACED', 'REVOKED', 'LOCKED', 'TENANT_SUSPENDED', 'TENANT_OFFBOARDING', 'ROLE_LOST', 'CONSENT_WITHDRAWN',
    'SIGNED_OUT', 'RESTORED')),
  ended_by_kind text, ended_by_id uuid, ended_by_name text, ip text, user_agent text,
  check ((state = 'ENDED') = (ended_at is not null)), check ((ended_at is null) = (end_cause is null)),
  check (expires_at > started_at and expires_at <= started_at + interval '8 hours'),
  check (ended_at >= started_at and ended_at <= expires_at)
);
create unique index session_one_at_a_time on identity.impersonation_session (concurrency_key) where state = 'ACTIVE';
create index session_due on identity.impersonation_session (expires_at) where state = 'ACTIVE';
create index session_tenant on identity.impersonation_session (tenant_id, started_at, id);
create index session_operator on identity.impersonation_session (operator_id, started_at, id);
create index session_sign_in on identity.impersonation_session (sign_in_id) where state = 'ACTIVE';
create index session_started on identity.impersonation_session (started_at, id);

-- Apart from the guarded row: spooled records may arrive after the end.
create table identity.session_use (
  session_id uuid primary key references identity.impersonation_session, requests bigint not null, last_seen_at timestamptz not null
);

-- A session as it is now: past its deadline it is over, whatever the expiry loop has done.
create view identity.session_now with (security_invoker = true) as
select s.id, s.tenant_id, s.operator_id, s.sign_in_id, s.mode, s.reason, s.ticket, s.break_glass, s.policy_version,
       s.requested_at, s.started_at, s.expires_at, s.ip, s.user_agent,
       case when s.state = 'ACTIVE' and s.expires_at <= c.now then 'ENDED' else s.state end as state,
       case when s.state = 'ACTIVE' and s.expires_at <= c.now then s.expires_at else s.ended_at end as ended_at,
       case when s.state = 'ACTIVE' and s.expires_at <= c.now then 'EXPIRED' else s.end_cause end as end_cause,
       case when s.state = 'ACTIVE' and s.expires_at <= c.now then 'SYSTEM' else s.ended_by_kind end as ended_by_kind,
       s.ended_by_id,
       case when s.state = 'ACTIVE' and s.expires_at <= c.now then 'Actas' else s.ended_by_name end as ended_by_name,
       coalesce(u.requests, 0) as requests, u.last_seen_at, c.now
  from (select audit.clock() as now offset 0) c cross join identity.impersonation_session s
  left join identity.session_use u on u.session_id = s.id;

create table identity.handoff (
  id uuid primary key, session_id uuid not null references identity.impersonation_session, code_hash bytea not null unique,
  challenge text not null, created_at timestamptz not null, expires_at timestamptz not null, spent_at timestamptz,
  token_id uuid
);

create table identity.idempotency (
  caller_id uuid, key text check (length(key) between 1 and 200), operation text not null, input_hash bytea not null,
  result jsonb, created_at timestamptz not null, primary key (caller_id, key)
);

-- A table only for its lock: starts share it, a stop of everyone takes it alone. (Advisory locks anyone could take.)
create table identity.gate ();
create table identity.incarnation (one boolean primary key default true check (one), value text not null);

create constraint trigger need_record after insert or update or delete on identity.impersonation_session
  deferrable initially deferred for each row execute function audit.need_record();
create constraint trigger registered after insert on identity.tenant
  deferrable initially deferred for each row execute function audit.need_mark('id', 'TENANT:', 'status');
create constraint trigger status_changed after update on identity.tenant deferrable initially deferred for each row
  when (old.status is distinct from new.status) execute function audit.need_mark('id', 'TENANT:', 'status');
create constraint trigger added after insert on identity.operator
  deferrable initially deferred for each row execute function audit.need_mark('id', 'OPERATOR:ADDED');
create constraint trigger disabled after update on identity.operator deferrable initially deferred for each row
  when (old.disabled_at is null and new.disabled_at is not null) execute function audit.need_mark('id', 'OPERATOR:DISABLED');
create constraint trigger enabled after update on identity.operator deferrable initially deferred for each row
  when (old.disabled_at is not null and new.disabled_at is null) execute function audit.need_mark('id', 'OPERATOR:ENABLED');
create constraint trigger granted after insert on identity.role_grant
  deferrable initially deferred for each row execute function audit.need_mark('operator_id', 'ROLE:+', 'role');
create constraint trigger revoked after update on identity.role_grant deferrable initially deferred for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function audit.need_mark('operator_id', 'ROLE:-', 'role');
create constraint trigger opened after insert on identity.sign_in
  deferrable initially deferred for each row execute function audit.need_mark('id', 'SIGN_IN:OPENED');
create constraint trigger ended after update on identity.sign_in deferrable initially deferred for each row
  when (old.ended_at is null and new.ended_at is not null) execute function audit.need_mark('id', 'SIGN_IN:ENDED');
create constraint trigger issued after insert on identity.service_key
  deferrable initially deferred for each row execute function audit.need_mark('id', 'KEY:ISSUED');
create constraint trigger revoked after update on identity.service_key deferrable initially deferred for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function audit.need_mark('id', 'KEY:REVOKED');

-- What is over stays over: coming back would be a change without an entry.
create function identity.stays_over() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'what is over in identity.% stays over', tg_table_name using errcode = 'AC001';
end $$;
create trigger over before update on identity.role_grant for each row
  when (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at) execute function identity.stays_over();
create trigger over before update on identity.sign_in for each row
  when (old.ended_at is not null and new.ended_at is distinct from old.ended_at) execute function identity.stays_over();
create trigger over before update on identity.service_key for each row
  when (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at) execute function identity.stays_over();

grant usage on schema identity to actas_app, actas_auditor, actas_witness;
grant select, insert, update on all tables in schema identity to actas_app;
revoke update on identity.role_grant, identity.sign_in, identity.service_key, identity.tenant_policy, identity.session_now from actas_app;
revoke insert, update on identity.tenant_policy, identity.session_now, identity.alembic_version from actas_app;
grant update (revoked_at) on identity.role_grant to actas_app;
grant update (ended_at) on identity.sign_in to actas_app;
grant update (revoked_at, last_used_at) on identity.service_key to actas_app;
grant delete on identity.idempotency, identity.handoff to actas_app;
grant select (id, operator_id, created_at, expires_at, ended_at, ip, user_agent) on identity.sign_in to actas_auditor;
grant select (id, email, name, disabled_at, created_at, last_sign_in_at) on identity.operator to actas_auditor;
grant select on identity.tenant, identity.role_grant, identity.impersonation_session, identity.session_use to actas_auditor;
grant select on identity.sign_in, identity.operator, identity.service_key, identity.impersonation_session to actas_witness;
