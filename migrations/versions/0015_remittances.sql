-- What remittances say of the lines whose allowed amounts stand among the rates, and the sessions of estimates that they
-- may be about. Nobody is named: a claim is known again by a digest.

CREATE TABLE remittance_lines (
  source_id uuid NOT NULL,
  ordinal integer NOT NULL, -- as its rate
  claim text NOT NULL,
  claim_billed_cents bigint,
  claim_paid_cents bigint,
  paid_on date,
  billed_cents bigint,
  paid_cents bigint,
  deductible_cents bigint NOT NULL,
  coinsurance_cents bigint NOT NULL,
  copay_cents bigint NOT NULL,
  patient_responsibility_cents bigint NOT NULL,
  allowed_from text NOT NULL,
  taken_back_by uuid, -- the file whose reversal took the claim back
  CONSTRAINT remittance_lines_pkey PRIMARY KEY (source_id, ordinal),
  CONSTRAINT remittance_lines_rate_fkey FOREIGN KEY (source_id, ordinal) REFERENCES rates,
  CONSTRAINT remittance_lines_taken_back_fkey FOREIGN KEY (taken_back_by) REFERENCES rate_sources,
  CONSTRAINT remittance_lines_claim_is_sha256 CHECK (claim ~ '^[0-9a-f]{64}$'),
  CONSTRAINT remittance_lines_allowed_from_known CHECK (allowed_from IN ('AMT*B6', 'paid-and-patient'))
);
CREATE INDEX remittance_lines_claim_idx ON remittance_lines (claim);
CREATE INDEX remittance_lines_taken_back_idx ON remittance_lines (taken_back_by) WHERE taken_back_by IS NOT NULL;

-- Same payer, same code, same day. Of two estimates that fit one line, or two lines that fit one session, nothing tells
-- which is meant: whoever measures looks at pairs that stand alone.
CREATE TABLE remittance_matches (
  source_id uuid NOT NULL,
  ordinal integer NOT NULL,
  estimate_id uuid NOT NULL,
  session integer NOT NULL,
  CONSTRAINT remittance_matches_pkey PRIMARY KEY (source_id, ordinal, estimate_id, session),
  CONSTRAINT remittance_matches_line_fkey FOREIGN KEY (source_id, ordinal) REFERENCES remittance_lines,
  CONSTRAINT remittance_matches_estimate_fkey FOREIGN KEY (estimate_id) REFERENCES estimates ON DELETE CASCADE
);
CREATE INDEX remittance_matches_estimate_idx ON remittance_matches (estimate_id);

GRANT SELECT, INSERT, UPDATE (taken_back_by) ON remittance_lines TO outlay_serve;
GRANT SELECT, INSERT ON remittance_matches TO outlay_serve;
GRANT SELECT ON remittance_lines, remittance_matches TO outlay_read;
