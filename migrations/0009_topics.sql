-- Who is in a topic. `recipient` is the recipient's key, `id` the recipient's id, sealed. Of people, like `recipients`.
CREATE TABLE topic_members (
  tenant TEXT NOT NULL,
  topic TEXT NOT NULL,
  recipient TEXT NOT NULL,
  id TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, topic, recipient)
) WITHOUT ROWID;

-- Who is erased is found in every topic.
CREATE INDEX topic_members_by_recipient ON topic_members (tenant, recipient);
