import type { AdmitEntry, AdmitOutcome } from "./admit-events.ts";
import type { Profile, RecipientDocument } from "./document.ts";
import type { Due } from "./wake.ts";

/** Who is asked, and for what. The id is in clear in memory only: conditions may look at it. */
export interface AdmitCommand {
  readonly recipient: { readonly id: string; readonly key: string /** The id, sealed. */; readonly sealed: string };
  /** Of the catalog that planned them; left out where none did. */
  readonly activation?: number;
  readonly entries: readonly AdmitEntry[];
}

export interface AdmitAnswer {
  /** By entry. */
  readonly outcomes: readonly AdmitOutcome[];
  /** The profile as it now stands, to be copied. */
  readonly profile: Profile | undefined;
  /** What should have left its lane long ago: a lost queue is made good when its Recipient is next touched. */
  readonly waiting: readonly Due[];
}

/** Who it is and what they want; `uncopied_since`: D1 has not all of it since then (milliseconds). */
export interface Held extends Pick<RecipientDocument, "profile" | "preferences"> {
  /** Whether anything at all is known of them, if only that they were erased. */
  readonly known: boolean;
  /** The count of changes, erasures among them. */
  readonly revision: number;
  readonly uncopied_since?: number;
}

/** What somebody holds to after entries came; the places of those that found no room and of those that said nothing new, where there are any. */
export interface Preferred extends Held {
  readonly refused?: readonly number[];
  readonly unchanged?: readonly number[];
}

/** A document after a step, and what the step answers. */
export interface Stepped<Results> {
  readonly document: RecipientDocument;
  readonly results: Results;
}

/** All entries alike were not taken. */
export function refusalOf(kind: "full" | "outdated", entries: readonly AdmitEntry[], profile: Profile | undefined): AdmitAnswer {
  return { outcomes: entries.map(() => ({ kind })), profile, waiting: [] };
}
