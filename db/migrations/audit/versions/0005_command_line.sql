-- What whoever has the database's credentials may do on the command line, where nobody proves who they are: the entry
-- names the user that the machine states, and marks it as claimed.

update audit.kind set unproved = 'SYSTEM' where kind in (
  'TENANT_STATUS_CHANGED', 'TENANT_SUSPENDED', 'TENANT_SUSPENSION_LIFTED', 'OPERATOR_DISABLED', 'SERVICE_KEY_REVOKED');
