-- An estimate's payer and treatment are told by whoever stores it: the database read the answer, some 30 kB, once for
-- each of the two, and that was the larger part of what it did for an estimate beside compressing it.
ALTER TABLE estimates
  -- squawk-ignore ban-drop-generated-expression
  ALTER COLUMN payer DROP EXPRESSION,
  -- squawk-ignore ban-drop-generated-expression
  ALTER COLUMN treatment DROP EXPRESSION;

-- The program of before, which goes on running, does not tell them.
CREATE FUNCTION tell_estimate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.payer := NEW.answer #>> '{payer,slug}';
  NEW.treatment := NEW.answer #>> '{treatment,slug}';
  RETURN NEW;
END $$;
CREATE TRIGGER estimates_told BEFORE INSERT ON estimates
  FOR EACH ROW WHEN (NEW.payer IS NULL) EXECUTE FUNCTION tell_estimate();

-- As small as by the default, in a fifth of the time, where the server was built with it. Older rows stay as they are.
DO $$
BEGIN
  ALTER TABLE estimates ALTER COLUMN answer SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END $$;
