-- What estimates are searched by, read out of the answer once, when it is stored.
--
-- An answer is some 50 kB of text kept apart from its row. Reading one word out of it takes a tenth of a millisecond,
-- which a search that finds little would spend on every estimate there is: half a minute over 100,000 of them.

-- The columns are filled in for every estimate on file: about a minute for 100,000, in which none is stored or
-- read.
SET LOCAL statement_timeout = '30min';

ALTER TABLE estimates
  -- squawk-ignore adding-field-with-default
  ADD COLUMN payer text GENERATED ALWAYS AS (answer #>> '{payer,slug}') STORED,
  -- squawk-ignore adding-field-with-default
  ADD COLUMN treatment text GENERATED ALWAYS AS (answer #>> '{treatment,slug}') STORED;
