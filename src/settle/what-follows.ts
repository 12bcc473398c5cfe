import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import type { OnUnclear } from "../vocabulary/classes.ts";

/** What is asked when a carrier has answered, or when its answer is lost (which counts as unclear). */
export interface AnsweredCall {
  readonly answer: CarrierAnswer;
  readonly on_unclear: OnUnclear;
  /** Carriers of the route that no attempt of this message has tried and that are not closed. */
  readonly untried: number;
  /** Carriers of the route that are not closed, tried ones included. */
  readonly open: number;
  /** Attempts, this one included, that may have reached the person. */
  readonly may_have_sent: number;
  /** Attempts, this one included, that are proven not sent. */
  readonly not_sent: number;
}

/**
 * `settled`: the carrier has it, receipts say the rest. `fail`: it is over, nothing was sent. `again`: back to the lane.
 * `again_without_receipt`: back to the lane, to be sent only if no receipt has come by then. `stop`: not sent again;
 * unknown unless a receipt comes.
 */
export type Follow =
  | { readonly kind: "settled" | "fail" | "stop" }
  | { readonly kind: "again"; readonly delay_seconds: number }
  | { readonly kind: "again_without_receipt"; readonly delay_seconds: number };

/** A message that may be with the person is sent at most once more, and only where its class allows. */
const MAY_HAVE_SENT_MAX = 2;
const BACKOFF_FIRST_SECONDS = 2;
const BACKOFF_MAX_SECONDS = 300;
/** A carrier that asks for a longer pause is asked again after this one: the message's ttl runs. */
const RETRY_AFTER_MAX_SECONDS = 900;

/** The table of docs/delivery.md: carrier's answer × what the class does when it is unclear → what follows. */
export function whatFollows(call: AnsweredCall, receiptWaitSeconds: number): Follow {
  const { answer } = call;
  switch (answer.kind) {
    case "taken":
      return { kind: "settled" };
    case "refused":
      return afterRefusal(call);
    case "throttled":
      return elsewhereOrLater(call, Math.min(answer.retry_after_seconds ?? 0, RETRY_AFTER_MAX_SECONDS));
    case "unreachable":
      return elsewhereOrLater(call, 0);
    case "unclear":
      return afterUnclear(call, receiptWaitSeconds);
  }
}

/** The carrier refuses the account and not this message: it is closed for the message, other carriers may do. */
export function closesAccount(answer: CarrierAnswer | undefined): boolean {
  return answer?.kind === "refused" && (answer.because === "config" || answer.because === "balance");
}

/** The carrier refuses the account as a whole: people mend that in minutes, and until then its breaker holds everybody back. */
export function refusesAccount(answer: CarrierAnswer | undefined): boolean {
  return closesAccount(answer) && answer?.kind === "refused" && answer.account === true;
}

/** The recipient or the words are at fault: no other carrier would do better. The account is: the next carrier may. */
function afterRefusal(call: AnsweredCall): Follow {
  if (!closesAccount(call.answer)) return { kind: "fail" };
  if (call.open === 0 && !refusesAccount(call.answer)) return { kind: "fail" };
  return elsewhereOrLater(call, 0);
}

/** Proven not sent: another carrier at once, or the same ones after a pause that grows. */
function elsewhereOrLater(call: AnsweredCall, atLeastSeconds: number): Follow {
  if (call.untried > 0) return { kind: "again", delay_seconds: 0 };
  const backoff = Math.min(BACKOFF_FIRST_SECONDS * 2 ** Math.min(call.not_sent - 1, 16), BACKOFF_MAX_SECONDS);
  return { kind: "again", delay_seconds: Math.max(backoff, atLeastSeconds) };
}

function afterUnclear(call: AnsweredCall, receiptWaitSeconds: number): Follow {
  if (call.may_have_sent >= MAY_HAVE_SENT_MAX) return { kind: "stop" };
  switch (call.on_unclear) {
    case "stop":
      return { kind: "stop" };
    case "resend_without_receipt":
      return { kind: "again_without_receipt", delay_seconds: receiptWaitSeconds };
    case "elsewhere":
      return { kind: "again", delay_seconds: 0 };
  }
}
