import * as z from "zod";
import { writeAgain } from "./write-again.ts";

/** How far a tenant is with sealing anew under one key; instants in milliseconds. */
const resealing = z.strictObject({
  /** 0: Recipients; then a column of D1 each. */
  stage: z.number().int(),
  /** Where the stage goes on; empty at its beginning. */
  cursor: z.string(),
  begun_at: z.number().int(),
  /** Nothing is done before. */
  due_at: z.number().int(),
  /** So many Recipients are through, so many texts were sealed anew, so many that looked sealed could not be opened. */
  recipients: z.number().int(),
  texts: z.number().int(),
  unreadable: z.number().int(),
  finished_at: z.number().int().nullable(),
});
export type Resealing = z.infer<typeof resealing>;

const COLUMNS = "stage, cursor, begun_at, due_at, recipients, texts, unreadable, finished_at";

export async function findResealing(configuration: D1Database, tenant: string, keyId: string): Promise<Resealing | undefined> {
  const row = await configuration.prepare(`SELECT ${COLUMNS} FROM resealing WHERE tenant = ? AND key_id = ?`).bind(tenant, keyId).first();
  return row ? resealing.parse(row) : undefined;
}

export async function saveResealing(configuration: D1Database, tenant: string, keyId: string, at: Resealing): Promise<void> {
  const statement = configuration
    .prepare(`INSERT OR REPLACE INTO resealing (tenant, key_id, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .bind(tenant, keyId, at.stage, at.cursor, at.begun_at, at.due_at, at.recipients, at.texts, at.unreadable, at.finished_at);
  await writeAgain(() => statement.run());
}

const named = z.object({ id: z.string() });

/** Tenants for which something is to be done now, longest waiting first. */
export async function tenantsToReseal(configuration: D1Database, keyId: string, now: number, limit: number): Promise<string[]> {
  const { results } = await configuration
    .prepare(
      `SELECT id FROM tenants LEFT JOIN resealing ON tenant = id AND key_id = ?
       WHERE finished_at IS NULL AND coalesce(due_at, 0) <= ? ORDER BY coalesce(due_at, 0), id LIMIT ?`,
    )
    .bind(keyId, now, limit)
    .all();
  return z
    .array(named)
    .parse(results)
    .map(({ id }) => id);
}

/** Tenants that are not through with this key, and those that are. */
export async function countResealed(
  configuration: D1Database,
  keyId: string,
): Promise<{ readonly finished: number; readonly unfinished: number; readonly unreadable: number }> {
  const row = await configuration
    .prepare(
      `SELECT count(finished_at) AS finished, count(*) - count(finished_at) AS unfinished, coalesce(sum(unreadable), 0) AS unreadable
       FROM tenants LEFT JOIN resealing ON tenant = id AND key_id = ?`,
    )
    .bind(keyId)
    .first();
  return z.strictObject({ finished: z.number(), unfinished: z.number(), unreadable: z.number() }).parse(row);
}
