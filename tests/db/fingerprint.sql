-- One hash of everything in the catalog that guards the ledger.
select md5(concat_ws('|',
  (select string_agg(c::text, '|' order by oid) from pg_class c where relnamespace = 'audit'::regnamespace),
  (select string_agg(a::text, '|' order by attrelid, attnum) from pg_attribute a join pg_class c on c.oid = attrelid
    where relnamespace = 'audit'::regnamespace),
  (select string_agg(t::text, '|' order by t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid
    where relnamespace = 'audit'::regnamespace),
  (select string_agg(r::text, '|' order by r.oid) from pg_rewrite r join pg_class c on c.oid = ev_class
    where relnamespace = 'audit'::regnamespace),
  (select string_agg(p::text, '|' order by oid) from pg_policy p),
  (select string_agg(p::text, '|' order by oid) from pg_proc p where pronamespace = 'audit'::regnamespace),
  (select string_agg(k::text, '|' order by oid) from pg_constraint k where connamespace = 'audit'::regnamespace),
  (select string_agg(i::text, '|' order by inhrelid) from pg_inherits i),
  (select string_agg(n::text, '|' order by oid) from pg_namespace n where nspname !~ '^pg_'),
  (select string_agg(d::text, '|' order by oid) from pg_default_acl d),
  (select string_agg(e::text, '|' order by oid) from pg_event_trigger e),
  (select string_agg(s::text, '|' order by setdatabase, setrole) from pg_db_role_setting s),
  (select string_agg(d.datname || d.datdba || coalesce(d.datacl::text, ''), '|' order by oid) from pg_database d),
  (select string_agg(r.rolname || r.rolsuper || r.rolbypassrls || r.rolcreaterole || r.rolcanlogin, '|' order by oid) from pg_roles r),
  (select string_agg(m::text, '|' order by roleid, member) from pg_auth_members m)))
