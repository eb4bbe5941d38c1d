-- What nobody needs any more is taken away: deliveries of webhooks, and Idempotency-Keys, in which the software of a
-- clinic may have put a patient's number.

-- An attempt is on record for thirty days, whoever asks, and its delivery with it: the foreign key sees to that.
CREATE FUNCTION refuse_early_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.at > now() - interval '30 days' THEN
    RAISE EXCEPTION '% keeps what is younger than 30 days', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_TABLE_NAME || '_kept';
  END IF;
  RETURN OLD;
END $$;
DROP TRIGGER webhook_attempts_append_only ON webhook_attempts;
CREATE TRIGGER webhook_attempts_append_only BEFORE UPDATE OR TRUNCATE ON webhook_attempts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER webhook_attempts_kept BEFORE DELETE ON webhook_attempts
  FOR EACH ROW EXECUTE FUNCTION refuse_early_deletion();
GRANT DELETE ON webhook_attempts, webhook_deliveries TO outlay_serve;

GRANT UPDATE (idempotency_key) ON estimates, eligibility_checks TO outlay_serve;

-- Writers wait while it is built: a second for a million rows.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX estimates_idempotency_idx ON estimates (created_at) WHERE idempotency_key IS NOT NULL;
