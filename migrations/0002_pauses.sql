-- What a tenant has paused: itself (name empty), a lane by its class, a notice, or a carrier.
CREATE TABLE pauses (
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (tenant, kind, name)
) WITHOUT ROWID;
