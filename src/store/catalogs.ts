import * as z from "zod";
import {
  type CatalogManifest,
  type CatalogSummary,
  catalogManifest,
  catalogSummary,
  listedNotice,
} from "../vocabulary/catalog-manifest.ts";
import { writeAgain } from "./write-again.ts";

/** Most bytes of a notice's text, or of a manifest's: a value of D1 may have 2,000,000. */
export const VALUE_MAX_BYTES = 1_900_000;
/** Characters that one statement is given at most: each may take three bytes of UTF-8, and a bound value is a value too. */
const STATEMENT_MAX_CHARACTERS = 500_000;
const HASHES_AT_ONCE = 1_000;

/** What is in force; `newest` is the last version that was written. */
const standingRow = z.strictObject({ version: z.number().int(), activation: z.number().int(), newest: z.number().int() });
export type StandingCatalog = z.infer<typeof standingRow>;

/** The version in force, read now; undefined where the tenant has published none. */
export async function standingCatalog(configuration: D1Database, tenant: string): Promise<StandingCatalog | undefined> {
  const row = await configuration
    .prepare(
      `SELECT version, activation, (SELECT MAX(version) FROM catalog_versions WHERE tenant = ?1) AS newest
       FROM active_catalogs WHERE tenant = ?1`,
    )
    .bind(tenant)
    .first();
  return row ? standingRow.parse(row) : undefined;
}

const activeRow = z.strictObject({ tenant: z.string(), version: z.number().int() });

/** Tenants whose catalog in force names a lowest balance of a carrier, with its version. */
export async function catalogsWithBalances(configuration: D1Database): Promise<readonly z.infer<typeof activeRow>[]> {
  const { results } = await configuration
    .prepare(
      `SELECT active.tenant, active.version FROM active_catalogs AS active
       JOIN catalog_versions AS own ON own.tenant = active.tenant AND own.version = active.version
       WHERE instr(own.manifest, '"balance_low":') > 0`,
    )
    .all();
  return z.array(activeRow).parse(results);
}

const manifestRow = z.strictObject({ manifest: z.string() });

/** One version's manifest, as it was written; it never changes. */
export async function findManifest(configuration: D1Database, tenant: string, version: number): Promise<string | undefined> {
  const row = await configuration
    .prepare("SELECT manifest FROM catalog_versions WHERE tenant = ? AND version = ?")
    .bind(tenant, version)
    .first();
  return row ? manifestRow.parse(row).manifest : undefined;
}

/** A manifest as far as any version has it: settings may have been written under older rules. */
const storedManifest = z.looseObject({ notices: z.array(listedNotice) });
export type StoredManifest = z.infer<typeof storedManifest>;

export function readManifest(text: string): StoredManifest {
  return storedManifest.parse(JSON.parse(text));
}

export function parseManifest(text: string): CatalogManifest {
  return catalogManifest.parse(JSON.parse(text));
}

const noticeRow = z.strictObject({ hash: z.string(), body: z.string() });
/** The text of a notice, and the hash that it is stored under. */
export type StoredNotice = z.infer<typeof noticeRow>;

/** Texts of notices by hash; of one that there is not, none. One query for each 1,000. */
export async function findNotices(configuration: D1Database, tenant: string, hashes: readonly string[]): Promise<Map<string, string>> {
  const rows = await queryHashes(configuration, "SELECT hash, body FROM notices", tenant, hashes);
  return new Map(
    z
      .array(noticeRow)
      .parse(rows)
      .map(({ hash, body }) => [hash, body]),
  );
}

async function queryHashes(configuration: D1Database, select: string, tenant: string, hashes: readonly string[]): Promise<unknown[]> {
  const statement = configuration.prepare(`${select} WHERE tenant = ?1 AND hash IN (SELECT value FROM json_each(?2))`);
  const rows: unknown[] = [];
  for (let at = 0; at < hashes.length; at += HASHES_AT_ONCE) {
    const { results } = await statement.bind(tenant, JSON.stringify(hashes.slice(at, at + HASHES_AT_ONCE))).all();
    rows.push(...results);
  }
  return rows;
}

const hashRow = z.strictObject({ hash: z.string() });

/** Writes notices that are not there yet. Nothing names them until a version does, so that one that fails in between leaves no trace. */
export async function keepNotices(configuration: D1Database, tenant: string, notices: readonly StoredNotice[]): Promise<void> {
  const all = new Map(notices.map((notice) => [notice.hash, notice]));
  const known = await queryHashes(configuration, "SELECT hash FROM notices", tenant, [...all.keys()]);
  for (const { hash } of z.array(hashRow).parse(known)) all.delete(hash);
  const statement = configuration.prepare(
    `INSERT INTO notices (tenant, hash, body) SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2) WHERE TRUE ON CONFLICT DO NOTHING`,
  );
  const single = configuration.prepare("INSERT INTO notices (tenant, hash, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
  let chunk: string[][] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const list = JSON.stringify(chunk);
    if (chunk.length > 0) await writeAgain(() => statement.bind(tenant, list).run());
    chunk = [];
    size = 0;
  };
  for (const { hash, body } of all.values()) {
    // As a list the text would be escaped, and might be too long.
    if (body.length > STATEMENT_MAX_CHARACTERS / 2) await writeAgain(() => single.bind(tenant, hash, body).run());
    else {
      // A quote costs a backslash: each character counts twice.
      if (size + body.length * 2 > STATEMENT_MAX_CHARACTERS) await flush();
      chunk.push([hash, body]);
      size += body.length * 2;
    }
  }
  await flush();
}

/** A version as it is written. */
export interface NewVersion {
  readonly version: number;
  readonly manifest: string;
  readonly published_at: number;
  /** Who: `key:<id>`. */
  readonly published_by: string;
  readonly note: string | null;
  readonly summary: CatalogSummary;
}

export function versionInsert(configuration: D1Database, tenant: string, row: NewVersion): D1PreparedStatement {
  const { version, published_at, published_by, note, summary, manifest } = row;
  return configuration
    .prepare(
      `INSERT INTO catalog_versions (tenant, version, published_at, published_by, note, summary, manifest) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(tenant, version, published_at, published_by, note, JSON.stringify(summary), manifest);
}

/** Puts a version in force, whichever was. The activation is above the one before, and not below the time (ms): nor below one that a restore has lost. */
export function activeUpsert(configuration: D1Database, tenant: string, version: number, now: number): D1PreparedStatement {
  return configuration
    .prepare(
      `INSERT INTO active_catalogs (tenant, version, activation) VALUES (?1, ?2, ?3)
       ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, activation = MAX(activation + 1, excluded.activation)`,
    )
    .bind(tenant, version, now);
}

const listedVersion = z.strictObject({
  version: z.number().int(),
  published_at: z.number().int(),
  published_by: z.string(),
  note: z.string().nullable(),
  /** Null of versions from before there were any. */
  summary: z
    .string()
    .transform((text) => catalogSummary.parse(JSON.parse(text)))
    .nullable(),
});
export type ListedVersion = z.infer<typeof listedVersion>;

/** Versions, newest first, from below `before` on. */
export async function listVersions(configuration: D1Database, tenant: string, before: number, limit: number): Promise<ListedVersion[]> {
  const { results } = await configuration
    .prepare(
      `SELECT version, published_at, published_by, note, summary FROM catalog_versions
       WHERE tenant = ? AND version < ? ORDER BY version DESC LIMIT ?`,
    )
    .bind(tenant, before, limit)
    .all();
  return z.array(listedVersion).parse(results);
}
