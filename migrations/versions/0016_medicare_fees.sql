-- Medicare's fees by locality, and the locality that each of the clinic's sites is in.
-- Columns mirror the fields of payers/catalogue/clinic.py.

CREATE TABLE clinic_localities (
  id text NOT NULL,
  valid_from date,
  valid_until date,
  note text,
  site text,
  carrier text NOT NULL,
  locality text NOT NULL,
  CONSTRAINT clinic_localities_pkey PRIMARY KEY (id),
  CONSTRAINT clinic_localities_validity_not_empty CHECK (valid_from <= valid_until),
  CONSTRAINT clinic_localities_place_is_digits CHECK (carrier ~ '^[0-9]{5}$' AND locality ~ '^[0-9]{2}$'),
  CONSTRAINT clinic_localities_no_overlap EXCLUDE USING gist (
    coalesce(site, '') WITH =, daterange(valid_from, valid_until, '[]') WITH &&
  )
);
CREATE TRIGGER clinic_localities_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clinic_localities
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');

-- What a file of Medicare's says of the localities and codes that were wanted of it. Whoever imports it registers the
-- file as a source, whose trigger announces it.
CREATE TABLE medicare_fees (
  source_id uuid NOT NULL,
  ordinal integer NOT NULL,
  carrier text NOT NULL,
  locality text NOT NULL,
  code text NOT NULL,
  modifier text,
  nonfacility_cents cents,
  facility_cents cents,
  valid_from date NOT NULL,
  valid_until date NOT NULL,
  CONSTRAINT medicare_fees_pkey PRIMARY KEY (source_id, ordinal),
  CONSTRAINT medicare_fees_source_fkey FOREIGN KEY (source_id) REFERENCES rate_sources,
  CONSTRAINT medicare_fees_place_is_digits CHECK (carrier ~ '^[0-9]{5}$' AND locality ~ '^[0-9]{2}$'),
  CONSTRAINT medicare_fees_says_something CHECK (num_nonnulls(nonfacility_cents, facility_cents) > 0),
  CONSTRAINT medicare_fees_validity_not_empty CHECK (valid_from <= valid_until)
);
CREATE INDEX medicare_fees_place_idx ON medicare_fees (carrier, locality, valid_from);
CREATE TRIGGER medicare_fees_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON medicare_fees
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The fees in force: of two files for the same locality and quarter the one imported last, whole; a quarter ends where
-- the next one that is on file begins.
CREATE VIEW clinic_medicare_fees AS
WITH quarters AS (
  SELECT DISTINCT ON (fee.carrier, fee.locality, fee.valid_from)
    fee.carrier, fee.locality, fee.valid_from, source.id AS source_id, source.name AS source,
    (source.imported_at AT TIME ZONE 'UTC')::date AS imported_on
  FROM medicare_fees AS fee JOIN rate_sources AS source ON source.id = fee.source_id
  ORDER BY fee.carrier, fee.locality, fee.valid_from, source.imported_at DESC, source.id DESC
), lasting AS (
  SELECT quarters.*, lead(valid_from) OVER (PARTITION BY carrier, locality ORDER BY valid_from) AS next_from
  FROM quarters
)
SELECT
  fee.carrier, fee.locality, fee.code, fee.modifier, fee.nonfacility_cents, fee.facility_cents, fee.valid_from,
  least(fee.valid_until, lasting.next_from - 1) AS valid_until, lasting.source, lasting.imported_on
FROM medicare_fees AS fee JOIN lasting USING (source_id, carrier, locality, valid_from);

GRANT SELECT, INSERT, UPDATE (valid_until) ON clinic_localities TO outlay_serve;
GRANT SELECT, INSERT ON medicare_fees TO outlay_serve;
GRANT SELECT ON clinic_medicare_fees TO outlay_serve;
GRANT SELECT ON clinic_localities, medicare_fees, clinic_medicare_fees TO outlay_read;
