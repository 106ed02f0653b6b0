-- Rules that are set at run time: who set them is kept with each version, and no version without its entry.

alter table identity.tenant_policy add id uuid not null unique default gen_random_uuid();
alter table identity.tenant_policy alter id drop default;
alter table identity.tenant_policy add set_by_kind text not null default 'SYSTEM'
  check (set_by_kind in ('OPERATOR', 'SERVICE', 'SYSTEM'));
alter table identity.tenant_policy alter set_by_kind drop default;
alter table identity.tenant_policy add check (jsonb_typeof(rules) = 'object');

create constraint trigger set after insert on identity.tenant_policy
  deferrable initially deferred for each row execute function audit.need_mark('id', 'POLICY:', 'rules', 'tenant_id');

grant insert (id, tenant_id, rules, reason, set_by_kind, set_by_id, set_by_name, set_at) on identity.tenant_policy to actas_app;
grant select on identity.tenant_policy to actas_auditor;
