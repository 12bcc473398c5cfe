import type { Attempt, Message, MessageState } from "../vocabulary/message.ts";
import { type AttemptOutcome, outcomeOf, saysDelivered } from "./attempt-outcome.ts";
import { isEnded, nextOf } from "./next-attempt.ts";
import type { Timing } from "./timing.ts";

const FINAL: ReadonlySet<MessageState> = new Set(["delivered", "undelivered", "failed", "unknown"]);

export function isFinal(state: MessageState): boolean {
  return FINAL.has(state) || isEnded(state);
}

/**
 * A message's state, read from its attempts and the clock alone: any order, repetition or loss of answers and receipts
 * gives the same state. docs/delivery.md draws it.
 */
export function stateOf(message: Message, now: number, timing: Timing): MessageState {
  if (isEnded(message.state) || message.state === "scheduled") return message.state;
  const outcomes = message.attempts.map((attempt) => outcomeOf(attempt, now));
  if (outcomes.includes("delivered")) return "delivered";
  // It was said to have arrived and then not: nothing more is sent, so whatever else is under way waits for no other end.
  if (message.attempts.some((attempt) => saysDelivered(attempt, now))) return "undelivered";
  const goesOn = nextOf(message, now, timing).kind !== "nothing";
  // Once something was taken the state does not go back, whatever is made or tried besides.
  if (outcomes.includes("sent")) return goesOn || !isOverdue(message.attempts, outcomes, now, timing) ? "sent" : "unknown";
  if (goesOn && outcomes.includes("undelivered")) return "sent";
  if (outcomes.includes("calling")) return "sending";
  if (outcomes.includes("unclear")) return goesOn ? "sending" : "unknown";
  if (goesOn) return "queued";
  return outcomes.includes("undelivered") ? "undelivered" : "failed";
}

function isOverdue(attempts: readonly Attempt[], outcomes: readonly AttemptOutcome[], now: number, timing: Timing): boolean {
  return attempts.every((attempt, at) => outcomes[at] !== "sent" || now >= unknownFrom(attempt, timing));
}

/** When an attempt that was taken and has no final receipt stops being waited for. */
export function unknownFrom(attempt: Attempt, timing: Timing): number {
  return attempt.claimed_at + timing.unknown_after_seconds * 1000;
}
