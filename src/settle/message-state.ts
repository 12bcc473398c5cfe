import type { Attempt, Message, MessageState } from "../vocabulary/message.ts";
import { type AttemptOutcome, mayHaveSent, outcomeOf } from "./attempt-outcome.ts";
import { type Follow, whatFollows } from "./what-follows.ts";

/** Settings of the deployment that the state machine needs, in seconds. */
export interface Timing {
  readonly unknown_after_seconds: number;
  readonly receipt_wait_seconds: number;
}

/** Ended by a decision and not by a carrier; nothing that comes later changes them. */
const ENDED: ReadonlySet<MessageState> = new Set(["suppressed", "merged", "canceled", "expired"]);
const FINAL: ReadonlySet<MessageState> = new Set([...ENDED, "delivered", "undelivered", "failed", "unknown"]);

export function isFinal(state: MessageState): boolean {
  return FINAL.has(state);
}

/**
 * A message's state, read from its attempts and the clock alone: any order, repetition or loss of answers and receipts
 * gives the same state. docs/delivery.md draws it.
 */
export function stateOf(message: Message, now: number, timing: Timing): MessageState {
  if (ENDED.has(message.state) || message.state === "scheduled") return message.state;
  const outcomes = message.attempts.map((attempt) => outcomeOf(attempt, now));
  if (outcomes.includes("delivered")) return "delivered";
  if (outcomes.includes("sent")) return isOverdue(message.attempts, outcomes, now, timing) ? "unknown" : "sent";
  if (outcomes.includes("calling")) return "sending";
  const again = !message.closed && (message.attempts.length === 0 || goesOn(followOf(message, now, timing)));
  if (outcomes.includes("unclear")) return again ? "sending" : "unknown";
  if (again) return "queued";
  return outcomes.includes("undelivered") ? "undelivered" : "failed";
}

function isOverdue(attempts: readonly Attempt[], outcomes: readonly AttemptOutcome[], now: number, timing: Timing): boolean {
  return attempts.every((attempt, at) => outcomes[at] !== "sent" || now >= unknownFrom(attempt, timing));
}

/** When an attempt that was taken and has no final receipt stops being waited for. */
export function unknownFrom(attempt: Attempt, timing: Timing): number {
  return attempt.claimed_at + timing.unknown_after_seconds * 1000;
}

/** What follows the last attempt; undefined while it has not been made or is under way. */
export function followOf(message: Message, now: number, timing: Timing): Follow | undefined {
  const last = message.attempts.at(-1);
  if (!last) return undefined;
  const outcomes = message.attempts.map((attempt) => outcomeOf(attempt, now));
  const outcome = outcomes.at(-1);
  if (outcome === "calling") return undefined;
  if (outcome !== "unclear" && outcome !== "not_sent") return { kind: "settled" };
  return whatFollows(
    {
      answer: last.answer ?? { kind: "unclear", code: "lost" },
      on_unclear: message.on_unclear,
      untried: last.untried ?? 0,
      open: last.open ?? 1,
      may_have_sent: outcomes.filter(mayHaveSent).length,
      not_sent: outcomes.filter((outcome) => outcome === "not_sent").length,
    },
    timing.receipt_wait_seconds,
  );
}

/** When the next attempt may be made, by what followed the last one; undefined where none may be. */
export function nextAttemptAt(message: Message, now: number, timing: Timing): number | undefined {
  const last = message.attempts.at(-1);
  if (!last) return message.send_at;
  const follow = followOf(message, now, timing);
  if (!follow || !("delay_seconds" in follow)) return undefined;
  return (last.answered_at ?? last.lease_until) + follow.delay_seconds * 1000;
}

function goesOn(follow: Follow | undefined): boolean {
  return follow?.kind === "again" || follow?.kind === "again_without_receipt";
}
