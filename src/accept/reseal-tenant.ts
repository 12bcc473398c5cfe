import pLimit from "p-limit";
import type { ResealAnswer } from "../admit/reseal-recipient.ts";
import type { Resealing } from "../store/resealing.ts";
import type { ResealedRows } from "../store/sealed-columns.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";

export interface ResealDeps {
  readonly now: () => number;
  /** Ids of the sealing keys, the current one first. */
  readonly sealingKeys: readonly string[];
  /** How many columns of D1 hold sealed texts. */
  readonly sealedColumns: number;
  /** How far a tenant is with a key. */
  readonly findResealing: (tenant: string, keyId: string) => Promise<Resealing | undefined>;
  readonly saveResealing: (tenant: string, keyId: string, at: Resealing) => Promise<void>;
  /** Keys of Recipients after this one, in order. */
  readonly knownKeysAfter: (tenant: string, key: string, limit: number) => Promise<readonly string[]>;
  /** Seals anew all that a Recipient holds; throws where it does not have this key as its current one yet. */
  readonly resealRecipient: (tenant: string, recipientKey: string, keyId: string) => Promise<Omit<ResealAnswer, "next">>;
  /** Seals a page of a column of D1 anew. */
  readonly resealRows: (tenant: string, column: number, after: string, limit: number) => Promise<ResealedRows>;
}

/**
 * Isolates that began before a new key was set may seal under an older one for some minutes, and copies of what was read before it
 * was sealed anew may still be on their way: a walk that is to be the last begins after that time, and so does its part in D1.
 */
export const SETTLING_MS = 10 * 60_000;
const RECIPIENTS_A_PAGE = 100;
const ROWS_A_PAGE = 500;
const AT_ONCE = 20;

/** Nobody has begun yet. */
export function begun(now: number): Resealing {
  const nothing = { stage: 0, cursor: "", recipients: 0, texts: 0, unreadable: 0, finished_at: null };
  return { ...nothing, begun_at: now, due_at: now + SETTLING_MS };
}

/**
 * Goes on with sealing a tenant's texts anew under the current key, page by page until `until`, and answers how far it is. It may be
 * broken off anywhere, and be done twice at once: a page that is repeated finds nothing to do. `atOnce`: without waiting for what
 * may still be on its way.
 */
export async function resealTenant(tenant: string, until: number, atOnce: boolean, deps: ResealDeps): Promise<Resealing> {
  const [current = "", ...older] = deps.sealingKeys;
  const known = await deps.findResealing(tenant, current);
  let at = known ?? begun(deps.now());
  if (older.length === 0) return at;
  if (!known) await deps.saveResealing(tenant, current, at);
  while (at.finished_at === null && deps.now() < until && (atOnce || at.due_at <= deps.now())) {
    const next = at.stage === 0 ? await pageOfRecipients(tenant, current, at, deps) : await pageOfRows(tenant, at, deps);
    await deps.saveResealing(tenant, current, next);
    if (next.cursor === at.cursor && next.stage === at.stage) return next;
    at = next;
  }
  return at;
}

/** One that cannot be asked is asked again the next time: the walk goes no further than to the one before it. */
async function pageOfRecipients(tenant: string, current: string, at: Resealing, deps: ResealDeps): Promise<Resealing> {
  const keys = await deps.knownKeysAfter(tenant, at.cursor, RECIPIENTS_A_PAGE);
  const limit = pLimit(AT_ONCE);
  const asked = await Promise.allSettled(keys.map((key) => limit(() => deps.resealRecipient(tenant, key, current))));
  const failed = asked.findIndex(({ status }) => status === "rejected");
  const error = asked[failed];
  if (error?.status === "rejected") log("error", "sealing.recipient.unavailable", { tenant, error: errorName(error.reason) });
  const through = asked.slice(0, failed < 0 ? undefined : failed).flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const counted = {
    ...at,
    recipients: at.recipients + through.length,
    texts: at.texts + sumOf(through.map(({ changed }) => changed)),
    unreadable: at.unreadable + sumOf(through.map(({ unreadable }) => unreadable)),
  };
  if (failed >= 0 || keys.length === RECIPIENTS_A_PAGE) return { ...counted, cursor: keys[through.length - 1] ?? at.cursor };
  return { ...counted, stage: 1, cursor: "", due_at: deps.now() + SETTLING_MS };
}

async function pageOfRows(tenant: string, at: Resealing, deps: ResealDeps): Promise<Resealing> {
  const { changed, unreadable, next } = await deps.resealRows(tenant, at.stage - 1, at.cursor, ROWS_A_PAGE);
  const counted = { ...at, texts: at.texts + changed, unreadable: at.unreadable + unreadable };
  if (next !== undefined) return { ...counted, cursor: next };
  const last = at.stage === deps.sealedColumns;
  return { ...counted, stage: at.stage + 1, cursor: "", finished_at: last ? deps.now() : null };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
