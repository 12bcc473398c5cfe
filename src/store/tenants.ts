import type { ApiKey } from "./keys.ts";
import { keyInsert } from "./keys.ts";

export interface NewTenant {
  readonly id: string;
  readonly name: string;
}

/** Creates a tenant and its first key in one transaction; false where the tenant exists already, and then nothing is written. */
export async function insertTenant(configuration: D1Database, tenant: NewTenant, key: ApiKey, now: number): Promise<boolean> {
  const known = await configuration.prepare("SELECT 1 FROM tenants WHERE id = ?").bind(tenant.id).first();
  if (known) return false;
  try {
    await configuration.batch([
      configuration.prepare("INSERT INTO tenants (id, name, created_at) VALUES (?, ?, ?)").bind(tenant.id, tenant.name, now),
      keyInsert(configuration, key, now),
    ]);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes("UNIQUE constraint failed: tenants.id")) return false;
    throw error;
  }
}
