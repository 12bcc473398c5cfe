import type { Attempt, KeptReceipt } from "../vocabulary/message.ts";

/**
 * What is known of one carrier call. `calling`: claimed, the answer may still come; `not_sent`: proven; `unclear`: it may
 * have been sent; `sent`: taken by the carrier; `delivered` and `undelivered` are the carrier's last word.
 */
export type AttemptOutcome = "calling" | "not_sent" | "unclear" | "sent" | "delivered" | "undelivered";

/** Reads an attempt. It looks at what is there, never at the order in which it came. */
export function outcomeOf(attempt: Attempt, now: number): AttemptOutcome {
  const reported = reportedBy(attempt.receipts);
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

/** A failed part outweighs delivered ones; all parts must be delivered where the carrier reports part by part. */
function reportedBy(receipts: readonly KeptReceipt[]): "sent" | "delivered" | "undelivered" | undefined {
  if (receipts.length === 0) return undefined;
  if (receipts.some((receipt) => receipt.status === "undelivered")) return "undelivered";
  const delivered = receipts.filter((receipt) => receipt.status === "delivered");
  const parts = Math.max(1, ...receipts.map((receipt) => receipt.parts ?? 1));
  const arrived = new Set(delivered.map((receipt) => receipt.part ?? 1)).size;
  const whole = delivered.some((receipt) => receipt.part === undefined);
  return delivered.length > 0 && (whole || arrived >= parts) ? "delivered" : "sent";
}

/** Whether the person may have got something by this attempt. */
export function mayHaveSent(outcome: AttemptOutcome): boolean {
  return outcome !== "not_sent";
}
