import { DOCUMENT_VERSION, type RecipientDocument } from "./document.ts";
import type { Uncopied } from "./uncopied.ts";

/** Whether anything at all is known of somebody, if only that they were erased. */
export function isKnown(document: RecipientDocument): boolean {
  const { id, profile, preferences, messages, past, erased } = document;
  return (
    id !== undefined || profile !== undefined || preferences.length > 0 || messages.length > 0 || past !== undefined || erased !== undefined
  );
}

/**
 * What is kept of somebody who is erased: that they said "out", to what and when, so that nobody is told after a no who comes again; and
 * the count of changes, higher each time, so that nothing that was taken before passes for newer.
 */
export function eraseDocument(document: RecipientDocument, now: number): RecipientDocument {
  const { profile, erased, activation } = document;
  const revision = Math.max(profile?.revision ?? 0, erased?.revision ?? 0) + 1;
  const uncopied = outsOf(document.uncopied);
  return {
    v: DOCUMENT_VERSION,
    preferences: document.preferences.filter(({ state }) => state === "out"),
    messages: [],
    ...(uncopied ? { uncopied } : {}),
    ...(activation === undefined ? {} : { activation }),
    erased: { at: now, revision },
  };
}

/** What D1 still misses of it: the no, without the address of the network from which it was said. */
function outsOf(uncopied: Uncopied | undefined): Uncopied | undefined {
  const preferences = uncopied?.preferences.filter(({ state }) => state === "out").map(({ ip: _, ...entry }) => entry);
  if (!uncopied || !preferences || preferences.length === 0) return undefined;
  const { revision: _, ...rest } = uncopied;
  return { ...rest, preferences };
}
