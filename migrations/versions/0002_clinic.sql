-- The clinic's own layer above the release: it has no release, is dated, and survives a new one.
-- Columns mirror the fields of payers/catalogue/clinic.py.

CREATE TEMPORARY TABLE entered (
  id text NOT NULL,
  valid_from date,
  valid_until date,
  note text,
  CONSTRAINT validity_not_empty CHECK (valid_from <= valid_until)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE entered_for_site (
  LIKE entered INCLUDING CONSTRAINTS,
  site text
) ON COMMIT DROP;

CREATE DOMAIN service_kind AS text CONSTRAINT service_kind_known
  CHECK (VALUE IN ('evaluation', 'preparation', 'monitoring', 'follow-up', 'integration'));

CREATE TABLE clinic_prices (
  LIKE entered_for_site INCLUDING CONSTRAINTS,
  treatment treatment NOT NULL,
  dose_mg integer,
  minutes integer,
  price_cents cents NOT NULL,
  CONSTRAINT clinic_prices_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_prices_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, treatment WITH =, coalesce(dose_mg, 0) WITH =, coalesce(minutes, 0) WITH =,
    daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_services (
  LIKE entered_for_site INCLUDING CONSTRAINTS,
  service service_kind NOT NULL,
  codes text[] NOT NULL,
  price_cents cents NOT NULL,
  CONSTRAINT clinic_services_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_services_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, service WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_packages (
  LIKE entered_for_site INCLUDING CONSTRAINTS,
  name text NOT NULL,
  treatment treatment NOT NULL,
  sessions integer NOT NULL,
  included json NOT NULL,
  price_cents cents NOT NULL,
  refundable boolean,
  CONSTRAINT clinic_packages_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_packages_count_positive CHECK (sessions > 0),
  CONSTRAINT clinic_packages_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, treatment WITH =, name WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TEMPORARY TABLE reductions (
  LIKE entered_for_site INCLUDING CONSTRAINTS,
  off_bp basis_points,
  off_cents cents,
  applies_to text[] NOT NULL,
  CONSTRAINT reduction_one_of_two CHECK (num_nonnulls(off_bp, off_cents) = 1),
  CONSTRAINT reduction_applies_to_known CHECK (
    applies_to <@ '{treatment,evaluation,preparation,monitoring,follow-up,integration}'
  )
) ON COMMIT DROP;

CREATE TABLE clinic_discounts (
  LIKE reductions INCLUDING CONSTRAINTS,
  kind text NOT NULL,
  CONSTRAINT clinic_discounts_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_discounts_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, kind WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_sliding_scale (
  LIKE reductions INCLUDING CONSTRAINTS,
  tier text NOT NULL,
  poverty_percent_max integer,
  CONSTRAINT clinic_sliding_scale_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_sliding_scale_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, tier WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  ),
  CONSTRAINT clinic_sliding_scale_income_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, poverty_percent_max WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_fees (
  LIKE entered_for_site INCLUDING CONSTRAINTS,
  kind text NOT NULL,
  amount_cents cents NOT NULL,
  per text NOT NULL,
  refundable boolean,
  credited boolean,
  notice_hours integer,
  CONSTRAINT clinic_fees_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_fees_kind_known CHECK (kind IN ('deposit', 'membership', 'no-show', 'late-cancellation')),
  CONSTRAINT clinic_fees_per_known CHECK (per IN ('once', 'session', 'month', 'year')),
  CONSTRAINT clinic_fees_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, kind WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_payment_plans (
  LIKE entered_for_site INCLUDING CONSTRAINTS,
  name text NOT NULL,
  instalments integer NOT NULL,
  down_payment_bp basis_points NOT NULL,
  fee_cents cents NOT NULL,
  annual_rate_bp basis_points NOT NULL,
  minimum_instalment_cents cents,
  CONSTRAINT clinic_payment_plans_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_payment_plans_count_positive CHECK (instalments BETWEEN 1 AND 120),
  CONSTRAINT clinic_payment_plans_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, name WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE clinic_payment_policies (
  LIKE entered_for_site INCLUDING CONSTRAINTS,
  takes_hsa_fsa boolean,
  gives_superbill boolean,
  CONSTRAINT clinic_payment_policies_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_payment_policies_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, daterange(valid_from, valid_until, '[]') WITH &&
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
CREATE TRIGGER clinic_services_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_services
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_packages_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_packages
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_discounts_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_discounts
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_sliding_scale_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_sliding_scale
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_fees_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_fees
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_payment_plans_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_payment_plans
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');
CREATE TRIGGER clinic_payment_policies_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_payment_policies
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
