-- Real rates in the clinic's layer: what payers' and hospitals' price files and remittances say is allowed.
-- Columns mirror the fields of payers/rates/rate.py.

-- A source is imported as a whole. A newer file of the same identity replaces it; its rates stay, so that an estimate
-- which was made with them can be replayed.
CREATE TABLE rate_sources (
  id uuid NOT NULL,
  kind text NOT NULL,
  payer text,
  name text NOT NULL,
  last_updated_on date,
  entity text,
  content_sha256 text NOT NULL,
  imported_at timestamptz NOT NULL,
  identity text NOT NULL, -- what its successor has in common with it
  replaced_at timestamptz,
  CONSTRAINT rate_sources_pkey PRIMARY KEY (id),
  CONSTRAINT rate_sources_kind_known
    CHECK (kind IN ('payer-file', 'hospital-file', 'remittance', 'medicare-pfs', 'medicare-asp')),
  CONSTRAINT rate_sources_payer_unless_medicare
    CHECK ((payer IS NULL) = (kind IN ('medicare-pfs', 'medicare-asp'))),
  CONSTRAINT rate_sources_content_is_sha256 CHECK (content_sha256 ~ '^[0-9a-f]{64}$')
);
CREATE UNIQUE INDEX rate_sources_one_in_force ON rate_sources (kind, coalesce(payer, ''), identity)
  WHERE replaced_at IS NULL;

CREATE TABLE rates (
  source_id uuid NOT NULL,
  ordinal integer NOT NULL,
  code_type text NOT NULL,
  code text NOT NULL,
  modifiers text[] NOT NULL,
  arrangement text NOT NULL,
  kind text NOT NULL,
  amount_cents cents,
  units bigint NOT NULL, -- what the amount pays for
  percent_bp integer,
  expires_on date,
  places_of_service text[] NOT NULL,
  billing_class text NOT NULL,
  setting text,
  networks text[] NOT NULL,
  "group" text,
  tin text,
  matched_by text NOT NULL,
  serviced_on date,
  CONSTRAINT rates_pkey PRIMARY KEY (source_id, ordinal),
  CONSTRAINT rates_source_fkey FOREIGN KEY (source_id) REFERENCES rate_sources,
  CONSTRAINT rates_arrangement_known CHECK (arrangement IN ('ffs', 'bundle', 'capitation')),
  CONSTRAINT rates_kind_known CHECK (
    kind IN ('negotiated', 'fee schedule', 'derived', 'percentage', 'per diem', 'allowed', 'median')
  ),
  CONSTRAINT rates_amount_or_percentage CHECK (
    CASE kind WHEN 'percentage' THEN percent_bp >= 0 AND amount_cents IS NULL
      ELSE amount_cents IS NOT NULL AND percent_bp IS NULL END IS TRUE
  ),
  CONSTRAINT rates_units_positive CHECK (units > 0),
  CONSTRAINT rates_billing_class_known CHECK (billing_class IN ('professional', 'institutional', 'both')),
  CONSTRAINT rates_setting_known CHECK (setting IN ('inpatient', 'outpatient', 'both')),
  CONSTRAINT rates_tin_has_nine_digits CHECK (tin ~ '^[0-9]{9}$'),
  CONSTRAINT rates_matched_by_known CHECK (matched_by IN ('tin', 'npi'))
);
CREATE TRIGGER rates_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rates
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What people chose among the rates of a payer's code, each from a day on, or, without a rate, that none is chosen any
-- more. On any day the choice with the latest first day holds, and of two with the same first day the later made.
CREATE TABLE rate_pins (
  id uuid NOT NULL,
  payer text NOT NULL,
  code text NOT NULL,
  source_id uuid,
  ordinal integer,
  valid_from date NOT NULL,
  note text,
  CONSTRAINT rate_pins_pkey PRIMARY KEY (id),
  CONSTRAINT rate_pins_rate_fkey FOREIGN KEY (source_id, ordinal) REFERENCES rates,
  CONSTRAINT rate_pins_rate_whole CHECK (num_nonnulls(source_id, ordinal) IN (0, 2))
);
CREATE INDEX rate_pins_rate_idx ON rate_pins (source_id, ordinal);
CREATE TRIGGER rate_pins_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rate_pins
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER rate_sources_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rate_sources
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER rate_pins_announce AFTER INSERT ON rate_pins
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');

-- Which sources and pins an estimate was made with, beside the release and the clinic's rows.
ALTER TABLE catalogue_versions ADD COLUMN rates json;

GRANT SELECT, INSERT, UPDATE (replaced_at) ON rate_sources TO outlay_serve;
GRANT SELECT, INSERT ON rates, rate_pins TO outlay_serve;
GRANT SELECT ON rate_sources, rates, rate_pins TO outlay_read;
