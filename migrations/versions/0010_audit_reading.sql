-- The audit trail is read: newest first, narrowed by who, by what and by when, a page at a time; and so is when a key
-- last made an estimate. Ids grow with time: an index that ends with the id gives its rows in the order of the page.
--
-- Writers wait while an index is built: a second for a million rows, below the time that they wait for a lock.

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX audit_key_idx ON audit (key_id, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX audit_action_idx ON audit (action, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX audit_at_idx ON audit (at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX estimates_key_idx ON estimates (key_id, id);
