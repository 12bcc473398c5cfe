-- The count of changes of a recipient's last erasure: what was told before it never comes back, whatever came after.
ALTER TABLE recipients ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
UPDATE recipients SET erased = revision WHERE profile = '';

-- The count of changes of the Recipient that took the entry; 0 until it is known to have.
ALTER TABLE preferences ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
