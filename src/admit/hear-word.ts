import type { ToldAnswer, ToldReturned } from "../deliver/recipient-port.ts";
import { isFinal, stateOf } from "../settle/message-state.ts";
import { nextOf } from "../settle/next-attempt.ts";
import { takeReceipt, tidied } from "../settle/take-receipt.ts";
import type { Timing } from "../settle/timing.ts";
import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import type { Attempt, Message, MessageState } from "../vocabulary/message.ts";
import type { Aimed } from "./find-attempt.ts";

/** The message with one word more and the state that follows; the same where it says nothing new, undefined where it is not its. */
export function hearWord(aimed: Aimed, now: number, timing: Timing): Message | undefined {
  const { message } = aimed;
  const told = withWord(aimed, now);
  if (!told) return undefined;
  const settled = settledAs(message, told, now, timing);
  return JSON.stringify(settled) === JSON.stringify(message) ? message : settled;
}

function withWord({ message, word, guessed }: Aimed, now: number): Message | undefined {
  switch (word.kind) {
    case "answer":
      return withAnswer(message, word, now);
    case "returned":
      return withReturned(message, word, now);
    case "blocked":
      return withReturned(message, { ...word, kind: "returned", until: now }, now);
    case "receipt": {
      const attempts = takeReceipt(message.attempts, word, guessed);
      return attempts && { ...message, attempts: [...attempts] };
    }
  }
}

/** An attempt has one answer, the first. */
function withAnswer(message: Message, word: ToldAnswer, now: number): Message | undefined {
  const at = message.attempts.findIndex((attempt) => attempt.n === word.n);
  const attempt = message.attempts[at];
  if (!attempt) return undefined;
  if (attempt.answer) return message;
  const reference = word.answer.kind === "taken" ? word.answer.reference : undefined;
  const answered = tidied({
    ...withoutGuess(attempt, word.answer),
    carrier: word.carrier,
    answer: word.answer,
    answered_at: now,
    untried: word.untried,
    open: word.open,
    ...(reference === undefined ? {} : { reference }),
    ...(word.cost === undefined ? {} : { cost: word.cost }),
    ...(word.watched ? { watched: word.watched } : {}),
  });
  return { ...message, attempts: message.attempts.with(at, answered) };
}

/** The answer shows whether receipts that were guessed to be this attempt's are: another reference, or a "no", and they are not. */
function withoutGuess({ guessed, ...attempt }: Attempt, answer: CarrierAnswer): Attempt {
  if (!guessed || answer.kind === "unclear") return attempt;
  if (answer.kind === "taken" && (answer.reference === undefined || answer.reference === attempt.reference)) return attempt;
  const { reference: _, ...rest } = attempt;
  return { ...rest, receipts: [] };
}

/** A wait that is as good as none keeps nobody off: clocks differ by more. In milliseconds. */
const HELD_AT_LEAST_MS = 1_000;

/**
 * No call was made: the attempt never was, and its number is not given out again. Who returns it puts it back by itself, so until
 * then other copies of it are absorbed. What has an answer, or a receipt, was called after all.
 */
function withReturned(message: Message, { n, until }: ToldReturned, now: number): Message {
  const attempt = message.attempts.find((one) => one.n === n);
  if (!attempt || attempt.answer || attempt.receipts.length > 0) return message;
  const held = attempt === message.attempts.at(-1) && until > now + HELD_AT_LEAST_MS;
  return {
    ...message,
    attempts: message.attempts.filter((one) => one !== attempt),
    last_n: Math.max(message.last_n ?? 0, n),
    ...(held ? { held_until: until } : {}),
  };
}

/**
 * The state that follows. What was final does not begin anew: a late "not sent" closes the message instead of sending it back to its
 * lane. Only `unknown` may: where a receipt shows that its channel failed, the next one follows whether the receipt came early or late.
 */
function settledAs(before: Message, told: Message, now: number, timing: Timing): Message {
  const was = stateOf(before, now, timing);
  const state = stateOf(told, now, timing);
  const anew = isFinal(was) && nextOf(told, now, timing).kind === "attempt" && !(was === "unknown" && state === "sent");
  return anew ? closedAs(told, now, timing) : named({ ...told, state }, was);
}

/** The message with no further attempt, and the state that it then has. */
export function closedAs(message: Message, now: number, timing: Timing): Message {
  const closed: Message = { ...message, closed: true };
  return named({ ...closed, state: stateOf(closed, now, timing) }, message.state);
}

/** What was stopped, and as it turns out had not been sent, ends by what stopped it. */
function named(message: Message, was: MessageState): Message {
  if (message.state !== "failed" || was === "failed" || !message.stopped) return message;
  return message.stopped === "verified"
    ? { ...message, state: "suppressed", reason: "verified" }
    : { ...message, state: "canceled", reason: "canceled" };
}
