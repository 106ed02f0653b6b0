-- A ticket leads to its sessions long after they are over, in whatever case somebody types it.

create index session_ticket on identity.impersonation_session (lower(ticket), started_at, id) where ticket is not null;
