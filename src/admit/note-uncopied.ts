import type { RecipientDocument } from "./document.ts";
import type { Missing, Uncopied } from "./uncopied.ts";

/** More than this is not remembered: whoever brings it is told to come again. */
const ENTRIES_MAX = 1_000;
const AGAIN_LEAST_MS = 30_000;
const AGAIN_MOST_MS = 600_000;

/**
 * The document that remembers what D1 misses, as far as it is newer than the last erasure (of older, the bare no), and has its alarm copy it; undefined where it is
 * too much to be remembered.
 */
export function noteUncopied(document: RecipientDocument, missing: Missing, now: number): RecipientDocument | undefined {
  const gone = document.erased?.revision ?? 0;
  const entries = missing.preferences.flatMap((entry): Uncopied["preferences"] => {
    if ((entry.revision ?? 0) >= gone) return [entry];
    const { ip: _, ...bare } = entry;
    return entry.state === "out" ? [bare] : [];
  });
  const copied = missing.revision !== undefined && missing.revision > gone ? missing.revision : 0;
  if (entries.length === 0 && copied === 0) return document;
  const known = document.uncopied ?? { since: now, tries: 0, next_at: now + AGAIN_LEAST_MS, preferences: [] };
  const preferences = [...new Map([...known.preferences, ...entries].map((entry) => [nameOf(entry), entry])).values()];
  if (preferences.length > ENTRIES_MAX) return undefined;
  const revision = Math.max(known.revision ?? 0, copied);
  return { ...document, uncopied: { ...known, ...(revision > 0 ? { revision } : {}), preferences } };
}

/** What is to be copied now, and the document that says when it is tried once more, should this come to nothing. */
export function beginCopy(document: RecipientDocument, now: number): { document: RecipientDocument; copying: Uncopied | undefined } {
  const { uncopied: copying } = document;
  if (!copying || copying.next_at > now) return { document, copying: undefined };
  const next = now + Math.min(AGAIN_LEAST_MS * 2 ** copying.tries, AGAIN_MOST_MS);
  return { document: { ...document, uncopied: { ...copying, tries: copying.tries + 1, next_at: next } }, copying };
}

/** The document once this was copied; what was added meanwhile is still to be. */
export function endCopy(document: RecipientDocument, copied: Uncopied): RecipientDocument {
  const { uncopied: known, ...rest } = document;
  if (!known) return document;
  const names = new Set(copied.preferences.map(nameOf));
  const preferences = known.preferences.filter((entry) => !names.has(nameOf(entry)));
  const { revision, ...times } = known;
  const profile = revision !== undefined && revision > (copied.revision ?? 0) ? { revision } : {};
  if (preferences.length === 0 && profile.revision === undefined) return rest;
  return { ...rest, uncopied: { ...times, ...profile, preferences } };
}

function nameOf({ scope, channel, state, at }: Uncopied["preferences"][number]): string {
  return JSON.stringify([scope, channel, state, at]);
}
