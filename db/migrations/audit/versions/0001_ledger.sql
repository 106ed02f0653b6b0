-- The ledger: entries that can only be added, chained per tenant, and the feed that gives them one order.
-- Run as actas_audit_owner. docs/decisions explains the shapes; nothing in here trusts the caller for time, order or hash.

create table audit.database_purpose (
  one boolean primary key default true check (one),
  purpose text not null check (purpose in ('REAL', 'DEMO', 'TEST')),
  clock_offset interval not null
);

create function audit.clock() returns timestamptz
language sql volatile security definer set search_path = pg_catalog, pg_temp
return clock_timestamp() + coalesce((select clock_offset from audit.database_purpose), interval '0');

create function audit.mark_database(p_purpose text, p_offset interval) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare v_purpose text;
begin
  if p_purpose = 'REAL' and p_offset <> interval '0' then
    raise exception 'a REAL database has the true clock' using errcode = 'AC005';
  end if;
  insert into audit.database_purpose values (true, p_purpose, p_offset) on conflict do nothing;
  select purpose into v_purpose from audit.database_purpose;
  if v_purpose <> p_purpose then
    raise exception 'this database was made as %, it cannot become %', v_purpose, p_purpose using errcode = 'AC005';
  end if;
end $$;

-- Only forwards: time that was written stays in the past.
create function audit.advance_clock(p_by interval) returns timestamptz
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update audit.database_purpose set clock_offset = clock_offset + p_by
   where purpose in ('DEMO', 'TEST') and p_by > interval '0';
  if not found then
    raise exception 'only the clock of a DEMO or TEST database moves, and only forwards' using errcode = 'AC005';
  end if;
  return audit.clock();
end $$;

create function audit.refuse() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'audit.% is append-only: % refused', tg_table_name, tg_op using errcode = 'AC002';
end $$;

-- Every kind of entry. unproved: who the actor is where nobody's proof is given; null: a proof is needed.
-- subject and changes: which row's change the entry covers (fields of details), see audit.need_mark().
create table audit.kind (
  kind text primary key,
  unproved text check (unproved in ('SYSTEM', 'ANONYMOUS')),
  subject text,
  change text,
  change_value text
);
insert into audit.kind values
  ('IMPERSONATION_STARTED', null, null, null, null),
  ('IMPERSONATION_ENTERED', null, null, null, null),
  ('IMPERSONATION_ENDED', 'SYSTEM', null, null, null),
  ('IMPERSONATION_FORBIDDEN', null, null, null, null),
  ('IMPERSONATION_REFUSED', null, null, null, null),
  ('TENANT_REGISTERED', null, 'tenantId', 'TENANT:', 'to'),
  ('TENANT_STATUS_CHANGED', null, 'tenantId', 'TENANT:', 'to'),
  ('TENANT_SUSPENDED', null, 'tenantId', 'TENANT:', 'to'),
  ('TENANT_SUSPENSION_LIFTED', null, 'tenantId', 'TENANT:', 'to'),
  ('OPERATOR_ADDED', 'SYSTEM', 'operatorId', 'OPERATOR:ADDED', null),
  ('OPERATOR_DISABLED', null, 'operatorId', 'OPERATOR:DISABLED', null),
  ('OPERATOR_ENABLED', null, 'operatorId', 'OPERATOR:ENABLED', null),
  ('ROLE_GRANTED', 'SYSTEM', 'operatorId', 'ROLE:+', 'role'),
  ('ROLE_REVOKED', 'SYSTEM', 'operatorId', 'ROLE:-', 'role'),
  ('SERVICE_KEY_ISSUED', 'SYSTEM', 'keyId', 'KEY:ISSUED', null),
  ('SERVICE_KEY_REVOKED', null, 'keyId', 'KEY:REVOKED', null),
  ('SIGNED_IN', null, 'signInId', 'SIGN_IN:OPENED', null),
  ('SIGNED_OUT', 'SYSTEM', 'signInId', 'SIGN_IN:ENDED', null),
  ('SIGN_IN_REFUSED', 'ANONYMOUS', null, null, null),
  ('STRANGER_ATTEMPTS', 'ANONYMOUS', null, null, null),
  ('DATABASE_RESTORED', 'SYSTEM', null, null, null);

create table audit.entry (
  chain uuid not null, seq bigint not null, at timestamptz not null, kind text not null,
  tenant_id uuid, session_id uuid, operator_id uuid,
  actor_kind text not null check (actor_kind in ('OPERATOR', 'SERVICE', 'TENANT', 'SYSTEM', 'ANONYMOUS')),
  actor_id uuid, actor_name text not null, actor_proof text not null,
  db_user text not null, db_address text,
  ip text, user_agent text, summary text not null, details text not null,
  previous_hash bytea not null, hash bytea not null,
  primary key (chain, seq, at)
) partition by range (at);
create index entry_at on audit.entry (at, chain, seq);
create index entry_kind on audit.entry (kind, at, chain, seq);
create index entry_operator on audit.entry (operator_id, at, chain, seq) where operator_id is not null;
create index entry_session on audit.entry (session_id, at, chain, seq) where session_id is not null;
create trigger append_only before update or delete on audit.entry for each row execute function audit.refuse();
create trigger no_truncate before truncate on audit.entry execute function audit.refuse();
alter table audit.entry enable always trigger append_only;
alter table audit.entry enable always trigger no_truncate;

create table audit.chain_head (
  chain uuid primary key, seq bigint not null default 0, hash bytea not null default '\x',
  at timestamptz not null default '-infinity'
) with (fillfactor = 50);

-- Where each chain crosses into a month: the anchor of a verifier once older months are retired.
create table audit.chain_month (
  chain uuid, month date, first_seq bigint not null, previous_hash bytea not null,
  primary key (chain, month), unique (chain, first_seq)
);
create trigger append_only before update or delete on audit.chain_month for each row execute function audit.refuse();
create trigger no_truncate before truncate on audit.chain_month execute function audit.refuse();
alter table audit.chain_month enable always trigger append_only;
alter table audit.chain_month enable always trigger no_truncate;

create table audit.pending (
  chain uuid, seq bigint, at timestamptz not null, hash bytea not null, xid xid8 not null, primary key (chain, seq)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
create table audit.feed (
  pos bigint primary key, chain uuid not null, seq bigint not null, at timestamptz not null, link bytea not null,
  unique (chain, seq)
);
create trigger append_only before update or delete on audit.feed for each row execute function audit.refuse();
create trigger no_truncate before truncate on audit.feed execute function audit.refuse();
alter table audit.feed enable always trigger append_only;
alter table audit.feed enable always trigger no_truncate;
create table audit.feed_head (one boolean primary key default true check (one), pos bigint not null, link bytea not null);
insert into audit.feed_head values (true, 0, '\x');

-- What append() has recorded in this very transaction, for the triggers that want a record of each change.
create table audit.session_mark (
  session_id uuid primary key, chain uuid not null, started_seq bigint not null, ended_seq bigint,
  start_xid xid8 not null, end_xid xid8
);
create table audit.mark (subject uuid, change text, xid xid8 not null, primary key (subject, change));

-- Length-prefixed, so that no two different entries have the same bytes; null is told from ''.
create function audit.field(p text) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return case when p is null then '\xffffffff'::bytea
       else int4send(octet_length(convert_to(p, 'UTF8'))) || convert_to(p, 'UTF8') end;

create function audit.entry_hash(e audit.entry) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return sha256(audit.field(encode(e.previous_hash, 'hex')) || uuid_send(e.chain) || int8send(e.seq)
  || int8send((extract(epoch from e.at) * 1000000)::int8) || audit.field(e.kind)
  || audit.field(e.tenant_id::text) || audit.field(e.session_id::text) || audit.field(e.operator_id::text)
  || audit.field(e.actor_kind) || audit.field(e.actor_id::text) || audit.field(e.actor_name)
  || audit.field(e.actor_proof) || audit.field(e.db_user) || audit.field(e.db_address)
  || audit.field(e.ip) || audit.field(e.user_agent) || audit.field(e.summary) || audit.field(e.details));

create type audit.proved_actor as (kind text, id uuid, name text, proof text);

-- Who acts: found by the bearer proof itself, never by a name that the process hands over.
create function audit.actor(p_proof bytea, p_stated text, p_unproved text) returns audit.proved_actor
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a audit.proved_actor; v_hash bytea := sha256(p_proof);
begin
  if p_proof is null then
    if p_unproved is null then
      raise exception 'this kind of entry needs the proof of who acts' using errcode = 'AC003';
    end if;
    return (p_unproved, null, case p_unproved when 'SYSTEM' then coalesce(p_stated, 'Actas') else 'somebody unknown' end,
            case when p_stated is null then 'NONE' else 'CLAIMED' end)::audit.proved_actor;
  end if;
  select 'OPERATOR', o.id, o.name, 'SIGN_IN' into a
    from identity.sign_in s join identity.operator o on o.id = s.operator_id
   where s.token_hash = v_hash and s.expires_at > audit.clock()
     and (s.ended_at is null or s.xmin = pg_current_xact_id()::xid);  -- a sign-out is the last act of its own sign-in
  if found then return a; end if;
  select case when p_stated is null then 'SERVICE' else 'TENANT' end, k.id,
         case when p_stated is null then k.name else p_stated || ', as stated by key ' || k.name end,
         case when p_stated is null then 'SERVICE_KEY' else 'STATED' end
    into a from identity.service_key k where k.key_hash = v_hash and k.revoked_at is null;
  if found then return a; end if;
  raise exception 'the proof of who acts is no longer valid' using errcode = 'AC003';
end $$;

-- Whether a session has come to its deadline.
create function audit.is_due(p_session uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (select 1 from identity.impersonation_session s where s.id = p_session and s.expires_at <= audit.clock());
end $$;

-- The only way into the ledger. Time, order, actor and hash are made here; the head's lock lasts to the commit, so
-- append last, chains in the order of their ids, the platform's after the tenants'.
create function audit.append(
  p_proof bytea, p_stated text, p_chain uuid, p_kind text, p_tenant uuid, p_session uuid, p_operator uuid,
  p_ip text, p_user_agent text, p_summary text, p_details text, p_process_clock timestamptz
) returns table (seq bigint, at timestamptz, hash bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  h audit.chain_head; k audit.kind; a audit.proved_actor; e audit.entry; d jsonb := p_details::jsonb;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'append needs READ COMMITTED' using errcode = 'AC004';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    raise exception 'append needs synchronous_commit' using errcode = 'AC004';
  end if;
  if abs(extract(epoch from clock_timestamp() - p_process_clock)) > 60 then
    raise exception 'the clocks of the process and the database differ by more than 60 s' using errcode = 'AC004';
  end if;
  select * into k from audit.kind where kind = p_kind;
  if not found then raise exception 'unknown kind of entry: %', p_kind using errcode = 'AC004'; end if;
  if p_chain <> coalesce(p_tenant, p_chain) or (d ? 'tenantId' and (d ->> 'tenantId')::uuid is distinct from p_tenant) then
    raise exception 'what is about a tenant belongs into its own chain' using errcode = 'AC004';
  end if;
  a := audit.actor(p_proof, p_stated, k.unproved);

  insert into audit.chain_head (chain) values (p_chain) on conflict do nothing;
  select * into h from audit.chain_head where chain = p_chain for no key update;
  e.chain := p_chain; e.seq := h.seq + 1; e.at := greatest(audit.clock(), h.at); e.kind := p_kind;
  e.tenant_id := p_tenant; e.session_id := p_session;
  e.operator_id := coalesce(p_operator, case when a.kind = 'OPERATOR' then a.id end);
  e.actor_kind := a.kind; e.actor_id := a.id; e.actor_name := a.name; e.actor_proof := a.proof;
  e.db_user := session_user; e.db_address := host(inet_client_addr()); e.ip := p_ip; e.user_agent := p_user_agent;
  e.summary := p_summary; e.details := p_details; e.previous_hash := h.hash;
  e.hash := audit.entry_hash(e);
  if to_regclass('audit.entry_' || to_char(e.at, 'YYYY_MM')) is null then
    raise exception 'no month has been made for %', e.at using errcode = 'AC004';
  end if;

  if h.seq = 0 or date_trunc('month', e.at) > date_trunc('month', h.at) then
    insert into audit.chain_month values (p_chain, date_trunc('month', e.at)::date, e.seq, h.hash);
  end if;
  if p_kind = 'IMPERSONATION_STARTED' then
    insert into audit.session_mark values (p_session, p_chain, e.seq, null, pg_current_xact_id(), null);
  elsif p_kind = 'IMPERSONATION_ENDED' then
    if a.proof = 'NONE' and d ->> 'cause' = 'EXPIRED' and not audit.is_due(p_session) then
      raise exception 'session % is not due', p_session using errcode = 'AC003';
    end if;
    update audit.session_mark m set ended_seq = e.seq, end_xid = pg_current_xact_id()
     where m.session_id = p_session and m.chain = p_chain and m.ended_seq is null;
    if not found then
      raise exception 'session % has no open start', p_session using errcode = '23505';
    end if;
  end if;
  if k.subject is not null then
    insert into audit.mark values
      ((d ->> k.subject)::uuid, k.change || coalesce(d ->> k.change_value, ''), pg_current_xact_id())
    on conflict (subject, change) do update set xid = excluded.xid;
  end if;

  insert into audit.entry select e.*;
  update audit.chain_head c set seq = e.seq, hash = e.hash, at = e.at where c.chain = p_chain;
  insert into audit.pending values (p_chain, e.seq, e.at, e.hash, pg_current_xact_id());
  return query select e.seq, e.at, e.hash;
end $$;

-- Every start has one end, and both are recorded in the transaction that makes them (P1, P2).
create function audit.need_record() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  m audit.session_mark;
  v_end constant text[] := array['state', 'ended_at', 'end_cause', 'ended_by_kind', 'ended_by_id', 'ended_by_name'];
begin
  if tg_op = 'DELETE' then
    raise exception 'sessions are never deleted' using errcode = 'AC001';
  end if;
  select * into m from audit.session_mark where session_id = new.id;
  if tg_op = 'INSERT' and (m.start_xid is distinct from pg_current_xact_id() or m.chain is distinct from new.tenant_id) then
    raise exception 'session % has no STARTED entry in this transaction', new.id using errcode = 'AC001';
  end if;
  if tg_op = 'UPDATE' then
    if old.ended_at is not null and new is distinct from old then
      raise exception 'session % is over', new.id using errcode = 'AC001';
    end if;
    if old.ended_at is null and new.ended_at is not null and m.end_xid is distinct from pg_current_xact_id() then
      raise exception 'session % has no ENDED entry in this transaction', new.id using errcode = 'AC001';
    end if;
    if to_jsonb(new) - v_end is distinct from to_jsonb(old) - v_end then
      raise exception 'of session % nothing may change but its end', new.id using errcode = 'AC001';
    end if;
  end if;
  return null;
end $$;

-- And the other way round: no start or end in the ledger that did not happen.
create function audit.need_session() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from audit.session_mark m join identity.impersonation_session s on s.id = m.session_id and s.tenant_id = m.chain
    where m.session_id = new.session_id and (m.ended_seq is null) = (s.ended_at is null);
  if not found then
    raise exception 'the ledger and session % disagree', new.session_id using errcode = 'AC001';
  end if;
  return null;
end $$;
create constraint trigger need_session after insert or update on audit.session_mark
  deferrable initially deferred for each row execute function audit.need_session();

-- need_mark(subject column, change [, value column]): this row's change must have its own entry in this transaction.
-- The mark is spent, so one entry never covers two changes.
create function audit.need_mark() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_row jsonb := to_jsonb(new);
  v_change text := tg_argv[1] || case when tg_nargs > 2 then v_row ->> tg_argv[2] else '' end;
begin
  delete from audit.mark
   where subject = (v_row ->> tg_argv[0])::uuid and change = v_change and xid = pg_current_xact_id();
  if not found then
    raise exception 'change % of % has no entry in this transaction', v_change, tg_table_name using errcode = 'AC001';
  end if;
  return null;
end $$;

-- One dense position for each committed entry, given after its commit: no number given inside a transaction is safe
-- to read past. Any process may run it; the only NOTIFY of the system.
create function audit.sequence_pending(p_max int default 2000) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare f audit.feed_head; r record; n bigint := 0;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the sequencer needs READ COMMITTED' using errcode = 'AC004';
  end if;
  if not exists (select 1 from audit.pending) then return 0; end if;
  select * into f from audit.feed_head for no key update;
  for r in
    with d as (delete from audit.pending p
               using (select chain, seq from audit.pending order by at, chain, seq limit p_max) q
               where p.chain = q.chain and p.seq = q.seq returning p.*)
    select * from d order by max(at) over (partition by xid), xid, at, chain, seq
  loop
    f.pos := f.pos + 1; n := n + 1;
    f.link := sha256(f.link || int8send(f.pos) || r.hash);
    insert into audit.feed values (f.pos, r.chain, r.seq, r.at, f.link);
  end loop;
  if n > 0 then
    update audit.feed_head set pos = f.pos, link = f.link;
    perform pg_notify('ledger', f.pos::text);
  end if;
  return n;
end $$;

-- Requests made inside sessions, and what operators looked at: group commits, no doorbell, no chain head.
create table audit.access_log (
  id uuid not null, at timestamptz not null, session_id uuid not null, tenant_id uuid not null, operator_id uuid not null,
  method text not null, path text not null, route text, status int not null, duration_ms double precision not null,
  wrote boolean not null, request_id text, key_id uuid not null, received_at timestamptz not null,
  primary key (id, at)
) partition by range (at);
create index access_log_session on audit.access_log (session_id, at, id);
create index access_log_tenant on audit.access_log (tenant_id, at, id);
create trigger append_only before update or delete on audit.access_log for each row execute function audit.refuse();
create trigger no_truncate before truncate on audit.access_log execute function audit.refuse();
alter table audit.access_log enable always trigger append_only;
alter table audit.access_log enable always trigger no_truncate;

create table audit.activity (
  id uuid primary key, at timestamptz not null, operator_id uuid not null, sign_in_id uuid not null,
  operation text not null, fields text[] not null, tenants uuid[] not null, refused boolean not null
);
create index activity_operator on audit.activity (operator_id, at, id);
create trigger append_only before update or delete on audit.activity for each row execute function audit.refuse();
create trigger no_truncate before truncate on audit.activity execute function audit.refuse();
alter table audit.activity enable always trigger append_only;
alter table audit.activity enable always trigger no_truncate;

-- What a service key reports; a record whose session is not the key's to report is left out.
create function audit.reported_access(p_proof bytea, p_records jsonb) returns setof audit.access_log
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare v_key uuid; v_tenant uuid;
begin
  select k.id, k.tenant_id into v_key, v_tenant from identity.service_key k
   where k.key_hash = sha256(p_proof) and k.revoked_at is null;
  if not found then raise exception 'only a service key reports access' using errcode = 'AC003'; end if;
  return query
  select r.id, r.at, s.id, s.tenant_id, s.operator_id, r.method, r.path, r.route, r.status, r.duration_ms, r.wrote,
         r.request_id, v_key, audit.clock()
    from jsonb_to_recordset(p_records) as r(id uuid, session_id uuid, at timestamptz, method text, path text,
           route text, status int, duration_ms double precision, wrote boolean, request_id text)
    join identity.impersonation_session s on s.id = r.session_id and (v_tenant is null or s.tenant_id = v_tenant);
end $$;

-- Returns what was new, by session.
create function audit.append_access(p_proof bytea, p_records jsonb)
returns table (session_id uuid, requests bigint, last_at timestamptz)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with added as (
    insert into audit.access_log as l select * from audit.reported_access(p_proof, p_records)
    on conflict do nothing
    returning l.session_id, l.at)
  select a.session_id, count(*), max(a.at) from added a group by 1
$$;

create function audit.append_activity(p_records jsonb) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into audit.activity
  select r.id, audit.clock(), r.operator_id, r.sign_in_id, r.operation,
         array(select jsonb_array_elements_text(r.fields)), array(select jsonb_array_elements_text(r.tenants)::uuid), r.refused
    from jsonb_to_recordset(p_records) as r(id uuid, operator_id uuid, sign_in_id uuid, operation text,
           fields jsonb, tenants jsonb, refused boolean)
  on conflict do nothing
$$;

-- Months are made ahead and there is no default partition: an entry beyond them fails closed.
-- LIKE + CHECK + ATTACH takes no lock that an open export could hold up.
create table audit.months_gate ();
create function audit.ensure_months(p_ahead int default 3) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare m date; t text; n text; made int := 0;
begin
  lock table audit.months_gate in exclusive mode;
  for i in 0..least(p_ahead, 12) loop
    m := (date_trunc('month', audit.clock()) + make_interval(months => i))::date;
    foreach t in array array['entry', 'access_log'] loop
      n := t || '_' || to_char(m, 'YYYY_MM');
      continue when to_regclass('audit.' || n) is not null;
      execute format('create table audit.%I (like audit.%I including defaults including constraints including storage)', n, t);
      execute format('alter table audit.%I add constraint month check (at >= %L and at < %L)', n, m, (m + interval '1 month')::date);
      execute format('create trigger no_truncate before truncate on audit.%I execute function audit.refuse()', n);
      execute format('alter table audit.%I enable always trigger no_truncate', n);
      execute format('alter table audit.%I attach partition audit.%I for values from (%L) to (%L)', t, n, m, (m + interval '1 month')::date);
      made := made + 1;
    end loop;
  end loop;
  return made;
end $$;

create function audit.months_ahead() returns int
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
  select count(*)::int from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'audit.entry'::regclass and c.relname > 'entry_' || to_char(audit.clock(), 'YYYY_MM')
$$;

-- Which database this is: a restore or a failover makes another.
create function audit.incarnation() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select s.system_identifier || '.' || c.timeline_id || '.' || d.oid
    from pg_control_system() s, pg_control_checkpoint() c, pg_database d where d.datname = current_database()
$$;

-- A tenant's own reads see the tenant's own rows, whatever the statement says.
alter table audit.entry enable row level security;
alter table audit.access_log enable row level security;
create policy everything on audit.entry to actas_app, actas_auditor using (true);
create policy everything on audit.access_log to actas_app, actas_auditor using (true);
create policy own on audit.entry to actas_tenant using (chain = nullif(current_setting('actas.tenant', true), '')::uuid);
create policy own on audit.access_log to actas_tenant using (tenant_id = nullif(current_setting('actas.tenant', true), '')::uuid);

revoke all on all functions in schema audit from public;
grant usage on schema audit to actas_app, actas_migrator, actas_auditor, actas_tenant;
grant select on all tables in schema audit to actas_app, actas_auditor;
grant select on audit.entry, audit.access_log to actas_tenant;
grant select on audit.chain_head to actas_tenant;
alter table audit.chain_head enable row level security;
create policy everything on audit.chain_head to actas_app, actas_auditor using (true);
create policy own on audit.chain_head to actas_tenant using (chain = nullif(current_setting('actas.tenant', true), '')::uuid);
grant execute on function audit.clock(), audit.incarnation(), audit.months_ahead() to actas_app, actas_migrator, actas_auditor, actas_tenant;
grant execute on function audit.append, audit.sequence_pending, audit.append_access, audit.append_activity, audit.ensure_months to actas_app;
grant execute on function audit.entry_hash, audit.field to actas_app, actas_auditor;
grant execute on function audit.need_record, audit.need_mark to actas_migrator;

-- What the migrator plants in its own tables (a view, a policy, a cast) runs with the rights of the function that looks
-- at them. So those functions belong to a role that can do nothing but spend a mark, never to the ledger's owner (P4).
grant usage on schema audit to actas_witness;
grant select on audit.session_mark, audit.mark to actas_witness;
grant delete on audit.mark to actas_witness;
grant execute on function audit.clock() to actas_witness;
grant create on schema audit to actas_witness;
alter function audit.actor owner to actas_witness;
alter function audit.is_due owner to actas_witness;
alter function audit.reported_access owner to actas_witness;
alter function audit.need_record owner to actas_witness;
alter function audit.need_session owner to actas_witness;
alter function audit.need_mark owner to actas_witness;
revoke create on schema audit from actas_witness;

select audit.ensure_months();
