-- Who may ask, what was answered, and who did what.

CREATE TABLE keys (
  id uuid NOT NULL,
  name text NOT NULL,
  secret_hash bytea NOT NULL, -- SHA-256 of a 256-bit random secret
  last4 text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT keys_pkey PRIMARY KEY (id),
  CONSTRAINT keys_secret_hash_key UNIQUE (secret_hash),
  CONSTRAINT keys_secret_hash_is_sha256 CHECK (octet_length(secret_hash) = 32),
  CONSTRAINT keys_scopes_not_empty CHECK (cardinality(scopes) > 0)
);
INSERT INTO stamps (channel) VALUES ('outlay_keys');
CREATE TRIGGER keys_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON keys
  FOR EACH STATEMENT EXECUTE FUNCTION announce('outlay_keys');

-- `question` and `answer` are `json`, which keeps the bytes of the text as they were given out.
CREATE TABLE estimates (
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  asked_on date NOT NULL,
  key_id uuid NOT NULL,
  idempotency_key text,
  question_hash bytea NOT NULL,
  question json NOT NULL,
  answer json NOT NULL,
  catalogue_version text NOT NULL,
  CONSTRAINT estimates_pkey PRIMARY KEY (id),
  CONSTRAINT estimates_once_per_key UNIQUE (key_id, idempotency_key),
  CONSTRAINT estimates_question_hash_is_sha256 CHECK (octet_length(question_hash) = 32),
  CONSTRAINT estimates_key_fkey FOREIGN KEY (key_id) REFERENCES keys,
  CONSTRAINT estimates_catalogue_version_fkey FOREIGN KEY (catalogue_version) REFERENCES catalogue_versions
);
CREATE INDEX estimates_catalogue_version_idx ON estimates (catalogue_version);

-- Append-only. `key_id` has no foreign key: what was done stays on record whatever becomes of the key.
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT now(),
  key_id uuid, -- absent for the command line
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT audit_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_subject_idx ON audit (subject_kind, subject_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
