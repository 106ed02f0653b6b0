-- What is known of a tenant changes only with an entry in its own ledger; what identifies it never does.

drop trigger status_changed on identity.tenant;
create constraint trigger status_changed after update on identity.tenant deferrable initially deferred for each row
  when ((old.status, old.status_before, old.status_reason) is distinct from (new.status, new.status_before, new.status_reason))
  execute function audit.need_mark('id', 'TENANT:', 'status');

-- The entry names the workspace as it is now: where the hand-off's codes go is never changed under another entry.
create constraint trigger updated after update on identity.tenant deferrable initially deferred for each row
  when ((old.name, old.plan, old.region, old.metadata, old.support_url, old.workspace_url, old.stripe_customer_id)
        is distinct from (new.name, new.plan, new.region, new.metadata, new.support_url, new.workspace_url, new.stripe_customer_id))
  execute function audit.need_mark('id', 'TENANT:UPDATED:', 'workspace_url');

revoke update on identity.tenant from actas_app;
grant update (name, status, status_before, status_reason, plan, region, metadata, support_url, workspace_url,
  stripe_customer_id, updated_at) on identity.tenant to actas_app;
