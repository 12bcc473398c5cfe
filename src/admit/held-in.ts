import type { RecipientDocument } from "./document.ts";
import { isKnown } from "./erase.ts";
import type { Held } from "./recipient-commands.ts";

/** Who it is and what they want, as a document has it. */
export function heldIn(document: RecipientDocument): Held {
  const { profile, preferences, uncopied, erased } = document;
  return {
    ...(profile ? { profile } : {}),
    preferences,
    known: isKnown(document),
    revision: profile?.revision ?? erased?.revision ?? 0,
    ...(uncopied ? { uncopied_since: uncopied.since } : {}),
  };
}
