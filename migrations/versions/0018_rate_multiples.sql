-- What share of Medicare's fee a payer is taken to allow from a day on, where nothing on file says what it does; without
-- a share nothing is assumed any more. The row with the latest first day holds, and of two the later made.
CREATE TABLE rate_multiples (
  id uuid NOT NULL,
  payer text NOT NULL,
  percent_bp integer,
  valid_from date NOT NULL,
  CONSTRAINT rate_multiples_pkey PRIMARY KEY (id),
  CONSTRAINT rate_multiples_percent_in_range CHECK (percent_bp BETWEEN 1 AND 100000)
);
CREATE TRIGGER rate_multiples_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rate_multiples
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rate_multiples_announce AFTER INSERT ON rate_multiples
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_catalogue');

GRANT SELECT, INSERT ON rate_multiples TO outlay_serve;
GRANT SELECT ON rate_multiples TO outlay_read;
