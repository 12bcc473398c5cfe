import { summaryOf } from "../../src/accept/catalog-summary.ts";
import { listedOf } from "../../src/accept/prepare-version.ts";
import { activeUpsert, keepNotices, standingCatalog, versionInsert } from "../../src/store/catalogs.ts";
import { contentHashOf } from "../../src/support/hashing.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";

/** Writes a catalog as the next version and puts it in force, unchecked. Gives the version. */
export async function putInForce(database: D1Database, tenant: string, { notices, ...settings }: Catalog): Promise<number> {
  const parts = await Promise.all(
    Object.entries(notices).map(async ([name, notice]) => {
      const body = JSON.stringify(notice);
      const hash = await contentHashOf(body);
      return { stored: { hash, body }, listed: listedOf(name, hash, notice) };
    }),
  );
  const manifest = { ...settings, notices: parts.map(({ listed }) => listed) };
  const version = ((await standingCatalog(database, tenant))?.newest ?? 0) + 1;
  await keepNotices(
    database,
    tenant,
    parts.map(({ stored }) => stored),
  );
  const row = { version, manifest: JSON.stringify(manifest), published_at: version, published_by: "key:k", note: null };
  await database.batch([
    versionInsert(database, tenant, { ...row, summary: summaryOf(manifest) }),
    activeUpsert(database, tenant, version, 1),
  ]);
  return version;
}
