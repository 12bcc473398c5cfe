import type { Told, ToldResult } from "../deliver/recipient-port.ts";
import { channelOf, nextOf } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import type { Attempt, Message } from "../vocabulary/message.ts";
import { addressBookOf, addressesOf } from "./addresses-of.ts";
import type { Profile, RecipientDocument } from "./document.ts";
import { aimOf, type MayGuess } from "./find-attempt.ts";
import { hearWord } from "./hear-word.ts";

/**
 * Writes answers, receipts and returns to their attempts; the rest follows from `stateOf`. `mayGuess`: that no message which has left
 * the document has the reference.
 */
export function tellMessages(
  document: RecipientDocument,
  told: readonly Told[],
  now: number,
  timing: Timing,
  mayGuess: MayGuess = () => true,
): { document: RecipientDocument; results: ToldResult[] } {
  let messages = document.messages;
  let { profile } = document;
  const results = told.map((word): ToldResult => {
    const aimed = aimOf(messages, word, mayGuess);
    const settled = aimed && hearWord(aimed, now, timing);
    if (!aimed || !settled) return { id: word.id ?? "", matched: false };
    const { message } = aimed;
    profile = profile && withRefused(profile, settled, aimed.word);
    if (settled !== message) messages = messages.map((other) => (other === message ? settled : other));
    return {
      id: message.id,
      matched: true,
      state: settled.state,
      ...againAt(settled, word, now, timing),
      ...watchedBy(message, settled, word),
    };
  });
  const same = messages === document.messages && profile === document.profile;
  return { document: same ? document : { ...document, messages, ...(profile ? { profile } : {}) }, results };
}

/** An address that a carrier refused as invalid, blocked or opted out is not tried again; those of other channels are. */
function withRefused(profile: Profile, message: Message, word: Told): Profile {
  if (word.kind !== "answer" || word.answer.kind !== "refused" || word.answer.because !== "recipient") return profile;
  const called = message.attempts.find((attempt) => attempt.n === word.n);
  const channel = called && channelOf(called, message);
  const address = channel && addressesOf(profile, channel).find(({ hash }) => hash === called.address);
  if (!address || address.suppressed !== undefined) return profile;
  const suppressed = { ...address, suppressed: word.answer.code ?? "refused" };
  const book = addressBookOf((one) =>
    addressesOf(profile, one).map((known) => (one === channel && known === address ? suppressed : known)),
  );
  return { ...profile, ...book, revision: profile.revision + 1 };
}

/** Only who made an attempt, or returned it, puts the message back into its lane; what a receipt starts, the alarm does. */
function againAt(message: Message, word: Told, now: number, timing: Timing): { again_at?: number } {
  if (word.kind === "receipt") return {};
  const next = nextOf(message, now, timing);
  if (next.kind !== "attempt" || (next.by === "alarm" && word.kind === "answer")) return {};
  return { again_at: Math.min(Math.max(next.at, message.held_until ?? 0), message.expires_at) };
}

/** What the carrier's gate wants to hear: what a receipt says of an attempt that it watches, also where it came before the answer. */
export function watchedBy(before: Message, after: Message, word: Told): Pick<ToldResult, "watched"> {
  if (word.kind === "returned" || (word.kind === "receipt" && word.status === "sent")) return {};
  const attempt = after.attempts.find((one, at) => one.watched && isNews(before.attempts[at], one));
  const [first] = attempt?.receipts ?? [];
  if (attempt?.carrier === undefined || !first || first.status === "sent") return {};
  const { at, status } = word.kind === "receipt" ? { at: word.arrived_at, status: word.status } : first;
  return { watched: { carrier: attempt.carrier, at, delivered: status === "delivered" } };
}

function isNews(before: Attempt | undefined, after: Attempt): boolean {
  return !before?.watched || before.receipts.length !== after.receipts.length;
}
