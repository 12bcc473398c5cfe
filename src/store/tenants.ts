import type { AuditEntry } from "../vocabulary/audit.ts";
import type { Audit } from "./audit.ts";
import { keyInsert, type NewKey } from "./keys.ts";

export interface NewTenant {
  readonly id: string;
  readonly name: string;
}

export async function isTenant(configuration: D1Database, id: string): Promise<boolean> {
  return (await configuration.prepare("SELECT 1 FROM tenants WHERE id = ?").bind(id).first()) !== null;
}

/**
 * Creates a tenant and its first key in one transaction with the first entry of its audit; false where the tenant exists already, and
 * then nothing is written. Of several at once one creates it: the chain lets one write its first row.
 */
export function insertTenant(
  configuration: D1Database,
  audit: Audit,
  tenant: NewTenant,
  key: NewKey,
  entry: AuditEntry,
  now: number,
): Promise<boolean> {
  return audit.change(tenant.id, async () => {
    if (await isTenant(configuration, tenant.id)) return { entries: [], statements: [], answer: false };
    const insert = configuration.prepare("INSERT INTO tenants (id, name, created_at) VALUES (?, ?, ?)").bind(tenant.id, tenant.name, now);
    return { entries: [entry], statements: [insert, keyInsert(configuration, key, now)], answer: true };
  });
}
