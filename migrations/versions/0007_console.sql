-- Who works with the console: people whom an identity provider knows, and the sessions of them and of staff keys.
--
-- Whoever does something does it as a key, so that estimates, checks and the audit trail need one kind of author. A
-- person's key has a secret that nobody was ever told.

CREATE DOMAIN console_role AS text CONSTRAINT console_role_known
  CHECK (VALUE IN ('reader', 'biller', 'catalogue-editor', 'administrator'));

CREATE TABLE people (
  id uuid NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  name text NOT NULL,
  role console_role, -- absent until the identity provider or an administrator gives one
  key_id uuid, -- made with the first role
  created_at timestamptz NOT NULL,
  signed_in_at timestamptz NOT NULL,
  CONSTRAINT people_pkey PRIMARY KEY (id),
  CONSTRAINT people_subject_key UNIQUE (issuer, subject),
  CONSTRAINT people_key_key UNIQUE (key_id),
  CONSTRAINT people_key_fkey FOREIGN KEY (key_id) REFERENCES keys,
  CONSTRAINT people_role_with_key CHECK (role IS NULL OR key_id IS NOT NULL)
);

-- The cookie's secret is 256 random bits; its SHA-256 is kept, as of keys.
CREATE TABLE console_sessions (
  secret_hash bytea NOT NULL,
  key_id uuid NOT NULL,
  begun_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  CONSTRAINT console_sessions_pkey PRIMARY KEY (secret_hash),
  CONSTRAINT console_sessions_key_fkey FOREIGN KEY (key_id) REFERENCES keys,
  CONSTRAINT console_sessions_secret_hash_is_sha256 CHECK (octet_length(secret_hash) = 32)
);
CREATE INDEX console_sessions_key_idx ON console_sessions (key_id);

-- A sign-in that the identity provider has not answered yet, bound to the browser that began it.
CREATE TABLE console_sign_ins (
  secret_hash bytea NOT NULL,
  begun_at timestamptz NOT NULL,
  state text NOT NULL,
  nonce text NOT NULL,
  code_verifier text NOT NULL,
  return_to text NOT NULL,
  CONSTRAINT console_sign_ins_pkey PRIMARY KEY (secret_hash),
  CONSTRAINT console_sign_ins_secret_hash_is_sha256 CHECK (octet_length(secret_hash) = 32)
);

-- Failed sign-ins by the address that they came from.
CREATE TABLE console_failures (
  address text NOT NULL,
  failures integer NOT NULL,
  last_at timestamptz NOT NULL,
  CONSTRAINT console_failures_pkey PRIMARY KEY (address),
  CONSTRAINT console_failures_positive CHECK (failures > 0)
);
