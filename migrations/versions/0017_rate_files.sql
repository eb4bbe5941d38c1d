-- The work list of imports of payers' price files: what is still to be read, by whom it is being read, and what came of
-- it. Several machines may work on it at once.

CREATE TABLE rate_files (
  id uuid NOT NULL,
  payer text NOT NULL,
  wanted text NOT NULL, -- a hash of the codes and the clinic that are looked for
  identity text NOT NULL, -- the same for the same file under another signature
  address text NOT NULL, -- a path, or an address that may be signed
  state text NOT NULL,
  claimed_until timestamptz,
  attempts integer NOT NULL,
  etag text,
  length bigint,
  source_id uuid,
  receipt json,
  problem text,
  ended_at timestamptz,
  CONSTRAINT rate_files_pkey PRIMARY KEY (id),
  CONSTRAINT rate_files_once UNIQUE (payer, wanted, identity),
  CONSTRAINT rate_files_state_known CHECK (state IN ('waiting', 'read', 'unchanged', 'refused')),
  CONSTRAINT rate_files_ended_when_not_waiting CHECK ((state = 'waiting') = (ended_at IS NULL)),
  CONSTRAINT rate_files_problem_where_refused CHECK ((state = 'refused') = (problem IS NOT NULL)),
  CONSTRAINT rate_files_source_fkey FOREIGN KEY (source_id) REFERENCES rate_sources
);
CREATE INDEX rate_files_source_idx ON rate_files (source_id);

GRANT SELECT, INSERT, UPDATE (address, state, claimed_until, attempts, etag, length, source_id, receipt, problem, ended_at)
  ON rate_files TO outlay_serve;
GRANT SELECT (id, payer, wanted, identity, state, claimed_until, attempts, etag, length, source_id, receipt, problem,
  ended_at) ON rate_files TO outlay_read;
