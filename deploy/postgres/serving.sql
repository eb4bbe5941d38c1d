-- The login of the service on the database of compose.yaml, which may do what the migrations grant to `outlay_serve` and
-- nothing else (docs/operations.md, Database roles). Run by the owner, again and again: a new password takes the place
-- of the old one. It comes from the environment, so that no command line shows it.
\set ON_ERROR_STOP on
\getenv password SERVICE_PASSWORD
SELECT 'CREATE ROLE outlay_serve' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'outlay_serve') \gexec
ALTER ROLE outlay_serve LOGIN PASSWORD :'password';
