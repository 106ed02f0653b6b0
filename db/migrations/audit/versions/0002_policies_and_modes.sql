-- Policies and modes: each change of either has its own entry, in the ledger of the tenant that it is about.
-- append, need_record and need_mark are the first revision's but for the marks; a later revision starts from these.

insert into audit.kind values
  ('IMPERSONATION_MODE_CHANGED', null, 'sessionId', 'MODE:', 'to'),
  ('POLICY_SET', 'SYSTEM', 'policyId', 'POLICY:', 'rules');

-- In whose ledger the change was recorded; null: in the platform's.
alter table audit.mark add tenant_id uuid;

-- What a mark says: the change and its new value. A long value, as a policy's rules, by its digest, to fit an index.
create function audit.change_of(p_change text, p_value text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return p_change || case when octet_length(p_value) > 200 then encode(sha256(convert_to(p_value, 'UTF8')), 'hex')
                        else coalesce(p_value, '') end;
revoke all on function audit.change_of from public;
grant execute on function audit.change_of to actas_witness;

create or replace function audit.append(
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
      ((d ->> k.subject)::uuid, audit.change_of(k.change, d ->> k.change_value), pg_current_xact_id(), p_tenant)
    on conflict (subject, change) do update set xid = excluded.xid, tenant_id = excluded.tenant_id;
  end if;

  insert into audit.entry select e.*;
  update audit.chain_head c set seq = e.seq, hash = e.hash, at = e.at where c.chain = p_chain;
  insert into audit.pending values (p_chain, e.seq, e.at, e.hash, pg_current_xact_id());
  return query select e.seq, e.at, e.hash;
end $$;

create or replace function audit.need_record() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  m audit.session_mark;
  v_may constant text[] := array['mode', 'state', 'ended_at', 'end_cause', 'ended_by_kind', 'ended_by_id', 'ended_by_name'];
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
    if new.mode is distinct from old.mode then
      delete from audit.mark k
       where k.subject = new.id and k.change = 'MODE:' || new.mode and k.tenant_id = new.tenant_id
         and k.xid = pg_current_xact_id();
      if not found then
        raise exception 'session % has no entry of its new mode in this transaction', new.id using errcode = 'AC001';
      end if;
    end if;
    if to_jsonb(new) - v_may is distinct from to_jsonb(old) - v_may then
      raise exception 'of session % nothing may change but its mode and its end', new.id using errcode = 'AC001';
    end if;
  end if;
  return null;
end $$;

-- need_mark(subject column, change [, value column [, tenant column]]): this row's change must have its own entry in this
-- transaction, and where a tenant column is named, in that tenant's ledger. The mark is spent, so one entry never covers
-- two changes.
create or replace function audit.need_mark() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_row jsonb := to_jsonb(new);
  v_change text := audit.change_of(tg_argv[1], case when tg_nargs > 2 then v_row ->> tg_argv[2] end);
begin
  delete from audit.mark
   where subject = (v_row ->> tg_argv[0])::uuid and change = v_change and xid = pg_current_xact_id()
     and (tg_nargs < 4 or tenant_id is not distinct from (v_row ->> tg_argv[3])::uuid);
  if not found then
    raise exception 'change % of % has no entry in this transaction', v_change, tg_table_name using errcode = 'AC001';
  end if;
  return null;
end $$;
