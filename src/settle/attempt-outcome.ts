import type { Attempt, KeptReceipt } from "../vocabulary/message.ts";

/**
 * What is known of one carrier call. `calling`: claimed, the answer may still come; `not_sent`: proven; `unclear`: it may
 * have been sent; `sent`: taken by the carrier; `delivered` and `undelivered` are the carrier's last word.
 */
export type AttemptOutcome = "calling" | "not_sent" | "unclear" | "sent" | "delivered" | "undelivered";

/** Reads an attempt. It looks at what is there, never at the order in which it came. */
export function outcomeOf(attempt: Attempt, now: number): AttemptOutcome {
  const reported = reportedBy(receiptsOf(attempt, now));
  if (reported) return reported;
  switch (attempt.answer?.kind) {
    case "taken":
      return "sent";
    case "refused":
    case "throttled":
    case "unreachable":
      return "not_sent";
    case "unclear":
      return "unclear";
    case undefined:
      return now < attempt.lease_until ? "calling" : "unclear";
  }
}

/** Receipts that were only guessed to be this attempt's say nothing as long as its answer may still show whose they are. */
function receiptsOf({ receipts, guessed, answer, lease_until }: Attempt, now: number): readonly KeptReceipt[] {
  return guessed && !answer && now < lease_until ? [] : receipts;
}

/** A failed part outweighs delivered ones; all parts must be delivered where the carrier reports part by part. */
function reportedBy(receipts: readonly KeptReceipt[]): "sent" | "delivered" | "undelivered" | undefined {
  if (receipts.length === 0) return undefined;
  if (receipts.some((receipt) => receipt.status === "undelivered")) return "undelivered";
  return saysWhole(receipts) ? "delivered" : "sent";
}

function saysWhole(receipts: readonly KeptReceipt[]): boolean {
  const delivered = receipts.filter((receipt) => receipt.status === "delivered");
  const parts = Math.max(1, ...receipts.map((receipt) => receipt.parts ?? 1));
  const arrived = new Set(delivered.map((receipt) => receipt.part ?? 1)).size;
  return delivered.length > 0 && (delivered.some((receipt) => receipt.part === undefined) || arrived >= parts);
}

/** Whether receipts say that it arrived, even where others contradict them: then nothing more is sent, whatever the state. */
export function saysDelivered(attempt: Attempt, now: number): boolean {
  return saysWhole(receiptsOf(attempt, now));
}

/** Whether the person may have got something by this attempt. */
export function mayHaveSent(outcome: AttemptOutcome): boolean {
  return outcome !== "not_sent";
}
