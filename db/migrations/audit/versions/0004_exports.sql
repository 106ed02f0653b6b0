-- What leaves as a file is told in the ledger that it is of. On the command line nobody proves who they are.
insert into audit.kind (kind, unproved) values ('LEDGER_EXPORTED', 'SYSTEM');
