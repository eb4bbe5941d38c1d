-- The clinic's own layer above the release: it has no release, is dated, and survives a new one.
-- Columns mirror the fields of payers/catalogue/clinic.py.

CREATE TEMPORARY TABLE entered (
  id text NOT NULL,
  valid_from date,
  valid_until date,
  note text,
  CONSTRAINT validity_not_empty CHECK (valid_from <= valid_until)
) ON COMMIT DROP;

CREATE TABLE clinic_prices (
  LIKE entered INCLUDING CONSTRAINTS,
  treatment treatment NOT NULL,
  dose_mg integer,
  price_cents cents NOT NULL,
  CONSTRAINT clinic_prices_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_prices_no_overlap EXCLUDE USING gist (
    treatment WITH =, coalesce(dose_mg, 0) WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_rates (
  LIKE entered INCLUDING CONSTRAINTS,
  payer text NOT NULL,
  line_of_business line_of_business,
  plan text,
  treatment treatment NOT NULL,
  dose_mg integer,
  allowed_cents cents NOT NULL,
  CONSTRAINT clinic_rates_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_rates_no_overlap EXCLUDE USING gist (
    payer WITH =, coalesce(line_of_business::text, '*') WITH =, coalesce(plan, '') WITH =, treatment WITH =,
    coalesce(dose_mg, 0) WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_rules (
  LIKE rules INCLUDING CONSTRAINTS,
  CONSTRAINT clinic_rules_pkey PRIMARY KEY (id)
);
-- The table is new: nobody reads these columns yet.
-- squawk-ignore ban-drop-column
ALTER TABLE clinic_rules DROP COLUMN release, DROP COLUMN ordinal;

CREATE TABLE clinic_rule_questions (
  rule text NOT NULL,
  payer text NOT NULL,
  line_of_business text NOT NULL, -- '*' for any line
  plan text NOT NULL,             -- '' for any plan
  treatment treatment NOT NULL,
  indication indication NOT NULL,
  valid daterange NOT NULL,
  CONSTRAINT clinic_rule_questions_rule_fkey FOREIGN KEY (rule) REFERENCES clinic_rules ON DELETE CASCADE,
  CONSTRAINT clinic_rule_questions_validity_not_empty CHECK (NOT isempty(valid)),
  CONSTRAINT clinic_rule_questions_no_overlap EXCLUDE USING gist (
    payer WITH =, line_of_business WITH =, plan WITH =, treatment WITH =, indication WITH =, valid WITH &&
  )
);
CREATE INDEX clinic_rule_questions_rule_idx ON clinic_rule_questions (rule);

CREATE TRIGGER clinic_prices_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_prices
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_rates_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_rates
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_rules_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_rules
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');

-- A release together with the clinic's layer of one moment: what an estimate was made with. A release that an
-- estimate may be replayed against cannot be deleted.
CREATE TABLE catalogue_versions (
  version text NOT NULL,
  release bigint NOT NULL,
  clinic_layer json NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT catalogue_versions_pkey PRIMARY KEY (version),
  CONSTRAINT catalogue_versions_version_is_sha256 CHECK (version ~ '^[0-9a-f]{64}$'),
  CONSTRAINT catalogue_versions_release_fkey FOREIGN KEY (release) REFERENCES releases
);
CREATE INDEX catalogue_versions_release_idx ON catalogue_versions (release);
