import * as z from "zod";
import { tenantId } from "../vocabulary/identifiers.ts";
import { milliseconds } from "../vocabulary/instant.ts";

export const KEY_SCOPES = ["events", "read", "admin", "unmask"] as const;
export const keyScope = z.enum(KEY_SCOPES);
export type KeyScope = z.infer<typeof keyScope>;

const listed = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

/** A key as it is stored: its secret only as a hash. It is over when it is revoked or has expired. */
const apiKey = z.strictObject({
  id: z.string(),
  tenant: tenantId,
  name: z.string(),
  hash: z.string(),
  scopes: z.string().transform((text) => z.array(keyScope).parse(text.split(" "))),
  /** Names of notices, and event types or their beginnings (`order.*`), that it is limited to. */
  notices: listed.optional(),
  event_types: listed.optional(),
  created_at: milliseconds,
  /** As an actor of the audit. */
  created_by: z.string(),
  /** From then on it is over. */
  expires_at: milliseconds.optional(),
  rotated_from: z.string().optional(),
  rotated_to: z.string().optional(),
  revoked_at: milliseconds.optional(),
  /** The beginning of the hour in which it was last used. */
  last_used_at: milliseconds.optional(),
});
export type ApiKey = z.infer<typeof apiKey>;

/** A key as it is made. */
export type NewKey = Pick<ApiKey, "id" | "tenant" | "hash" | "name" | "scopes" | "created_by"> &
  Partial<Pick<ApiKey, "notices" | "event_types" | "expires_at" | "rotated_from">>;

/** What becomes of a tenant's keys, in one transaction: one is made, and one that led to it ends at `until`; or one ends now. */
export interface KeyWrites {
  readonly insert?: NewKey;
  readonly rotate?: { readonly id: string; readonly to: string; readonly until: number };
  readonly revoke?: { readonly id: string; readonly at: number };
}

const COLUMNS =
  "id, tenant, name, hash, scopes, notices, event_types, created_at, created_by, expires_at, rotated_from, rotated_to, revoked_at, last_used_at";

export async function findKey(configuration: D1Database, id: string): Promise<ApiKey | undefined> {
  const row = await configuration.prepare(`SELECT ${COLUMNS} FROM keys WHERE id = ?`).bind(id).first();
  return row ? keyOf(row) : undefined;
}

/** Where a page ended. */
export interface KeyCursor {
  readonly created_at: number;
  readonly id: string;
}

/** A tenant's keys after a cursor, newest first: those that stand, and those that have been over only since then (milliseconds). */
export async function listKeys(
  configuration: D1Database,
  tenant: string,
  since: number,
  after: KeyCursor | undefined,
  limit: number,
): Promise<ApiKey[]> {
  const { results } = await configuration
    .prepare(
      `SELECT ${COLUMNS} FROM keys
       WHERE tenant = ?1 AND (created_at, id) < (?2, ?3) AND (revoked_at IS NULL OR revoked_at > ?4) AND (expires_at IS NULL OR expires_at > ?4)
       ORDER BY created_at DESC, id DESC LIMIT ?5`,
    )
    .bind(tenant, after?.created_at ?? Number.MAX_SAFE_INTEGER, after?.id ?? "", since, limit)
    .all();
  return results.map(keyOf);
}

/** All keys of a tenant that are not over. */
export async function standingKeys(configuration: D1Database, tenant: string, now: number): Promise<ApiKey[]> {
  const { results } = await configuration
    .prepare(`SELECT ${COLUMNS} FROM keys WHERE tenant = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2)`)
    .bind(tenant, now)
    .all();
  return results.map(keyOf);
}

/** Inserts a key; ids are random and never reused. */
export async function insertKey(configuration: D1Database, key: NewKey, now: number): Promise<void> {
  await keyInsert(configuration, key, now).run();
}

export function keyInsert(configuration: D1Database, key: NewKey, now: number): D1PreparedStatement {
  const { notices, event_types, expires_at = null, rotated_from = null } = key;
  return configuration
    .prepare(
      `INSERT INTO keys (id, tenant, name, hash, scopes, notices, event_types, created_at, created_by, expires_at, rotated_from)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      key.id,
      key.tenant,
      key.name,
      key.hash,
      key.scopes.join(" "),
      notices ? JSON.stringify(notices) : null,
      event_types ? JSON.stringify(event_types) : null,
      now,
      key.created_by,
      expires_at,
      rotated_from,
    );
}

export function keyStatements(configuration: D1Database, { insert, rotate, revoke }: KeyWrites, now: number): D1PreparedStatement[] {
  return [
    ...(insert ? [keyInsert(configuration, insert, now)] : []),
    ...(rotate
      ? [configuration.prepare("UPDATE keys SET rotated_to = ?, expires_at = ? WHERE id = ?").bind(rotate.to, rotate.until, rotate.id)]
      : []),
    ...(revoke ? [configuration.prepare("UPDATE keys SET revoked_at = ? WHERE id = ?").bind(revoke.at, revoke.id)] : []),
  ];
}

/** Notes the hour of a key's use; costs no row where that hour stands already. */
export async function noteKeyUse(configuration: D1Database, id: string, hour: number): Promise<void> {
  await configuration
    .prepare("UPDATE keys SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)")
    .bind(id, hour)
    .run();
}

function keyOf(row: Record<string, unknown>): ApiKey {
  return apiKey.parse(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
}
