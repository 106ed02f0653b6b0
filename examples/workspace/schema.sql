-- The product's own database: run once, by the administrator, in an empty database.
-- workspace_owner owns everything and cannot log in; workspace_app is what the product connects as.

set role workspace_owner;

-- The tenant that the transaction names. Unset, it is null or '' (a pooled connection that named one before): no row.
create function current_tenant() returns uuid
  language sql stable
  return nullif(current_setting('app.tenant_id', true), '')::uuid;

create table tenant (
  id uuid primary key,
  slug text not null unique,
  name text not null
);

create table person (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  email text not null,
  name text not null,
  role text not null check (role in ('admin', 'member')),
  password_hash text not null,
  unique (tenant_id, email),
  unique (tenant_id, id)
);

create table sign_in (
  token_hash bytea primary key,
  tenant_id uuid not null,
  person_id uuid not null,
  expires_at timestamptz not null,
  foreign key (tenant_id, person_id) references person (tenant_id, id)
);

create table conversation (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  subject text not null,
  customer text not null,
  status text not null check (status in ('open', 'closed')),
  assignee text,
  archived bool not null default false,
  unique (tenant_id, id)
);

create table message (
  id uuid primary key,
  tenant_id uuid not null,
  conversation_id uuid not null,
  author text not null,
  from_customer bool not null,
  body text not null check (length(body) between 1 and 10000),
  at timestamptz not null default clock_timestamp(),
  acting_operator text,
  acting_operator_email text,
  acting_session uuid,
  check (num_nonnulls(acting_operator, acting_operator_email, acting_session) in (0, 3)),
  foreign key (tenant_id, conversation_id) references conversation (tenant_id, id)
);
create index on message (conversation_id, at);

alter table tenant enable row level security, force row level security;
alter table person enable row level security, force row level security;
alter table sign_in enable row level security, force row level security;
alter table conversation enable row level security, force row level security;
alter table message enable row level security, force row level security;

create policy own_row on tenant using (id = current_tenant());
create policy own_tenant on person using (tenant_id = current_tenant());
create policy own_tenant on sign_in using (tenant_id = current_tenant());
-- Archived conversations wait for their deletion. The tenant's admin may not read them, and so no operator either (S2-8).
create policy own_tenant on conversation using (tenant_id = current_tenant() and not archived);
-- The look-up is itself under the policy above: what was said in an archived conversation is as invisible as the conversation.
create policy own_tenant on message
  using (tenant_id = current_tenant() and exists (select from conversation c where c.id = conversation_id));

-- The operator's name comes from the transaction, never from the statement: the application holds no grant on the three
-- columns, so a reply written in a session can neither leave the operator out nor name another (S2-31).
create function name_the_operator() returns trigger
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  new.acting_operator := nullif(current_setting('app.operator_name', true), '');
  new.acting_operator_email := nullif(current_setting('app.operator_email', true), '');
  new.acting_session := nullif(current_setting('app.session_id', true), '')::uuid;
  return new;
end
$$;
create trigger name_the_operator before insert on message for each row execute function name_the_operator();

-- The one way to a password's hash, within the tenant that the transaction names.
create function password_hash_of(wanted text) returns text
  language sql stable security definer set search_path = public, pg_temp
  return (select p.password_hash from person p where p.tenant_id = current_tenant() and p.email = lower(wanted));

revoke execute on function password_hash_of(text) from public;
grant execute on function password_hash_of(text) to workspace_app;
grant select on tenant, conversation, message to workspace_app;
grant select (id, tenant_id, email, name, role) on person to workspace_app;
grant select, insert, delete on sign_in to workspace_app;
grant insert (id, tenant_id, conversation_id, author, from_customer, body) on message to workspace_app;

reset role;
