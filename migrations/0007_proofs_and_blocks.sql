-- How the person said so: where and to which wording, from which address of the network (sealed), and the key that told us.
ALTER TABLE preferences ADD COLUMN source TEXT;
ALTER TABLE preferences ADD COLUMN wording_version TEXT;
ALTER TABLE preferences ADD COLUMN ip TEXT;
ALTER TABLE preferences ADD COLUMN recorded_by TEXT;

-- Addresses to which nothing goes, whoever has them. `hash` is an HMAC of channel and address, `address` is sealed and forgotten with
-- the person whose it was. One that is being lifted is not in force any more; its row goes when all who have the address are told.
CREATE TABLE address_blocks (
  tenant TEXT NOT NULL,
  channel TEXT NOT NULL,
  hash TEXT NOT NULL,
  address TEXT,
  reason TEXT,
  set_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  lifted_at INTEGER,
  PRIMARY KEY (tenant, channel, hash)
) WITHOUT ROWID;
