import type { ToldAnswer, ToldResult } from "../deliver/recipient-port.ts";
import { followOf, isFinal, nextAttemptAt, stateOf, type Timing } from "../settle/message-state.ts";
import { type ArrivedReceipt, takeReceipt, tidied } from "../settle/take-receipt.ts";
import type { Message } from "../vocabulary/message.ts";
import type { PastRows, RowWrite } from "./book.ts";
import { counts } from "./counted.ts";
import type { Profile, RecipientDocument } from "./document.ts";
import { giveBack, leaveDocument } from "./leave-document.ts";
import type { HistoryRow } from "./recipient-storage.ts";

export type ToldReceipt = ArrivedReceipt & { readonly kind: "receipt"; readonly id: string };
export type Told = ToldAnswer | ToldReceipt;

/** Writes answers and receipts to their attempts. An attempt has one answer, the first; the rest follows from `stateOf`. */
export function tellMessages(
  document: RecipientDocument,
  told: readonly Told[],
  now: number,
  timing: Timing,
): { document: RecipientDocument; results: ToldResult[] } {
  let messages = document.messages;
  let { profile } = document;
  const results = told.map((word): ToldResult => {
    const message = messages.find((candidate) => candidate.id === word.id);
    const settled = message && heard(message, word, now, timing);
    if (!message || !settled) return { id: word.id, matched: false };
    const { state } = settled;
    profile = profile && withRefused(profile, settled, word);
    if (settled !== message) messages = messages.map((other) => (other === message ? settled : other));
    return { id: word.id, matched: true, state, ...againAt(settled, word, now, timing) };
  });
  const same = messages === document.messages && profile === document.profile;
  return { document: same ? document : { ...document, messages, ...(profile ? { profile } : {}) }, results };
}

/** An address that a carrier refused as invalid, blocked or opted out is not tried again. */
function withRefused(profile: Profile, message: Message, word: Told): Profile {
  if (word.kind !== "answer" || word.answer.kind !== "refused" || word.answer.because !== "recipient" || !message.channel) return profile;
  const called = message.attempts.find((attempt) => attempt.n === word.n)?.address;
  const address = profile.addresses[message.channel];
  if (!address || address.hash !== called || address.suppressed !== undefined) return profile;
  const suppressed = { ...address, suppressed: word.answer.code ?? "refused" };
  return { ...profile, revision: profile.revision + 1, addresses: { ...profile.addresses, [message.channel]: suppressed } };
}

/** The message with one word more and the state that follows; the same where it says nothing new, undefined where it is not its. */
function heard(message: Message, word: Told, now: number, timing: Timing): Message | undefined {
  const told = word.kind === "answer" ? withAnswer(message, word, now) : withReceipt(message, word);
  if (!told) return undefined;
  const settled = withState(message, told, now, timing);
  return JSON.stringify(settled) === JSON.stringify(message) ? message : settled;
}

/** What was final does not begin anew: a late "not sent" closes the message instead of sending it back to its lane. */
function withState(before: Message, told: Message, now: number, timing: Timing): Message {
  const state = stateOf(told, now, timing);
  if (!isFinal(before.state) || isFinal(state) || state === "sent") return { ...told, state };
  const closed: Message = { ...told, closed: true };
  return { ...closed, state: stateOf(closed, now, timing) };
}

export interface ToldHistory {
  readonly document: RecipientDocument;
  readonly row: HistoryRow;
  readonly rows: readonly RowWrite[];
  readonly result: ToldResult;
}

/** A late word about a message that has left the document. One that counted and now does not gives its slot back. */
export function tellHistory(
  document: RecipientDocument,
  row: HistoryRow,
  word: Told,
  beside: PastRows,
  now: number,
  timing: Timing,
): ToldHistory {
  const message = row.messages.find(({ id }) => id === word.id);
  const settled = message && heard(message, word, now, timing);
  if (!message || !settled) return { document, row, rows: [], result: { id: word.id, matched: false } };
  const result = { id: word.id, matched: true, state: settled.state };
  if (settled === message) return { document, row, rows: [], result };
  const next = { ...row, messages: row.messages.map((other) => (other === message ? settled : other)) };
  const given = slotMoved(document, message, settled, beside, now);
  return { document: given.document, row: next, rows: given.rows, result };
}

/** A slot is given back when a message counts no more, and taken again when a late word makes it count after all. */
function slotMoved(
  document: RecipientDocument,
  before: Message,
  after: Message,
  beside: PastRows,
  now: number,
): Pick<ToldHistory, "document" | "rows"> {
  if (counts(before.state) && !counts(after.state)) return giveBack(document, before, beside, now);
  if (!counts(before.state) && counts(after.state)) return leaveDocument(document, [after], beside, now);
  return { document, rows: [] };
}

function withAnswer(message: Message, word: ToldAnswer, now: number): Message | undefined {
  const at = message.attempts.findIndex((attempt) => attempt.n === word.n);
  const attempt = message.attempts[at];
  if (!attempt) return undefined;
  if (attempt.answer) return message;
  const reference = word.answer.kind === "taken" ? word.answer.reference : undefined;
  const answered = tidied({
    ...attempt,
    carrier: word.carrier,
    answer: word.answer,
    answered_at: now,
    untried: word.untried,
    open: word.open,
    ...(reference === undefined ? {} : { reference }),
  });
  return { ...message, attempts: message.attempts.with(at, answered) };
}

function withReceipt(message: Message, word: ToldReceipt): Message | undefined {
  const attempts = takeReceipt(message.attempts, word);
  return attempts && { ...message, attempts: [...attempts] };
}

/** Only an answer sends a message back to its lane; a receipt at most makes that needless. */
function againAt(message: Message, word: Told, now: number, timing: Timing): { again_at?: number } {
  const follow = word.kind === "answer" && !message.closed ? followOf(message, now, timing) : undefined;
  if (follow?.kind !== "again" && follow?.kind !== "again_without_receipt") return {};
  const at = nextAttemptAt(message, now, timing);
  return at === undefined ? {} : { again_at: Math.min(at, message.expires_at) };
}
