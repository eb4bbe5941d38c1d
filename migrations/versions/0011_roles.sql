-- What the service may do, and what whoever only reads for reports may see. Whoever migrates owns the tables.
--
-- `outlay_serve` and `outlay_read` belong to the server, not to one database: `outlay migrate` makes them before any
-- file runs, or says what an administrator must run (service/store/roles.py). Every later migration that makes a table
-- says here-like what each of them may do with it; tests/migrations/grants.toml has the whole table, and a test
-- compares.

-- A database that is older than Postgres 15 lets everybody make tables.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO outlay_serve, outlay_read;

-- The catalogue is written by `outlay seed`, as the owner.
GRANT SELECT ON
  alembic_version, releases, current_release, sources, payers, payer_aliases, payer_identifiers, payer_lineage, rules,
  rule_questions, treatments, codes, code_fees, ndcs, add_ons, accepted_codes, claim_rules, parameters, price_ranges,
  published_prices, programmes, plan_designs, medigap_plans, ambiguous_names, regions, notices, conflicts,
  catalogue_versions, clinic_prices, clinic_services, clinic_packages, clinic_discounts, clinic_sliding_scale,
  clinic_fees, clinic_payment_plans, clinic_payment_policies, clinic_rates, clinic_rules, clinic_rule_questions
  TO outlay_serve, outlay_read;
GRANT SELECT, UPDATE (value) ON stamps TO outlay_serve;
GRANT INSERT ON catalogue_versions TO outlay_serve;

-- The clinic's rows are added and ended, never changed or removed.
GRANT INSERT, UPDATE (valid_until) ON
  clinic_prices, clinic_services, clinic_packages, clinic_discounts, clinic_sliding_scale, clinic_fees,
  clinic_payment_plans, clinic_payment_policies, clinic_rates, clinic_rules
  TO outlay_serve;
GRANT INSERT, UPDATE (valid) ON clinic_rule_questions TO outlay_serve;

-- Who may call. The hashes of secrets are for the service alone.
GRANT SELECT, INSERT, UPDATE (scopes, expires_at, revoked_at) ON keys TO outlay_serve;
GRANT SELECT (id, name, last4, scopes, created_at, expires_at, revoked_at) ON keys TO outlay_read;
GRANT SELECT, INSERT, UPDATE (name, role, key_id, signed_in_at) ON people TO outlay_serve;
GRANT SELECT (id, name, role, key_id, created_at, signed_in_at) ON people TO outlay_read;
GRANT SELECT, INSERT, UPDATE (seen_at), DELETE ON console_sessions TO outlay_serve;
GRANT SELECT, INSERT, DELETE ON console_sign_ins TO outlay_serve;
GRANT SELECT, INSERT, UPDATE (failures, last_at), DELETE ON console_failures TO outlay_serve;

-- Who did what: neither when it was nor its number can be given.
GRANT SELECT, INSERT (key_id, action, subject_kind, subject_id, detail) ON audit TO outlay_serve;
GRANT SELECT ON audit TO outlay_read;

-- What was answered. An Idempotency-Key is whatever a clinic's software makes of it, perhaps a patient's number.
GRANT SELECT, INSERT ON estimates TO outlay_serve;
GRANT SELECT (id, created_at, asked_on, key_id, question, answer, catalogue_version, payer, treatment)
  ON estimates TO outlay_read;

-- What was asked of payers. Sealed columns may be sealed anew, and are emptied when they are purged.
GRANT SELECT, INSERT, UPDATE (
  question, reusable, status, claims, attempts, changes, next_attempt_at, failure, outcome, incomplete, reasons,
  ended_at, expires_at, purged_at, sealed_inquiry, sealed_ticket, sealed_answer
) ON eligibility_checks TO outlay_serve;
GRANT SELECT (
  id, created_at, key_id, payer, connector, date_of_service, reusable, status, claims, attempts, changes,
  next_attempt_at, failure, outcome, incomplete, reasons, ended_at, expires_at, purged_at
) ON eligibility_checks TO outlay_read;
GRANT SELECT, INSERT ON eligibility_attempts, eligibility_batch_rows TO outlay_serve;
GRANT SELECT, INSERT, UPDATE (spent_cents) ON connector_spending TO outlay_serve;
GRANT SELECT, INSERT, UPDATE (finished_at) ON eligibility_batches TO outlay_serve;
GRANT SELECT, INSERT, UPDATE (estimate_id, first_session, course, open_questions, refusal)
  ON eligibility_batch_estimates TO outlay_serve;
GRANT SELECT ON
  eligibility_attempts, eligibility_batch_rows, connector_spending, eligibility_batches, eligibility_batch_estimates
  TO outlay_read;

-- Whom it was told. An endpoint's address may hold a secret of the clinic's own.
GRANT SELECT, INSERT, UPDATE (sealed_secret, disabled_at, removed_at) ON webhook_endpoints TO outlay_serve;
GRANT SELECT (id, created_at, key_id, disabled_at, removed_at) ON webhook_endpoints TO outlay_read;
GRANT SELECT, INSERT, UPDATE (next_attempt_at, delivered_at) ON webhook_deliveries TO outlay_serve;
GRANT SELECT, INSERT ON webhook_attempts TO outlay_serve;
GRANT SELECT ON webhook_deliveries, webhook_attempts TO outlay_read;

-- Good-faith estimates may be wrapped anew, which their trigger sees to, and nothing else.
GRANT SELECT, INSERT, UPDATE (sealed_request, sealed_documents) ON good_faith_estimates TO outlay_serve;
GRANT SELECT (id, created_at, issued_on, valid_until, due_on, key_id, estimate_id, lang, replaces)
  ON good_faith_estimates TO outlay_read;
GRANT SELECT, INSERT ON good_faith_bills TO outlay_serve;
GRANT SELECT (id, good_faith_estimate_id, created_at, key_id, billed, planned) ON good_faith_bills TO outlay_read;

-- The queue is pgqueuer's to do with as it likes.
GRANT SELECT, INSERT, UPDATE, DELETE ON pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics
  TO outlay_serve;
GRANT USAGE ON SEQUENCE pgqueuer_id_seq, pgqueuer_schedules_id_seq, pgqueuer_statistics_id_seq TO outlay_serve;
