import type { Reseal } from "../support/reseal-texts.ts";
import type { DocumentKeeper } from "./document-keeper.ts";
import { ownName } from "./own-name.ts";
import type { RowPlace } from "./recipient-storage.ts";

export interface ResealAnswer {
  /** So many texts were sealed anew, so many that looked sealed could not be opened. */
  readonly changed: number;
  readonly unreadable: number;
  /** Where to go on; left out where all is done. */
  readonly next?: RowPlace;
}

/** A row may have 2 MB; so much is read by one call beyond it. */
const CHARACTERS_A_CALL = 1_000_000;

/** Seals anew what a Recipient holds: document, rows beside it and history, some rows a call. Writes only rows that change. */
export function resealRecipient(
  keeper: DocumentKeeper,
  name: string | undefined,
  after: RowPlace | undefined,
  reseal: Reseal,
): ResealAnswer {
  const { tenant } = ownName(name);
  let [changed, unreadable] = [0, 0];
  const next = keeper.rewrite(after, CHARACTERS_A_CALL, (text) => {
    const resealed = reseal(text, tenant);
    changed += resealed.changed;
    unreadable += resealed.unreadable;
    return resealed.text;
  });
  return { changed, unreadable, ...(next ? { next } : {}) };
}
