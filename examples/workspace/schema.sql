-- The product's own database: run once, by the administrator, in an empty database.
-- workspace_owner owns everything and cannot log in; workspace_app is what the product connects as.

set role workspace_owner;

-- The tenant that the transaction names. Unset, it is null or '' (a pooled connection that named one before): no row.
create function current_tenant() returns uuid
  language sql stable
  return nullif(current_setting('app.tenant_id', true), '')::uuid;

-- Whether an operator acts in this transaction.
create function inside_a_session() returns bool
  language sql stable
  return nullif(current_setting('app.session_id', true), '') is not null;

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

create table support_case (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  number int not null,
  subject text not null,
  customer text not null,
  priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
  opened_at timestamptz not null,
  unique (tenant_id, id),
  unique (tenant_id, number)
);

-- What befell a case, one row each. Nothing of a case is ever overwritten, so neither is the name of who did it.
create table case_step (
  id uuid primary key,
  tenant_id uuid not null,
  case_id uuid not null,
  author text not null,
  what text not null check (what in ('assigned', 'closed', 'reopened')),
  assignee_id uuid check (assignee_id is null or what = 'assigned'),
  at timestamptz not null default clock_timestamp(),
  acting_operator text,
  acting_operator_email text,
  acting_session uuid,
  check (num_nonnulls(acting_operator, acting_operator_email, acting_session) in (0, 3)),
  foreign key (tenant_id, case_id) references support_case (tenant_id, id),
  foreign key (tenant_id, assignee_id) references person (tenant_id, id)
);
create index on case_step (case_id, at);

-- Where each case stands. It reads as whoever asks: as its owner it would be bound by the policies too, but only as long
-- as they are forced.
create view case_now with (security_invoker) as
  select c.id, c.tenant_id, c.number, c.subject, c.customer, c.priority, c.opened_at, a.assignee_id, p.name as assignee,
    coalesce(s.what = 'closed', false) as closed, coalesce(s.at, c.opened_at) as since
  from support_case c
  left join lateral (
    select assignee_id from case_step where case_id = c.id and what = 'assigned' order by at desc limit 1
  ) a on true
  left join person p on p.id = a.assignee_id
  left join lateral (
    select what, at from case_step where case_id = c.id and what <> 'assigned' order by at desc limit 1
  ) s on true;

create table lead (
  id uuid primary key,
  tenant_id uuid not null,
  company text not null,
  contact text not null,
  source text not null,
  stage text not null check (stage in ('new', 'contacted', 'qualified', 'proposal', 'won', 'lost')),
  worth int not null check (worth >= 0),
  owner_id uuid not null,
  touched_at timestamptz not null,
  foreign key (tenant_id, owner_id) references person (tenant_id, id)
);
create index on lead (tenant_id);

-- What a nightly job counts: one row a day.
create table daily_figure (
  tenant_id uuid not null references tenant,
  day date not null,
  asked int not null,
  answered int not null,
  first_answer_minutes int not null,
  primary key (tenant_id, day)
);

create table api_key (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  name text not null,
  beginning text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index on api_key (tenant_id);

-- What signs the webhooks: a secret that both sides need as it is, so it cannot be kept as a hash.
create table webhook (
  tenant_id uuid primary key references tenant,
  url text not null,
  signing_secret text not null
);

create table terms_acceptance (
  tenant_id uuid not null,
  person_id uuid not null,
  version text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, person_id, version),
  foreign key (tenant_id, person_id) references person (tenant_id, id)
);

alter table tenant enable row level security, force row level security;
alter table person enable row level security, force row level security;
alter table sign_in enable row level security, force row level security;
alter table conversation enable row level security, force row level security;
alter table message enable row level security, force row level security;
alter table support_case enable row level security, force row level security;
alter table case_step enable row level security, force row level security;
alter table lead enable row level security, force row level security;
alter table daily_figure enable row level security, force row level security;
alter table api_key enable row level security, force row level security;
alter table webhook enable row level security, force row level security;
alter table terms_acceptance enable row level security, force row level security;

create policy own_row on tenant using (id = current_tenant());
create policy own_tenant on person using (tenant_id = current_tenant());
create policy own_tenant on sign_in using (tenant_id = current_tenant());
-- Archived conversations wait for their deletion. The tenant's admin may not read them, and so no operator either (S2-8).
create policy own_tenant on conversation using (tenant_id = current_tenant() and not archived);
-- The look-up is itself under the policy above: what was said in an archived conversation is as invisible as the conversation.
create policy own_tenant on message
  using (tenant_id = current_tenant() and exists (select from conversation c where c.id = conversation_id));

create policy own_tenant on support_case using (tenant_id = current_tenant());
create policy own_tenant on case_step using (tenant_id = current_tenant());
create policy own_tenant on lead using (tenant_id = current_tenant());
create policy own_tenant on daily_figure using (tenant_id = current_tenant());
create policy own_tenant on api_key using (tenant_id = current_tenant());
create policy own_tenant on webhook using (tenant_id = current_tenant());
-- To agree is a personal act: nobody can do it in somebody's name, whatever the application lets through.
create policy own_tenant on terms_acceptance
  using (tenant_id = current_tenant()) with check (tenant_id = current_tenant() and not inside_a_session());

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
create trigger name_the_operator before insert on case_step for each row execute function name_the_operator();

-- The one way to a password's hash, within the tenant that the transaction names.
create function password_hash_of(wanted text) returns text
  language sql stable security definer set search_path = public, pg_temp
  return (select p.password_hash from person p where p.tenant_id = current_tenant() and p.email = lower(wanted));

-- The one way to the webhook's secret. No operator gets it, whatever page they find: it would outlive their session.
create function signing_secret() returns text
  language sql stable security definer set search_path = public, pg_temp
  return (select w.signing_secret from webhook w where w.tenant_id = current_tenant() and not inside_a_session());

revoke execute on function password_hash_of(text), signing_secret() from public;
grant execute on function password_hash_of(text), signing_secret() to workspace_app;
grant select on tenant, conversation, message, support_case, case_step, case_now, lead, daily_figure, api_key,
  terms_acceptance to workspace_app;
grant select (tenant_id, url) on webhook to workspace_app;
grant select (id, tenant_id, email, name, role) on person to workspace_app;
grant select, insert, delete on sign_in to workspace_app;
grant insert (id, tenant_id, conversation_id, author, from_customer, body) on message to workspace_app;
grant insert (id, tenant_id, case_id, author, what, assignee_id) on case_step to workspace_app;
grant insert (tenant_id, person_id, version) on terms_acceptance to workspace_app;

reset role;
