import type { AuditAction, AuditEntry } from "../vocabulary/audit.ts";
import type { Caller } from "./authenticate.ts";

export interface AuditDeps {
  /** Writes what is about to be done; durable when it resolves. What could not be written is not done. */
  readonly audit: (tenant: string, entries: readonly AuditEntry[]) => Promise<void>;
}

/** Who a caller is, wherever it is written down. */
export function actorOf({ key }: Pick<Caller, "key">): string {
  return `key:${key}`;
}

/** What a caller does to which thing; `target` and `detail` hold nothing personal in clear. */
export function auditEntryOf(caller: Caller, action: AuditAction, target: string, detail: AuditEntry["detail"] = {}): AuditEntry {
  return { actor: actorOf(caller), action, target, detail };
}

const NAMES_MAX = 100;

/** An act on many things at once: as many entries as it takes to name all of them, a hundred each, so that no row grows without bound. */
export function auditEntriesOf(
  caller: Caller,
  action: AuditAction,
  target: string,
  kind: string,
  names: readonly string[],
  detail: AuditEntry["detail"] = {},
): AuditEntry[] {
  return Array.from({ length: Math.ceil(names.length / NAMES_MAX) }, (_, at) => {
    const own = names.slice(at * NAMES_MAX, (at + 1) * NAMES_MAX);
    return auditEntryOf(caller, action, target, { [kind]: own, ...detail });
  });
}
