-- Messages that gave up, and bodies of queues that nobody could read (those with their text, and an empty tenant where it is not known).
CREATE TABLE dead_letters (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  reason TEXT NOT NULL,
  class TEXT,
  notice TEXT,
  code TEXT,
  carrier TEXT,
  body TEXT,
  at INTEGER NOT NULL,
  replayed_at INTEGER,
  PRIMARY KEY (tenant, id, reason)
) WITHOUT ROWID;

-- Lists go by time, newest first, over those that stand or over those that were replayed.
CREATE INDEX dead_letters_by_time ON dead_letters (tenant, replayed_at IS NULL, at);

-- Whose an address is, or was: receipts and replies that name only a number find people by it. `hash` is an HMAC of the address,
-- `recipient` the recipient's key. Rows of older addresses stay, since what was sent there may still be reported.
CREATE TABLE addresses (
  tenant TEXT NOT NULL,
  channel TEXT NOT NULL,
  hash TEXT NOT NULL,
  recipient TEXT NOT NULL,
  PRIMARY KEY (tenant, channel, hash, recipient)
) WITHOUT ROWID;

-- People who were there before.
INSERT INTO addresses (tenant, channel, hash, recipient)
SELECT recipients.tenant, address.key, address.value ->> 'hash', recipients.key
FROM recipients, json_each(recipients.profile, '$.addresses') AS address WHERE TRUE
ON CONFLICT DO NOTHING;
