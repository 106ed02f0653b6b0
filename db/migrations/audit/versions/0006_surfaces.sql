-- A request that touched what the platform manages in a workspace is an entry of the tenant's ledger too (S3-21).

insert into audit.kind (kind) values ('IMPERSONATION_SURFACE_TOUCHED');

-- As before, and with the ids of what was new: only those become entries.
drop function audit.append_access(bytea, jsonb);
create function audit.append_access(p_proof bytea, p_records jsonb)
returns table (session_id uuid, requests bigint, last_at timestamptz, ids uuid[])
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with added as (
    insert into audit.access_log as l select * from audit.reported_access(p_proof, p_records)
    on conflict do nothing
    returning l.session_id, l.at, l.id)
  select a.session_id, count(*), max(a.at), array_agg(a.id) from added a group by 1
$$;
revoke all on function audit.append_access from public;
grant execute on function audit.append_access to actas_app;
