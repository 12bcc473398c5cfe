import * as z from "zod";
import { tenantId } from "../vocabulary/identifiers.ts";

export const KEY_SCOPES = ["events", "read", "admin", "unmask"] as const;
const keyScope = z.enum(KEY_SCOPES);
export type KeyScope = z.infer<typeof keyScope>;

/** A key as it is stored: its secret only as a hash. */
const apiKey = z.strictObject({
  id: z.string(),
  tenant: tenantId,
  hash: z.string(),
  scopes: z.string().transform((text) => z.array(keyScope).parse(text.split(" "))),
});
export type ApiKey = z.infer<typeof apiKey>;

export async function findKey(configuration: D1Database, id: string): Promise<ApiKey | undefined> {
  const row = await configuration.prepare("SELECT id, tenant, hash, scopes FROM keys WHERE id = ?").bind(id).first();
  return row ? apiKey.parse(row) : undefined;
}

/** Inserts a key; ids are random and never reused. */
export async function insertKey(configuration: D1Database, key: ApiKey, now: number): Promise<void> {
  await keyInsert(configuration, key, now).run();
}

export function keyInsert(configuration: D1Database, key: ApiKey, now: number): D1PreparedStatement {
  return configuration
    .prepare("INSERT INTO keys (id, tenant, hash, scopes, created_at) VALUES (?, ?, ?, ?, ?)")
    .bind(key.id, key.tenant, key.hash, key.scopes.join(" "), now);
}
