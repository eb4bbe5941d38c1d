-- The audit trail is chained: each entry's hash covers its content and the hash of the entry before, so that whoever
-- changes, removes or slips in one has to write all later hashes anew, and contradicts every head that was kept elsewhere.
-- `outlay audit verify` reads it; docs/decisions/0008-audit-chain.md says why it is made here and at the commit.

-- The order is that of the commits; ids are given out before, and some of them never come. Nothing refers to `audit` by a
-- foreign key, because a missing row is what the chain is there to tell.
CREATE TABLE audit_chain (
  position bigint NOT NULL,
  audit_id bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_chain_pkey PRIMARY KEY (position),
  CONSTRAINT audit_chain_audit_key UNIQUE (audit_id),
  CONSTRAINT audit_chain_position_positive CHECK (position > 0),
  CONSTRAINT audit_chain_hash_is_sha256 CHECK (octet_length(hash) = 32)
);
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The bytes that are hashed, after the 32 of the hash before (zeros for the first): each field as text in UTF-8 behind its
-- length in bytes and a colon. `at` is in microseconds since 1970; an absent key is empty; `detail` is as `jsonb` prints.
CREATE FUNCTION audit_content(entry audit) RETURNS bytea LANGUAGE sql STABLE
RETURN (
  SELECT string_agg(convert_to(octet_length(field) || ':', 'UTF8') || field, '' ORDER BY number)
  FROM unnest(ARRAY[
    convert_to(entry.id::text, 'UTF8'),
    convert_to((extract(epoch FROM entry.at) * 1000000)::bigint::text, 'UTF8'),
    convert_to(coalesce(entry.key_id::text, ''), 'UTF8'),
    convert_to(entry.action, 'UTF8'),
    convert_to(entry.subject_kind, 'UTF8'),
    convert_to(entry.subject_id, 'UTF8'),
    convert_to(entry.detail::text, 'UTF8')
  ]) WITH ORDINALITY AS fields (field, number)
);

-- It runs as the owner: the service may add to `audit`, and to the chain only by that.
CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last audit_chain;
BEGIN
  PERFORM pg_advisory_xact_lock(418581342580); -- 'audit'
  SELECT * INTO last FROM audit_chain ORDER BY position DESC LIMIT 1;
  INSERT INTO audit_chain (position, audit_id, hash) VALUES (
    coalesce(last.position, 0) + 1,
    NEW.id,
    sha256(coalesce(last.hash, decode(repeat('00', 32), 'hex')) || audit_content(NEW))
  );
  RETURN NULL;
END $$;

-- Deferred to the commit: nobody waits for the lock while holding it, and nothing else is locked after it.
CREATE CONSTRAINT TRIGGER audit_chained AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION chain_audit();

-- What is on record already, in the order of the ids. Nobody adds to it meanwhile: the trigger above has locked the table.
-- 100,000 entries take some seconds.
SET LOCAL statement_timeout = '30min';
DO $$
DECLARE
  entry audit;
  place bigint := 0;
  before bytea := decode(repeat('00', 32), 'hex');
BEGIN
  FOR entry IN SELECT * FROM audit ORDER BY id LOOP
    place := place + 1;
    before := sha256(before || audit_content(entry));
    INSERT INTO audit_chain (position, audit_id, hash) VALUES (place, entry.id, before);
  END LOOP;
END $$;

GRANT SELECT ON audit_chain TO outlay_serve, outlay_read;
