import type { RecipientDocument } from "./document.ts";

/** Whether a plan was made by an older catalog than one that this recipient has been decided by. One that does not say is taken. */
export function isOutdated({ activation: seen = 0 }: RecipientDocument, activation: number | undefined): boolean {
  return activation !== undefined && activation < seen;
}

/** Remembers the newest catalog, with what changed anyway: by itself it is not worth a row. */
export function withActivation(before: RecipientDocument, after: RecipientDocument, activation: number | undefined): RecipientDocument {
  return after === before || activation === undefined || activation === before.activation ? after : { ...after, activation };
}
