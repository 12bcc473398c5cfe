-- How many changes of configuration the chain holds. What only appends moves the head and leaves this as it is, so that a change whose
-- place was taken knows whether what it was decided by may have changed.
ALTER TABLE audit_heads ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
