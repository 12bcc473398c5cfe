-- Configuration: tenants, their keys, and their catalogs, each version whole and never changed.
CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE catalogs (
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, version)
) WITHOUT ROWID;

CREATE TABLE active_catalogs (
  tenant TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) WITHOUT ROWID;

-- People: copies of what their Durable Objects hold. `key` is an HMAC of the recipient's id, `profile` is sealed.
CREATE TABLE recipients (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  profile TEXT NOT NULL,
  revision INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, key)
) WITHOUT ROWID;

CREATE TABLE preferences (
  tenant TEXT NOT NULL,
  recipient TEXT NOT NULL,
  scope TEXT NOT NULL,
  channel TEXT NOT NULL,
  at TEXT NOT NULL,
  state TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, recipient, scope, channel, at, state)
) WITHOUT ROWID;
