import type { Told, ToldResult } from "../deliver/recipient-port.ts";
import { channelOf, nextOf } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import type { Attempt, Message } from "../vocabulary/message.ts";
import { type HeardBlock, hearBlock } from "./block-address.ts";
import type { Profile, RecipientDocument } from "./document.ts";
import { aimOf, type MayGuess } from "./find-attempt.ts";
import { hearWord } from "./hear-word.ts";
import { suppressAddress } from "./suppress-address.ts";

/**
 * Writes answers, receipts, returns and blocks to their attempts; the rest follows from `stateOf`. `mayGuess`: that no message which has left
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
    const heard: HeardBlock =
      word.kind === "blocked"
        ? hearBlock({ ...document, ...(profile ? { profile } : {}) }, message, settled, word, now, timing)
        : { message: settled, profile: profile && withRefused(profile, settled, aimed.word) };
    profile = heard.profile;
    if (heard.message !== message) messages = messages.map((other) => (other === message ? heard.message : other));
    return {
      id: message.id,
      matched: true,
      state: heard.message.state,
      ...(heard.again_at === undefined ? againAt(heard.message, word, now, timing) : { again_at: heard.again_at }),
      ...watchedBy(message, heard.message, word),
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
  return channel && called.address !== undefined
    ? suppressAddress(profile, channel, called.address, word.answer.code ?? "refused")
    : profile;
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
  if (word.kind === "returned" || word.kind === "blocked" || (word.kind === "receipt" && word.status === "sent")) return {};
  const attempt = after.attempts.find((one, at) => one.watched && isNews(before.attempts[at], one));
  const [first] = attempt?.receipts ?? [];
  if (attempt?.carrier === undefined || !first || first.status === "sent") return {};
  const { at, status } = word.kind === "receipt" ? { at: word.arrived_at, status: word.status } : first;
  return { watched: { carrier: attempt.carrier, at, delivered: status === "delivered" } };
}

function isNews(before: Attempt | undefined, after: Attempt): boolean {
  return !before?.watched || before.receipts.length !== after.receipts.length;
}
