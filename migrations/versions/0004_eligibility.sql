-- What was asked of payers about members, what they answered, and whom it was told.
--
-- Member data stands in the columns named `sealed_...` alone, encrypted with keys that are not in the database
-- (service/store/vault.py), and is taken away some time after the answer: the row stays, `purged_at` says when.

CREATE DOMAIN check_status AS text CONSTRAINT check_status_known
  CHECK (VALUE IN ('queued', 'running', 'waiting', 'done', 'failed', 'cancelled'));
CREATE DOMAIN member_status AS text CONSTRAINT member_status_known
  CHECK (VALUE IN ('active', 'inactive', 'rejected', 'unknown', 'conflict'));

CREATE TABLE eligibility_checks (
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  key_id uuid, -- absent for the command line
  idempotency_key text,
  payer text NOT NULL,
  connector text NOT NULL,
  date_of_service date NOT NULL,
  question bytea, -- a keyed fingerprint of who was asked what about whom; two checks with the same one are alike
  reusable boolean NOT NULL DEFAULT true, -- the same question gets this check instead of asking the payer again
  status check_status NOT NULL DEFAULT 'queued',
  claims integer NOT NULL DEFAULT 0, -- how often a worker took it up; the last one alone may say what came of it
  attempts integer NOT NULL DEFAULT 0, -- how often the payer was asked; looking for a pending answer is not asking
  changes text[] NOT NULL DEFAULT '{}', -- how it was asked differently, because the payer did not answer as it was
  next_attempt_at timestamptz,
  failure text, -- why a check failed, in a word
  outcome member_status,
  incomplete boolean,
  reasons text[] NOT NULL DEFAULT '{}', -- the payer's rejections, by their code (AAA03)
  ended_at timestamptz,
  expires_at timestamptz,
  purged_at timestamptz,
  sealed_inquiry bytea,
  sealed_ticket bytea,
  sealed_answer bytea,
  CONSTRAINT eligibility_checks_pkey PRIMARY KEY (id),
  CONSTRAINT eligibility_checks_key_fkey FOREIGN KEY (key_id) REFERENCES keys,
  CONSTRAINT eligibility_checks_once_per_key UNIQUE (key_id, idempotency_key),
  CONSTRAINT eligibility_checks_question_is_sha256 CHECK (octet_length(question) = 32),
  CONSTRAINT eligibility_checks_changes_known CHECK (changes <@ ARRAY['today', 'plan']),
  CONSTRAINT eligibility_checks_end CHECK ((status IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
  CONSTRAINT eligibility_checks_outcome_when_done
    CHECK ((status = 'done') = (outcome IS NOT NULL) AND (status = 'done') = (incomplete IS NOT NULL)
           AND (status = 'done') = (expires_at IS NOT NULL)),
  CONSTRAINT eligibility_checks_failure_when_failed CHECK ((status = 'failed') = (failure IS NOT NULL)),
  CONSTRAINT eligibility_checks_kept_or_purged
    CHECK (CASE WHEN purged_at IS NULL
                THEN num_nulls(question, sealed_inquiry) = 0 AND (status = 'done') = (sealed_answer IS NOT NULL)
                ELSE num_nonnulls(question, sealed_inquiry, sealed_ticket, sealed_answer) = 0 AND NOT reusable END),
  CONSTRAINT eligibility_checks_purged_after_the_end CHECK (purged_at IS NULL OR ended_at IS NOT NULL)
);
-- At most one check is given for a question, whoever asks at the same time. Whether its answer is still fresh cannot
-- stand in an index: who asks anew lets go of an old answer first.
CREATE UNIQUE INDEX eligibility_checks_once_per_question ON eligibility_checks (question) WHERE reusable;
CREATE INDEX eligibility_checks_unfinished_idx ON eligibility_checks (status) WHERE ended_at IS NULL;
CREATE INDEX eligibility_checks_unpurged_idx ON eligibility_checks (ended_at) WHERE purged_at IS NULL;

-- Who waits for a check, in whatever process, hears that something has become of it.
CREATE FUNCTION announce_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outlay_checks', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER eligibility_checks_announce AFTER UPDATE OF status ON eligibility_checks
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION announce_check();

-- Append-only: each time a network was asked.
CREATE TABLE eligibility_attempts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  check_id uuid NOT NULL,
  number integer NOT NULL, -- the attempt it is part of: asking, and looking for the answer
  at timestamptz NOT NULL,
  connector text NOT NULL,
  kind text NOT NULL,
  outcome text NOT NULL,
  fault text,
  code text, -- the network's own word for a failure
  milliseconds integer NOT NULL,
  cost_cents cents NOT NULL,
  CONSTRAINT eligibility_attempts_pkey PRIMARY KEY (id),
  CONSTRAINT eligibility_attempts_check_fkey FOREIGN KEY (check_id) REFERENCES eligibility_checks,
  CONSTRAINT eligibility_attempts_kind_known CHECK (kind IN ('submit', 'poll')),
  CONSTRAINT eligibility_attempts_outcome_known CHECK (outcome IN ('answered', 'pending', 'failed')),
  CONSTRAINT eligibility_attempts_fault_when_failed CHECK ((outcome = 'failed') = (fault IS NOT NULL)),
  CONSTRAINT eligibility_attempts_milliseconds_not_negative CHECK (milliseconds >= 0)
);
CREATE INDEX eligibility_attempts_check_idx ON eligibility_attempts (check_id);
CREATE TRIGGER eligibility_attempts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON eligibility_attempts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One row for a connector and a day, so that processes which spend at the same time wait for each other.
CREATE TABLE connector_spending (
  connector text NOT NULL,
  day date NOT NULL,
  spent_cents cents NOT NULL,
  CONSTRAINT connector_spending_pkey PRIMARY KEY (connector, day)
);

-- A schedule that came as a file. `faults` are the lines that could not be used, with nothing of a member.
CREATE TABLE eligibility_batches (
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  key_id uuid, -- absent for the command line
  faults json NOT NULL,
  finished_at timestamptz,
  CONSTRAINT eligibility_batches_pkey PRIMARY KEY (id),
  CONSTRAINT eligibility_batches_key_fkey FOREIGN KEY (key_id) REFERENCES keys
);

-- The other lines. Several may have the same check: it was fresh, or the patient comes twice that day.
CREATE TABLE eligibility_batch_rows (
  batch_id uuid NOT NULL,
  line integer NOT NULL,
  check_id uuid NOT NULL,
  CONSTRAINT eligibility_batch_rows_pkey PRIMARY KEY (batch_id, line),
  CONSTRAINT eligibility_batch_rows_batch_fkey FOREIGN KEY (batch_id) REFERENCES eligibility_batches,
  CONSTRAINT eligibility_batch_rows_check_fkey FOREIGN KEY (check_id) REFERENCES eligibility_checks
);
CREATE INDEX eligibility_batch_rows_check_idx ON eligibility_batch_rows (check_id);

-- Whom to tell. An endpoint that was removed stays on record without its secret.
CREATE TABLE webhook_endpoints (
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  key_id uuid NOT NULL,
  url text NOT NULL,
  sealed_secret bytea,
  disabled_at timestamptz,
  removed_at timestamptz,
  CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id),
  CONSTRAINT webhook_endpoints_key_fkey FOREIGN KEY (key_id) REFERENCES keys,
  CONSTRAINT webhook_endpoints_secret_until_removed CHECK ((removed_at IS NULL) = (sealed_secret IS NOT NULL))
);

-- What to tell one of them. `body` is the text that is signed; it names a check and nothing of a member.
CREATE TABLE webhook_deliveries (
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id uuid NOT NULL,
  type text NOT NULL,
  body text NOT NULL,
  next_attempt_at timestamptz,
  delivered_at timestamptz,
  CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
  CONSTRAINT webhook_deliveries_endpoint_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints,
  CONSTRAINT webhook_deliveries_once_per_event UNIQUE (endpoint_id, event_id),
  CONSTRAINT webhook_deliveries_delivered_or_next CHECK (delivered_at IS NULL OR next_attempt_at IS NULL)
);
CREATE INDEX webhook_deliveries_open_idx ON webhook_deliveries (endpoint_id) WHERE next_attempt_at IS NOT NULL;

-- Append-only: each time one was sent. `status` is of HTTP, absent where no answer came.
CREATE TABLE webhook_attempts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  delivery_id uuid NOT NULL,
  at timestamptz NOT NULL,
  status integer,
  failure text,
  milliseconds integer NOT NULL,
  CONSTRAINT webhook_attempts_pkey PRIMARY KEY (id),
  CONSTRAINT webhook_attempts_delivery_fkey FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries,
  CONSTRAINT webhook_attempts_status_or_failure CHECK ((status IS NULL) = (failure IS NOT NULL)),
  CONSTRAINT webhook_attempts_milliseconds_not_negative CHECK (milliseconds >= 0)
);
CREATE INDEX webhook_attempts_delivery_idx ON webhook_attempts (delivery_id);
CREATE TRIGGER webhook_attempts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON webhook_attempts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
