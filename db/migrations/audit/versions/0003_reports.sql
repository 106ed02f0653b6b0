-- What services report, what is known of a tenant, and what an auditor asks for.

insert into audit.kind values ('TENANT_UPDATED', null, 'tenantId', 'TENANT:UPDATED:', 'workspaceUrl');

-- A kind that services report is known from its first report on; what Actas writes itself nobody can report.
alter table audit.kind add reported boolean not null default false;

create table audit.report (
  id uuid primary key, key_id uuid not null, kind text not null, digest bytea not null, at timestamptz not null
);
create trigger append_only before update or delete on audit.report for each row execute function audit.refuse();
create trigger no_truncate before truncate on audit.report execute function audit.refuse();
alter table audit.report enable always trigger append_only;
alter table audit.report enable always trigger no_truncate;

-- Whether a report is the FIRST with its id, KNOWN already, or ANOTHER under an id that was used. The first is to be
-- appended in the same transaction; a twin that comes meanwhile waits here for it.
create function audit.claim_report(p_proof bytea, p_id uuid, p_kind text, p_digest bytea) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare a audit.proved_actor := audit.actor(p_proof, null, null); v_digest bytea; v_reported boolean;
begin
  if a.proof <> 'SERVICE_KEY' then raise exception 'only a service key reports' using errcode = 'AC003'; end if;
  insert into audit.report values (p_id, a.id, p_kind, p_digest, audit.clock()) on conflict do nothing;
  if not found then
    select digest into v_digest from audit.report where id = p_id;
    return case when v_digest = p_digest then 'KNOWN' else 'ANOTHER' end;
  end if;
  insert into audit.kind (kind, reported) select p_kind, true where p_kind ~ '^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$'
  on conflict do nothing;
  select reported into v_reported from audit.kind where kind = p_kind;
  if v_reported is not true then raise exception '% is no kind to be reported', p_kind using errcode = 'AC004'; end if;
  return 'FIRST';
end $$;

create index activity_at on audit.activity (at, id);
create index activity_tenants on audit.activity using gin (tenants);

revoke all on function audit.claim_report from public;
grant select on audit.report to actas_app, actas_auditor;
grant execute on function audit.claim_report to actas_app;
-- A tenant checks its own chain by the rows that row security lets it see.
grant execute on function audit.entry_hash, audit.field to actas_tenant;
