import type { AuditAction, AuditEntry } from "../vocabulary/audit.ts";
import type { Caller } from "./authenticate.ts";

export interface AuditDeps {
  /** Writes what is about to be done; durable when it resolves. What could not be written is not done. */
  readonly audit: (tenant: string, entries: readonly AuditEntry[]) => Promise<void>;
}

/** What a caller does to which thing; `target` and `detail` hold nothing personal in clear. */
export function auditEntryOf({ key }: Caller, action: AuditAction, target: string, detail: AuditEntry["detail"] = {}): AuditEntry {
  return { actor: `key:${key}`, action, target, detail };
}
