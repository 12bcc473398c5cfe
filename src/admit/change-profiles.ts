import { TAGS_MAX } from "../vocabulary/recipient.ts";
import { changeProfile, type ProfileChange } from "./change-profile.ts";
import type { Profile, RecipientDocument } from "./document.ts";
import { takePreferences } from "./take-preferences.ts";

/** `unknown`: a patch of somebody who is not there; `too_many_tags`: there would be more than one may have. Neither changes anything. */
export type ChangeOutcome = "changed" | "unchanged" | "unknown" | "too_many_tags";

/** What became of each change, in order, and the profile as it now stands, to be copied. */
export interface ChangeAnswer {
  readonly outcomes: readonly ChangeOutcome[];
  readonly profile: Profile | undefined;
  /** By change, the places of its preferences that found no room: they alone were not taken. Left out by objects with older code. */
  readonly refused?: readonly (readonly number[])[];
}

/** Changes a profile, one change after the other. */
export function changeProfiles(
  document: RecipientDocument,
  changes: readonly ProfileChange[],
): Omit<ChangeAnswer, "profile"> & { readonly document: RecipientDocument } {
  let next = document;
  const refused: (readonly number[])[] = changes.map(() => []);
  const outcomes = changes.map((change, at): ChangeOutcome => {
    if (change.patch && !next.profile) return "unknown";
    const changed = changeProfile(next, { ...change, preferences: [] });
    if ((changed.profile?.tags.length ?? 0) > TAGS_MAX) return "too_many_tags";
    const taken = takePreferences(changed, change.profile.id, change.preferences);
    refused[at] = taken.refused ?? [];
    const outcome = taken.document === next ? "unchanged" : "changed";
    next = taken.document;
    return outcome;
  });
  return { document: next, outcomes, refused };
}
