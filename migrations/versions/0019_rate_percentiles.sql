-- What a hospital's file of version 3.0 tells beside a median: the tenth and the ninetieth percentile of what was
-- allowed, for the rate's units, and of how many remittances they are: a number, or "1 through 10".
ALTER TABLE rates
  ADD COLUMN percentile_10_cents cents,
  ADD COLUMN percentile_90_cents cents,
  ADD COLUMN remittances text;
-- Rows of before have none of the three, so there is nothing to validate.
ALTER TABLE rates
  ADD CONSTRAINT rates_percentiles_of_a_median
  CHECK (kind = 'median' OR num_nonnulls(percentile_10_cents, percentile_90_cents, remittances) = 0) NOT VALID;
