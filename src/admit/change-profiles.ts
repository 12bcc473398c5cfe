import { TAGS_MAX } from "../vocabulary/recipient.ts";
import { changeProfile, type ProfileChange } from "./change-profile.ts";
import type { Profile, RecipientDocument } from "./document.ts";

/** `unknown`: a patch of somebody who is not there; `too_many_tags`: there would be more than one may have. Neither changes anything. */
export type ChangeOutcome = "changed" | "unchanged" | "unknown" | "too_many_tags";

/** What became of each change, in order, and the profile as it now stands, to be copied. */
export interface ChangeAnswer {
  readonly outcomes: readonly ChangeOutcome[];
  readonly profile: Profile | undefined;
}

/** Changes a profile, one change after the other. */
export function changeProfiles(
  document: RecipientDocument,
  changes: readonly ProfileChange[],
): { readonly document: RecipientDocument; readonly outcomes: readonly ChangeOutcome[] } {
  let next = document;
  const outcomes = changes.map((change): ChangeOutcome => {
    if (change.patch && !next.profile) return "unknown";
    const changed = changeProfile(next, change);
    if ((changed.profile?.tags.length ?? 0) > TAGS_MAX) return "too_many_tags";
    const outcome = changed === next ? "unchanged" : "changed";
    next = changed;
    return outcome;
  });
  return { document: next, outcomes };
}
