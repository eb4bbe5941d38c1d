-- A release is everything that is known on one day: written once, never changed, replaced by another.
-- Columns mirror the fields of payers/catalogue/model.py. `ordinal` keeps the order of the files; nested values are
-- `json`, not `jsonb`, because the text type keeps the order of their keys too, so a release reads back as it was.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The vocabulary of payers/catalogue/vocabulary.py, each word list in one place.

CREATE DOMAIN cents AS bigint CONSTRAINT cents_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN basis_points AS integer CONSTRAINT basis_points_in_range CHECK (VALUE BETWEEN 0 AND 10000);
CREATE DOMAIN confidence AS text CONSTRAINT confidence_known CHECK (VALUE IN ('high', 'medium', 'low'));
CREATE DOMAIN treatment AS text CONSTRAINT treatment_known
  CHECK (VALUE IN ('spravato', 'iv-ketamine', 'im-ketamine', 'oral-ketamine'));
CREATE DOMAIN indication AS text CONSTRAINT indication_known
  CHECK (VALUE IN ('trd', 'mdd-si', 'anxiety', 'ptsd', 'ocd', 'bipolar-depression', 'postpartum-depression',
                   'chronic-pain', 'crps', 'fibromyalgia'));
CREATE DOMAIN payer_kind AS text CONSTRAINT payer_kind_known
  CHECK (VALUE IN ('commercial', 'medicaid', 'medicare', 'medicare-advantage', 'military', 'va', 'rae',
                   'behavioral-health-carveout', 'federal-employee', 'employer-ancillary', 'self-pay'));
CREATE DOMAIN payer_status AS text CONSTRAINT payer_status_known CHECK (VALUE IN ('active', 'renamed', 'defunct'));
CREATE DOMAIN line_of_business AS text CONSTRAINT line_of_business_known
  CHECK (VALUE IN ('commercial', 'medicaid', 'medicare', 'medicare-advantage', 'military', 'va', 'rae',
                   'behavioral-health-carveout', 'employer-ancillary', 'self-pay'));
CREATE DOMAIN coverage_status AS text CONSTRAINT coverage_status_known
  CHECK (VALUE IN ('covered', 'prior-authorization', 'case-by-case', 'not-covered', 'policy-silent', 'self-pay'));
CREATE DOMAIN coverage_reason AS text CONSTRAINT coverage_reason_known
  CHECK (VALUE IN ('experimental', 'excluded', 'off-label'));
CREATE DOMAIN lane AS text CONSTRAINT lane_known CHECK (VALUE IN ('medical', 'pharmacy'));
CREATE DOMAIN parameter_status AS text CONSTRAINT parameter_status_known
  CHECK (VALUE IN ('final', 'statutory', 'derived', 'secondary', 'survey', 'indicative', 'from-memory', 'projected',
                   'proposed', 'not-applicable', 'not-found'));

-- Every process that mirrors a table in memory hears of a change on the channel and reads the stamp when it polls.
-- The stamp is a counter in a row, not a sequence: it becomes visible together with the change that it announces.

CREATE TABLE stamps (
  channel text NOT NULL,
  value bigint NOT NULL DEFAULT 0,
  CONSTRAINT stamps_pkey PRIMARY KEY (channel)
);
INSERT INTO stamps (channel) VALUES ('outlay_catalogue');

CREATE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stamps SET value = value + 1 WHERE channel = TG_ARGV[0];
  PERFORM pg_notify(TG_ARGV[0], '');
  RETURN NULL;
END $$;

CREATE TABLE releases (
  id bigint GENERATED ALWAYS AS IDENTITY,
  version text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  note text,
  CONSTRAINT releases_pkey PRIMARY KEY (id),
  CONSTRAINT releases_version_key UNIQUE (version),
  CONSTRAINT releases_version_is_sha256 CHECK (version ~ '^[0-9a-f]{64}$')
);

-- The release in force: at most one row.
CREATE TABLE current_release (
  singleton boolean NOT NULL DEFAULT true,
  release bigint NOT NULL,
  CONSTRAINT current_release_pkey PRIMARY KEY (singleton),
  CONSTRAINT current_release_only_one CHECK (singleton),
  CONSTRAINT current_release_release_fkey FOREIGN KEY (release) REFERENCES releases
);
CREATE TRIGGER current_release_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON current_release
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');

-- What the tables below have in common; the constraints are copied with the columns, under the same names.

CREATE TEMPORARY TABLE released (
  release bigint NOT NULL,
  ordinal integer NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE cited (
  sources text[] NOT NULL,
  confidence confidence NOT NULL,
  verified_on date NOT NULL,
  review_by date NOT NULL,
  note text,
  CONSTRAINT sources_not_empty CHECK (cardinality(sources) > 0),
  CONSTRAINT review_not_before_verification CHECK (verified_on <= review_by)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE dated (
  valid_from date,
  valid_until date,
  CONSTRAINT validity_not_empty CHECK (valid_from <= valid_until)
) ON COMMIT DROP;

CREATE TABLE sources (
  LIKE released,
  id text NOT NULL,
  title text NOT NULL,
  kind text NOT NULL,
  url text,
  CONSTRAINT sources_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT sources_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT sources_id_key UNIQUE (release, id),
  CONSTRAINT sources_kind_known CHECK (kind IN ('page', 'data', 'memory', 'derived'))
);

CREATE TABLE payers (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  slug text NOT NULL,
  name text NOT NULL,
  legal_name text,
  parent text,
  kinds payer_kind[] NOT NULL,
  lines_of_business line_of_business[] NOT NULL,
  status payer_status NOT NULL,
  states text[] NOT NULL,
  states_excluded text[] NOT NULL,
  lines_elsewhere json NOT NULL,
  programme text,
  CONSTRAINT payers_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT payers_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT payers_slug_key UNIQUE (release, slug),
  CONSTRAINT payers_owner_key UNIQUE (release, ordinal, slug),
  CONSTRAINT payers_programme_known
    CHECK (programme IN ('co-medicaid', 'tricare', 'tricare-for-life', 'champva', 'va-community-care')),
  CONSTRAINT payers_has_line CHECK (cardinality(lines_of_business) > 0)
);

-- A row of a nested list names its owner twice: `owner` is the owner's ordinal, the slug or code is for the reader.

CREATE TABLE payer_aliases (
  LIKE released,
  owner integer NOT NULL,
  payer text NOT NULL,
  alias text NOT NULL,
  CONSTRAINT payer_aliases_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT payer_aliases_owner_fkey FOREIGN KEY (release, owner, payer)
    REFERENCES payers (release, ordinal, slug) ON DELETE CASCADE
);
CREATE INDEX payer_aliases_owner_idx ON payer_aliases (release, owner);

CREATE TABLE payer_identifiers (
  LIKE released,
  owner integer NOT NULL,
  payer text NOT NULL,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  value text NOT NULL,
  network text NOT NULL,
  use text NOT NULL,
  transactions text[] NOT NULL,
  CONSTRAINT payer_identifiers_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT payer_identifiers_owner_fkey FOREIGN KEY (release, owner, payer)
    REFERENCES payers (release, ordinal, slug) ON DELETE CASCADE
);
CREATE INDEX payer_identifiers_owner_idx ON payer_identifiers (release, owner);

CREATE TABLE payer_lineage (
  LIKE released,
  owner integer NOT NULL,
  payer text NOT NULL,
  LIKE cited INCLUDING CONSTRAINTS,
  "on" text NOT NULL,
  event text NOT NULL,
  event_es text NOT NULL,
  about boolean NOT NULL,
  "to" text[] NOT NULL,
  settled_by text NOT NULL,
  question text,
  question_es text,
  CONSTRAINT payer_lineage_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT payer_lineage_owner_fkey FOREIGN KEY (release, owner, payer)
    REFERENCES payers (release, ordinal, slug) ON DELETE CASCADE
);
CREATE INDEX payer_lineage_owner_idx ON payer_lineage (release, owner);

CREATE TABLE rules (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  id text NOT NULL,
  payer text NOT NULL,
  line_of_business line_of_business,
  plan text,
  treatments treatment[] NOT NULL,
  indications indication[] NOT NULL,
  status coverage_status NOT NULL,
  reason coverage_reason,
  lane lane,
  lane_note text,
  policy json,
  criteria json NOT NULL,
  "authorization" json NOT NULL,
  quantity_limits text,
  site_of_care text,
  codes text[] NOT NULL,
  observed_on date,
  CONSTRAINT rules_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT rules_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT rules_id_key UNIQUE (release, id),
  CONSTRAINT rules_payer_named CHECK (payer <> ''),
  CONSTRAINT rules_answer_something CHECK (cardinality(treatments) > 0 AND cardinality(indications) > 0)
);

-- The questions that a rule answers, one a row. Two rules for one question on one day cannot be written.
CREATE TABLE rule_questions (
  release bigint NOT NULL,
  rule text NOT NULL,
  payer text NOT NULL,
  line_of_business text NOT NULL, -- '*' for any line
  plan text NOT NULL,             -- '' for any plan
  treatment treatment NOT NULL,
  indication indication NOT NULL,
  valid daterange NOT NULL,
  CONSTRAINT rule_questions_rule_fkey FOREIGN KEY (release, rule) REFERENCES rules (release, id) ON DELETE CASCADE,
  CONSTRAINT rule_questions_validity_not_empty CHECK (NOT isempty(valid)),
  CONSTRAINT rule_questions_no_overlap EXCLUDE USING gist (
    release WITH =, payer WITH =, line_of_business WITH =, plan WITH =, treatment WITH =, indication WITH =,
    valid WITH &&
  )
);
CREATE INDEX rule_questions_rule_idx ON rule_questions (release, rule);

CREATE TABLE treatments (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  slug treatment NOT NULL,
  name text NOT NULL,
  name_es text NOT NULL,
  is_brand boolean NOT NULL,
  drug text NOT NULL,
  route text NOT NULL,
  doses_mg integer[] NOT NULL,
  approvals json NOT NULL,
  phases json NOT NULL,
  phases_by_indication json NOT NULL,
  typical_sessions integer NOT NULL,
  first_year_sessions_max integer NOT NULL,
  cost_share_kind text NOT NULL,
  price_setting text NOT NULL,
  session_minutes text NOT NULL,
  visit text NOT NULL,
  visit_es text NOT NULL,
  billing json NOT NULL,
  CONSTRAINT treatments_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT treatments_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT treatments_slug_key UNIQUE (release, slug),
  CONSTRAINT treatments_sessions_positive CHECK (typical_sessions > 0 AND first_year_sessions_max > 0),
  CONSTRAINT treatments_cost_share_kind_known CHECK (cost_share_kind IN ('default', 'infusion')),
  CONSTRAINT treatments_price_setting_known CHECK (price_setting IN ('commercial', 'self-pay'))
);

CREATE TABLE codes (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  code text NOT NULL,
  label text NOT NULL,
  label_es text NOT NULL,
  kind text NOT NULL,
  unit text NOT NULL,
  use text NOT NULL,
  never_with text[] NOT NULL,
  replaces text,
  established_patient boolean NOT NULL,
  medicare_payable boolean,
  from_minutes integer,
  until_minutes integer,
  CONSTRAINT codes_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT codes_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT codes_owner_key UNIQUE (release, ordinal, code),
  CONSTRAINT codes_no_overlap EXCLUDE USING gist (
    release WITH =, code WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

-- A forecast may stand beside the settled amount of the same day, never a second settled one.
CREATE TABLE code_fees (
  LIKE released,
  owner integer NOT NULL,
  code text NOT NULL,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  status parameter_status NOT NULL,
  locality text NOT NULL,
  nonfacility_cents cents NOT NULL,
  facility_cents cents,
  conversion_factor text,
  CONSTRAINT code_fees_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT code_fees_owner_fkey FOREIGN KEY (release, owner, code)
    REFERENCES codes (release, ordinal, code) ON DELETE CASCADE,
  CONSTRAINT code_fees_no_overlap EXCLUDE USING gist (
    release WITH =, code WITH =, locality WITH =,
    (CASE WHEN status IN ('projected', 'proposed', 'not-found') THEN 'forecast' ELSE 'settled' END) WITH =,
    daterange(valid_from, valid_until, '[]') WITH &&
  )
);
CREATE INDEX code_fees_owner_idx ON code_fees (release, owner);

CREATE TABLE ndcs (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  ndc text NOT NULL,
  ndc11 text,
  product text NOT NULL,
  product_es text NOT NULL,
  dose_mg integer,
  units_by_code json NOT NULL,
  sold_alone boolean NOT NULL,
  CONSTRAINT ndcs_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT ndcs_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT ndcs_ndc_key UNIQUE (release, ndc)
);

CREATE TABLE add_ons (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  code text NOT NULL,
  bases text[] NOT NULL,
  first_minutes integer,
  unit_minutes integer,
  CONSTRAINT add_ons_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT add_ons_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT add_ons_code_key UNIQUE (release, code)
);

CREATE TABLE accepted_codes (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  id text NOT NULL,
  payer text NOT NULL,
  line_of_business text,
  plan text,
  treatment text NOT NULL,
  codes text[] NOT NULL,
  CONSTRAINT accepted_codes_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT accepted_codes_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT accepted_codes_id_key UNIQUE (release, id)
);

CREATE TABLE claim_rules (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  id text NOT NULL,
  severity text NOT NULL,
  codes text[] NOT NULL,
  beside text[] NOT NULL,
  places text[] NOT NULL,
  lines_of_business text[] NOT NULL,
  drug_source text,
  new_patient boolean,
  modifiers text[] NOT NULL,
  lacking text[] NOT NULL,
  units_above integer,
  CONSTRAINT claim_rules_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT claim_rules_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT claim_rules_id_key UNIQUE (release, id)
);

CREATE TABLE parameters (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  id text NOT NULL,
  program text NOT NULL,
  name text NOT NULL,
  year integer NOT NULL,
  scope text,
  unit text NOT NULL,
  status parameter_status NOT NULL,
  amounts json NOT NULL,
  CONSTRAINT parameters_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT parameters_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT parameters_id_key UNIQUE (release, id),
  CONSTRAINT parameters_one_a_year UNIQUE NULLS NOT DISTINCT (release, program, name, year, scope)
);

CREATE TABLE price_ranges (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  id text NOT NULL,
  treatment treatment,
  setting text NOT NULL,
  component text NOT NULL,
  unit text NOT NULL,
  indications indication[] NOT NULL,
  dose_mg integer,
  low_cents cents NOT NULL,
  high_cents cents NOT NULL,
  typical_cents cents,
  prices_estimates boolean NOT NULL,
  CONSTRAINT price_ranges_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT price_ranges_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT price_ranges_id_key UNIQUE (release, id),
  CONSTRAINT price_ranges_not_empty CHECK (low_cents <= high_cents),
  CONSTRAINT price_ranges_typical_within CHECK (typical_cents BETWEEN low_cents AND high_cents),
  CONSTRAINT price_ranges_no_overlap EXCLUDE USING gist (
    release WITH =, treatment WITH =, setting WITH =, component WITH =, coalesce(dose_mg, 0) WITH =,
    daterange(valid_from, valid_until, '[]') WITH &&
  ) WHERE (prices_estimates AND cardinality(indications) = 0)
);

CREATE TABLE published_prices (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  place text NOT NULL,
  publisher text NOT NULL,
  item text NOT NULL,
  unit text NOT NULL,
  currency text NOT NULL,
  price_cents cents NOT NULL,
  cash_price_cents cents,
  sessions integer,
  CONSTRAINT published_prices_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT published_prices_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE
);

CREATE TABLE programmes (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  slug text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  treatments treatment[] NOT NULL,
  covers text[] NOT NULL,
  status text NOT NULL,
  period text,
  patient_floor_cents cents,
  annual_limit_cents cents,
  annual_limit_candidates_cents cents[] NOT NULL,
  quantity_limits text,
  income_test boolean,
  government_excluded boolean NOT NULL,
  states text[] NOT NULL,
  states_excluded text[] NOT NULL,
  text text NOT NULL,
  CONSTRAINT programmes_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT programmes_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT programmes_slug_key UNIQUE (release, slug),
  CONSTRAINT programmes_kind_known
    CHECK (kind IN ('savings-card', 'rebate', 'foundation', 'state-programme', 'financing', 'rule')),
  CONSTRAINT programmes_status_known CHECK (status IN ('current', 'past', 'unconfirmed'))
);

CREATE TABLE plan_designs (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  slug text NOT NULL,
  label text NOT NULL,
  label_es text NOT NULL,
  line_of_business line_of_business NOT NULL,
  stands_for_line boolean NOT NULL,
  deductible_cents cents NOT NULL,
  patient_share_bp basis_points NOT NULL,
  specialist_copay_cents cents,
  out_of_pocket_max_cents cents NOT NULL,
  CONSTRAINT plan_designs_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT plan_designs_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT plan_designs_slug_key UNIQUE (release, slug)
);

CREATE TABLE medigap_plans (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  letter text NOT NULL,
  pays_part_b_deductible boolean NOT NULL,
  part_b_coinsurance_paid_bp basis_points NOT NULL,
  pays_excess_charge boolean NOT NULL,
  office_visit_copay_max_cents cents NOT NULL,
  emergency_visit_copay_max_cents cents NOT NULL,
  high_deductible boolean NOT NULL,
  limit_parameter text,
  only_if_medicare_eligible_before date,
  CONSTRAINT medigap_plans_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT medigap_plans_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT medigap_plans_letter_key UNIQUE (release, letter, high_deductible)
);

CREATE TABLE ambiguous_names (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  names text[] NOT NULL,
  question text NOT NULL,
  question_es text NOT NULL,
  candidates json NOT NULL,
  CONSTRAINT ambiguous_names_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT ambiguous_names_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE
);

CREATE TABLE regions (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  LIKE dated INCLUDING CONSTRAINTS,
  state text NOT NULL,
  number integer NOT NULL,
  payer text NOT NULL,
  counties text[] NOT NULL,
  counties_complete boolean NOT NULL,
  CONSTRAINT regions_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT regions_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT regions_no_overlap EXCLUDE USING gist (
    release WITH =, state WITH =, number WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);

CREATE TABLE notices (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  kind text NOT NULL,
  text text NOT NULL,
  text_es text NOT NULL,
  CONSTRAINT notices_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT notices_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE,
  CONSTRAINT notices_kind_key UNIQUE (release, kind)
);

CREATE TABLE conflicts (
  LIKE released,
  LIKE cited INCLUDING CONSTRAINTS,
  topic text NOT NULL,
  first text NOT NULL,
  second text NOT NULL,
  followed text NOT NULL,
  CONSTRAINT conflicts_pkey PRIMARY KEY (release, ordinal),
  CONSTRAINT conflicts_release_fkey FOREIGN KEY (release) REFERENCES releases ON DELETE CASCADE
);
