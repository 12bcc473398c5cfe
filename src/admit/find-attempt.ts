import type { Told, ToldReceipt } from "../deliver/recipient-port.ts";
import { reportsOn } from "../settle/take-receipt.ts";
import type { Attempt, Message } from "../vocabulary/message.ts";

/** A word and the message that it is about. `guessed`: the word named none, and only one attempt fits. */
export interface Aimed {
  readonly message: Message;
  readonly word: Told;
  readonly guessed: boolean;
}

interface Found {
  readonly message: Message;
  readonly attempt: Attempt;
}

/** Whether a receipt that names no message may be of an attempt that has no reference yet; asked only where one is there. */
export type MayGuess = (reference: string | undefined) => boolean;

/**
 * The message that a word is about. A receipt without an id is of the attempt with its carrier, its reference and one of its
 * numbers: a call for many gives all of them one reference. Where none has that, it came before the answer or the answer was lost,
 * and it is of the one attempt that still waits for a reference; where several do, or several people share the number, of none.
 */
export function aimOf(messages: readonly Message[], word: Told, mayGuess: MayGuess): Aimed | undefined {
  if (word.kind !== "receipt" || word.id !== undefined) {
    const message = messages.find(({ id }) => id === word.id);
    return message && { message, word, guessed: false };
  }
  const theirs = attemptsTo(messages, word);
  const known = theirs.findLast(({ attempt }) => attempt.reference !== undefined && attempt.reference === word.reference);
  if (known) return aimedAt(known, word, known.attempt.guessed ?? false);
  const nameless = word.shared ? [] : theirs.filter(({ attempt }) => waitsForReference(attempt));
  const [only] = nameless;
  return only && nameless.length === 1 && mayGuess(word.reference) ? aimedAt(only, word, true) : undefined;
}

function aimedAt({ message, attempt }: Found, word: ToldReceipt, guessed: boolean): Aimed {
  return { message, word: { ...word, id: message.id, attempt: attempt.n }, guessed };
}

/** Attempts of this carrier, or of one that is not known, to one of these numbers. */
function attemptsTo(messages: readonly Message[], receipt: ToldReceipt): Found[] {
  const { addresses = [] } = receipt;
  return messages.flatMap((message) =>
    message.attempts
      .filter((attempt) => reportsOn(receipt, attempt))
      .filter(({ address }) => address !== undefined && addresses.includes(address))
      .map((attempt) => ({ message, attempt })),
  );
}

/** One that was taken waits too, where the carrier's answer named no message. */
function waitsForReference({ reference, answer, receipts }: Attempt): boolean {
  if (reference !== undefined) return false;
  return answer === undefined || answer.kind === "unclear" || (answer.kind === "taken" && receipts.length === 0);
}
