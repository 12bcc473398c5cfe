-- How far a tenant is with sealing anew, under the key with this id, what older keys sealed. `stage` 0 walks Recipients, the following
-- the columns of D1; `cursor` is where the stage goes on, not before `due_at`. `unreadable` texts no key opens.
CREATE TABLE resealing (
  tenant TEXT NOT NULL,
  key_id TEXT NOT NULL,
  stage INTEGER NOT NULL,
  cursor TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  recipients INTEGER NOT NULL,
  texts INTEGER NOT NULL,
  unreadable INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (tenant, key_id)
) WITHOUT ROWID;
