-- What a key is called, to what it is limited (lists in JSON; NULL: to nothing), and how it ends. `created_by`: `key:<id>` or `root`.
ALTER TABLE keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN notices TEXT;
ALTER TABLE keys ADD COLUMN event_types TEXT;
ALTER TABLE keys ADD COLUMN created_by TEXT NOT NULL DEFAULT 'root';
ALTER TABLE keys ADD COLUMN expires_at INTEGER;
ALTER TABLE keys ADD COLUMN rotated_from TEXT;
ALTER TABLE keys ADD COLUMN rotated_to TEXT;
ALTER TABLE keys ADD COLUMN revoked_at INTEGER;
-- The hour in which it was last used, once an hour at most.
ALTER TABLE keys ADD COLUMN last_used_at INTEGER;

CREATE INDEX keys_by_time ON keys (tenant, created_at, id);
