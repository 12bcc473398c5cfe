import * as z from "zod";
import { milliseconds } from "./instant.ts";

/** What is done, as the audit names it: the thing, then the act. */
const AUDIT_ACTIONS = [
  "tenant.create",
  "catalog.publish",
  "catalog.activate",
  "key.create",
  "key.rotate",
  "key.revoke",
  "pause.set",
  "pause.lift",
  "recipient.put",
  "recipient.patch",
  "recipient.erase",
  "recipient.unmask",
  "recipients.import",
  "recipients.export",
  "preferences.put",
  "preferences.import",
  "preferences.export",
  "block.set",
  "block.lift",
  "block.unmask",
  "topic.join",
  "topic.leave",
  "message.cancel",
  "message.reschedule",
  "dead_letters.replay",
  "carrier.test",
  "recover",
  "sealing.renew",
] as const;
export const auditAction = z.enum(AUDIT_ACTIONS);
export type AuditAction = z.infer<typeof auditAction>;

/** Done to many at once where they name no target. */
export const OF_EVERYONE: ReadonlySet<string> = new Set<AuditAction>([
  "recipients.import",
  "recipients.export",
  "preferences.import",
  "preferences.export",
  "block.unmask",
]);

/** Whether a row is about many people at once, whom it does not name: then it may be about any of them. */
export function isOfEveryone({ action, target }: { readonly action: string; readonly target: string }): boolean {
  return target === "" && OF_EVERYONE.has(action);
}

/** What somebody does to which thing; nothing of it is personal in clear. */
const auditEntry = z.strictObject({
  /** `key:<id>` of the key that asked, `root` with the deployment's root key, `carillon` by itself. */
  actor: z.string().min(1).max(64),
  action: auditAction,
  /** Which thing: a name, or a recipient's key; empty for the tenant as a whole. */
  target: z.string().max(300),
  /** Counts, names and versions. */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** A row of the audit: its place in the tenant's chain, from 1, and the hash that chains it to the row before. */
export const auditRow = auditEntry.extend({ seq: z.number().int().min(1), at: milliseconds, hash: z.string() });
