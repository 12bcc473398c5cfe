import type { Refusal } from "./call.ts";
import type { Strike } from "./faults.ts";

/** An answer that says nothing about the message: silence first, then a status as a proxy or a broken vendor gives it. */
export interface Breakage {
  fault: string;
  status: number;
  hang_ms: number;
}

/** What the rules do to the callbacks of a message that is taken. */
export interface ReceiptEffects {
  /** None is posted. */
  lost: boolean;
  /** How often each receipt is posted. */
  times: number;
  /** The final one first. */
  reordered: boolean;
  /** Posted before the call is answered; no delay counts then. */
  early: boolean;
  /** On top of the usual delays. The status that a query shows does not wait for it. */
  delay_ms: number;
  /** The handset never gets the message. */
  undelivered?: { status: "undelivered" | "failed"; error_code?: number | string };
}

/** All that the rules do to one call. Waiting adds up; where two rules exclude each other, the earlier one wins. */
export interface FaultEffects {
  /** Names of the faults that struck. */
  names: string[];
  latency_ms: number;
  /** The message is not taken. */
  before?: Breakage;
  /** The message is taken and the caller does not learn it. */
  after?: Breakage;
  /** Without a code: too fast, in the vendor's own code. */
  refusal?: Partial<Refusal>;
  receipts: ReceiptEffects;
}

export function combineFaults(strikes: readonly Strike[]): FaultEffects {
  const effects: FaultEffects = {
    names: strikes.map(({ rule }) => rule.fault),
    latency_ms: 0,
    receipts: { lost: false, times: 1, reordered: false, early: false, delay_ms: 0 },
  };
  for (const { rule } of strikes) applyRule(effects, rule);
  return effects;
}

/** Exhaustive: a new fault does not compile until it has an effect here. */
function applyRule(effects: FaultEffects, rule: Strike["rule"]): void {
  const { receipts } = effects;
  switch (rule.fault) {
    case "latency":
      effects.latency_ms += rule.ms;
      break;
    case "status_429":
      effects.refusal ??= rule.retry_after === undefined ? {} : { retry_after: rule.retry_after };
      break;
    case "refuse":
      effects.refusal ??= { code: rule.code };
      break;
    case "status_500_before":
    case "status_503_before":
    case "status_521":
    case "status_530":
      effects.before ??= { fault: rule.fault, status: STATUS[rule.fault], hang_ms: 0 };
      break;
    case "timeout_before":
      effects.before ??= { fault: rule.fault, status: GATEWAY_TIMEOUT, hang_ms: rule.ms };
      break;
    case "status_500_after":
    case "status_503_after":
      effects.after ??= { fault: rule.fault, status: STATUS[rule.fault], hang_ms: 0 };
      break;
    case "timeout_after":
      effects.after ??= { fault: rule.fault, status: GATEWAY_TIMEOUT, hang_ms: rule.ms };
      break;
    case "undelivered":
      receipts.undelivered ??= { status: rule.status, ...(rule.error_code === undefined ? {} : { error_code: rule.error_code }) };
      break;
    case "receipt_lost":
      receipts.lost = true;
      break;
    case "receipt_repeated":
      receipts.times = Math.max(receipts.times, rule.times);
      break;
    case "receipt_reordered":
      receipts.reordered = true;
      break;
    case "receipt_early":
      receipts.early = true;
      break;
    case "receipt_delayed":
      receipts.delay_ms += rule.ms;
      break;
    default:
      rule satisfies never;
  }
}

/** Who waits a hanging call out gets what a proxy in between would say. */
const GATEWAY_TIMEOUT = 504;
const STATUS = {
  status_500_before: 500,
  status_503_before: 503,
  status_500_after: 500,
  status_503_after: 503,
  status_521: 521,
  status_530: 530,
};
