-- What guards say of the sessions that their rules end when nobody works in them. Beside the guarded row, as
-- session_use is: it changes every few seconds.

create table identity.session_presence (
  session_id uuid primary key references identity.impersonation_session,
  idle_seconds int, abandon_seconds int,
  heard_at timestamptz not null,
  counted_from timestamptz not null, -- silence of the guards is nobody's idleness: after it, the count begins anew
  last_request_at timestamptz, page_seen_at timestamptz
) with (fillfactor = 50);
grant select, insert, update on identity.session_presence to actas_app;
grant select on identity.session_presence to actas_auditor;
