-- Good-faith estimates that were given out, and what was billed and planned after them.
--
-- An estimate is part of the patient's record and a copy is owed for at least six years (45 CFR 149.610(f)), so rows are
-- kept for good: none is changed, another one replaces it. Patients' data stands in the columns named `sealed_...` alone,
-- encrypted with keys that are not in the database (service/store/vault.py). No hash of it stands beside them: that
-- would confirm who guesses a name and a birth date.

CREATE TABLE good_faith_estimates (
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  issued_on date NOT NULL,
  valid_until date NOT NULL,
  due_on date, -- the last day on which it was in time; absent where nothing made it due
  key_id uuid NOT NULL,
  idempotency_key text,
  estimate_id uuid NOT NULL,
  lang text NOT NULL, -- of the patient; the documents are there in every language
  replaces uuid,
  sealed_request bytea NOT NULL,
  sealed_documents bytea NOT NULL,
  CONSTRAINT good_faith_estimates_pkey PRIMARY KEY (id),
  CONSTRAINT good_faith_estimates_key_fkey FOREIGN KEY (key_id) REFERENCES keys,
  CONSTRAINT good_faith_estimates_estimate_fkey FOREIGN KEY (estimate_id) REFERENCES estimates,
  CONSTRAINT good_faith_estimates_replaces_fkey FOREIGN KEY (replaces) REFERENCES good_faith_estimates,
  CONSTRAINT good_faith_estimates_once_per_key UNIQUE (key_id, idempotency_key),
  CONSTRAINT good_faith_estimates_replaced_once UNIQUE (replaces),
  CONSTRAINT good_faith_estimates_replaces_another CHECK (replaces <> id),
  CONSTRAINT good_faith_estimates_lang_known CHECK (lang IN ('en', 'es')),
  CONSTRAINT good_faith_estimates_ends_after_issue CHECK (valid_until >= issued_on)
);
CREATE INDEX good_faith_estimates_estimate_idx ON good_faith_estimates (estimate_id);

-- A sealed value begins with the wrapping of its data key, 69 bytes, which alone is made anew when keys are rotated.
CREATE FUNCTION refuse_other_than_rewrapping() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept good_faith_estimates := NEW;
BEGIN
  kept.sealed_request := OLD.sealed_request;
  kept.sealed_documents := OLD.sealed_documents;
  IF kept IS DISTINCT FROM OLD
     OR substr(NEW.sealed_request, 70) <> substr(OLD.sealed_request, 70)
     OR substr(NEW.sealed_documents, 70) <> substr(OLD.sealed_documents, 70) THEN
    RAISE EXCEPTION 'a good-faith estimate is never changed'
      USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_TABLE_NAME || '_unchanged';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER good_faith_estimates_unchanged BEFORE UPDATE ON good_faith_estimates
  FOR EACH ROW EXECUTE FUNCTION refuse_other_than_rewrapping();
CREATE TRIGGER good_faith_estimates_append_only BEFORE DELETE OR TRUNCATE ON good_faith_estimates
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Append-only: what was billed for an estimate's services, and all that was planned from then on. Nothing in it says who
-- the patient is.
CREATE TABLE good_faith_bills (
  id bigint GENERATED ALWAYS AS IDENTITY,
  good_faith_estimate_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  key_id uuid NOT NULL,
  idempotency_key text,
  billed json NOT NULL,
  planned json, -- absent where the plan did not change
  CONSTRAINT good_faith_bills_pkey PRIMARY KEY (id),
  CONSTRAINT good_faith_bills_estimate_fkey FOREIGN KEY (good_faith_estimate_id) REFERENCES good_faith_estimates,
  CONSTRAINT good_faith_bills_key_fkey FOREIGN KEY (key_id) REFERENCES keys,
  CONSTRAINT good_faith_bills_once_per_key UNIQUE (key_id, idempotency_key)
);
CREATE INDEX good_faith_bills_estimate_idx ON good_faith_bills (good_faith_estimate_id);
CREATE TRIGGER good_faith_bills_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON good_faith_bills
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
