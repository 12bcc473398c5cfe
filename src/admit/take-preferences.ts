import { withPreference } from "./change-profile.ts";
import type { KeptPreference, RecipientDocument } from "./document.ts";
import { hasNoRoom } from "./keep-data.ts";

/** The document with entries added, and, where there are any, the places of those that found no room and of those that said nothing new. */
export interface TakenPreferences {
  readonly document: RecipientDocument;
  readonly refused?: readonly number[];
  readonly unchanged?: readonly number[];
}

/**
 * Adds entries one by one, whoever it is: one that finds no room is refused alone. Where none says anything new it is the same document.
 * `sealed` is the recipient's id.
 */
export function takePreferences(document: RecipientDocument, sealed: string, entries: readonly KeptPreference[]): TakenPreferences {
  const [refused, unchanged]: [number[], number[]] = [[], []];
  let next = document;
  for (const [at, entry] of entries.entries()) {
    const preferences = withPreference(next.preferences, entry);
    if (preferences === next.preferences) {
      unchanged.push(at);
      continue;
    }
    const taken = { ...next, id: next.id ?? sealed, preferences };
    if (hasNoRoom(next, taken)) refused.push(at);
    else next = taken;
  }
  return { document: next, ...(refused.length > 0 ? { refused } : {}), ...(unchanged.length > 0 ? { unchanged } : {}) };
}
