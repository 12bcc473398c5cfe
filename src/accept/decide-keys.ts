import type { ApiKey, KeyWrites, NewKey } from "../store/keys.ts";
import { isoOf } from "../support/clock.ts";
import type { AuditEntry } from "../vocabulary/audit.ts";
import { isOver } from "./authenticate.ts";
import type { FreshKey } from "./fresh-key.ts";
import { type Problem, problemOf } from "./problem.ts";

/** What becomes of a tenant's keys, and what the audit says of it; a problem is told and nothing is written. */
export type KeyDecision =
  | { readonly kind: "write"; readonly at: number; readonly writes: KeyWrites; readonly entry: AuditEntry; readonly made?: NewKey }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly problem: Problem };

/** Keys of one tenant that stand at a time; those that are over do not count. */
export const KEYS_MAX = 500;
const FULL = `There are ${KEYS_MAX} keys, and no more may be at once. Revoke one first.`;

/** Makes a key. `standing`: the tenant's keys that are not over. */
export function creation(standing: readonly ApiKey[], made: NewKey, now: number): KeyDecision {
  if (standing.length >= KEYS_MAX) return refused("full", FULL);
  return { kind: "write", at: now, writes: { insert: made }, entry: entryOf(made), made };
}

/** Makes a key like this one, which goes on until `until` (milliseconds) and then ends; where it would end earlier, it still does. */
export function rotation(
  standing: readonly ApiKey[],
  id: string,
  fresh: FreshKey,
  actor: string,
  { now, until }: { readonly now: number; readonly until: number },
): KeyDecision {
  const old = standing.find((key) => key.id === id);
  if (!old || isOver(old, now)) return refused("unusable", "The key is over and cannot be rotated. Create a new one.");
  if (old.rotated_to !== undefined)
    return refused("unusable", `The key was rotated already, to ${old.rotated_to}. Rotate that one, or revoke it and create a new one.`);
  if (standing.length >= KEYS_MAX) return refused("full", FULL);
  const { tenant, name, scopes, notices, event_types, created_at, expires_at } = old;
  const made: NewKey = {
    id: fresh.id,
    hash: fresh.hash,
    tenant,
    name,
    scopes,
    ...(notices ? { notices } : {}),
    ...(event_types ? { event_types } : {}),
    ...(expires_at === undefined ? {} : { expires_at: now + expires_at - created_at }),
    created_by: actor,
    rotated_from: id,
  };
  const ends = Math.min(until, expires_at ?? until);
  const detail = { to: fresh.id, until: isoOf(ends) };
  const entry: AuditEntry = { actor, action: "key.rotate", target: id, detail };
  return { kind: "write", at: now, writes: { insert: made, rotate: { id, to: fresh.id, until: ends } }, entry, made };
}

/** Ends a key now. The last one that may administer for ever stays: without it nobody could make another. */
export function revocation(standing: readonly ApiKey[], id: string, actor: string, now: number): KeyDecision {
  const key = standing.find((one) => one.id === id);
  if (!key || isOver(key, now)) return { kind: "nothing" };
  if (isLasting(key) && !standing.some((other) => other.id !== id && isLasting(other) && !isOver(other, now)))
    return refused(
      "needed",
      "It is the last key with the scope admin that does not expire; without it nobody could make another. Create another one first.",
    );
  return { kind: "write", at: now, writes: { revoke: { id, at: now } }, entry: { actor, action: "key.revoke", target: id, detail: {} } };
}

/** The audit's word on a new key. Its name is for people to choose and may say anything: it stays out. */
function entryOf({ id, scopes, notices, event_types, expires_at, created_by }: NewKey): AuditEntry {
  const detail = {
    scopes: [...scopes],
    ...(notices ? { notices: [...notices] } : {}),
    ...(event_types ? { event_types: [...event_types] } : {}),
    ...(expires_at === undefined ? {} : { expires_at: isoOf(expires_at) }),
  };
  return { actor: created_by, action: "key.create", target: id, detail };
}

function isLasting({ scopes, expires_at }: ApiKey): boolean {
  return scopes.includes("admin") && expires_at === undefined;
}

function refused(kind: "full" | "unusable" | "needed", detail: string): KeyDecision {
  return { kind: "refused", problem: problemOf(kind, detail) };
}
