import * as z from "zod";
import { type Catalog, catalog } from "../vocabulary/catalog.ts";

export interface StoredCatalog {
  readonly version: number;
  readonly catalog: Catalog;
}

const versionRow = z.strictObject({ version: z.number().int() });
const bodyRow = z.strictObject({ body: z.string() });

/** The version in force; undefined where the tenant has published none. */
export async function activeCatalogVersion(configuration: D1Database, tenant: string): Promise<number | undefined> {
  const row = await configuration.prepare("SELECT version FROM active_catalogs WHERE tenant = ?").bind(tenant).first();
  return row ? versionRow.parse(row).version : undefined;
}

const activeRow = z.strictObject({ tenant: z.string(), version: z.number().int() });

/** Tenants whose catalog in force names a lowest balance of a carrier, with its version. */
export async function catalogsWithBalances(configuration: D1Database): Promise<readonly z.infer<typeof activeRow>[]> {
  const { results } = await configuration
    .prepare(
      `SELECT active.tenant, active.version FROM active_catalogs AS active
       JOIN catalogs ON catalogs.tenant = active.tenant AND catalogs.version = active.version
       WHERE instr(catalogs.body, '"balance_low":') > 0`,
    )
    .all();
  return z.array(activeRow).parse(results);
}

/** One version; it never changes once it is written. */
export async function findCatalog(configuration: D1Database, tenant: string, version: number): Promise<Catalog | undefined> {
  const row = await configuration.prepare("SELECT body FROM catalogs WHERE tenant = ? AND version = ?").bind(tenant, version).first();
  return row ? catalog.parse(JSON.parse(bodyRow.parse(row).body)) : undefined;
}

/** Writes the next version and makes it the one in force, in one transaction. Answers the version. */
export async function insertCatalog(configuration: D1Database, tenant: string, body: Catalog, now: number): Promise<number> {
  const next = "SELECT COALESCE(MAX(version), 0) + 1 FROM catalogs WHERE tenant = ?1";
  const [, activated] = await configuration.batch([
    configuration
      .prepare(`INSERT INTO catalogs (tenant, version, body, created_at) VALUES (?1, (${next}), ?2, ?3)`)
      .bind(tenant, JSON.stringify(body), now),
    configuration
      .prepare(
        `INSERT INTO active_catalogs (tenant, version) SELECT tenant, MAX(version) FROM catalogs WHERE tenant = ?1 GROUP BY tenant
         ON CONFLICT (tenant) DO UPDATE SET version = excluded.version RETURNING version`,
      )
      .bind(tenant),
  ]);
  return versionRow.parse(activated?.results[0]).version;
}
