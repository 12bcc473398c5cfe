-- Catalogs by parts: of each version a manifest, which is the catalog with its notices by name and hash, and each notice once, under the
-- SHA-256 of its text. Neither ever changes. `activation` grows each time that a version is put in force, an older one too.
CREATE TABLE catalog_versions (
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  note TEXT,
  summary TEXT,
  manifest TEXT NOT NULL,
  PRIMARY KEY (tenant, version)
) WITHOUT ROWID;

CREATE TABLE notices (
  tenant TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant, hash)
) WITHOUT ROWID;

ALTER TABLE active_catalogs ADD COLUMN activation INTEGER NOT NULL DEFAULT 1;

-- Versions that were there before: each was put in force once. SQL knows no SHA-256, and any name that is unique will do.
UPDATE active_catalogs SET activation = version;

INSERT INTO notices (tenant, hash, body)
SELECT catalogs.tenant, 'v' || catalogs.version || ' ' || notice.key, notice.value
FROM catalogs, json_each(catalogs.body, '$.notices') AS notice;

INSERT INTO catalog_versions (tenant, version, published_at, published_by, manifest)
SELECT tenant, version, created_at, 'unknown', json_set(body, '$.notices', json((
  SELECT json_group_array(json(listed.entry)) FROM (
    SELECT json_patch(
      json_object('name', notice.key, 'hash', 'v' || catalogs.version || ' ' || notice.key, 'class', notice.value ->> 'class'),
      json_object('on', notice.value -> 'on', 'cancel_on', notice.value -> '$.cancel.on')
    ) AS entry
    FROM json_each(catalogs.body, '$.notices') AS notice ORDER BY notice.id
  ) AS listed
)))
FROM catalogs;

-- The Worker from before reads `catalogs` until the new one is deployed: a later migration drops it, once none runs any more.
