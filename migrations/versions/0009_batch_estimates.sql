-- What the patients of a schedule will pay: estimates that lines of a batch ask for, each made when the line's check
-- has ended. Whoever uploaded the schedule is their author; the command line is nobody's key, as it is for checks.

-- Nobody reads the column but to hand it on.
-- squawk-ignore ban-drop-not-null
ALTER TABLE estimates ALTER COLUMN key_id DROP NOT NULL;

-- A line that names no treatment has no row here. What is told of the estimate is what lists show of it.
CREATE TABLE eligibility_batch_estimates (
  id uuid NOT NULL, -- what its job is about
  batch_id uuid NOT NULL,
  line integer NOT NULL,
  question json NOT NULL, -- without the check, which is the line's
  estimate_id uuid,
  first_session json,
  course json,
  open_questions integer, -- how many inputs are unknown that are worth asking about
  refusal json, -- why there is no estimate: a kind, and a sentence in the question's language
  CONSTRAINT eligibility_batch_estimates_pkey PRIMARY KEY (id),
  CONSTRAINT eligibility_batch_estimates_once_per_line UNIQUE (batch_id, line),
  CONSTRAINT eligibility_batch_estimates_line_fkey FOREIGN KEY (batch_id, line) REFERENCES eligibility_batch_rows,
  CONSTRAINT eligibility_batch_estimates_estimate_fkey FOREIGN KEY (estimate_id) REFERENCES estimates,
  CONSTRAINT eligibility_batch_estimates_given_or_refused CHECK (num_nonnulls(estimate_id, refusal) < 2),
  CONSTRAINT eligibility_batch_estimates_told_when_given
    CHECK (num_nonnulls(estimate_id, first_session, course, open_questions) IN (0, 4))
);
CREATE INDEX eligibility_batch_estimates_open_idx ON eligibility_batch_estimates (batch_id)
  WHERE estimate_id IS NULL AND refusal IS NULL;
