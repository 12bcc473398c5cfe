import type { CarrierAnswer } from "../../vocabulary/carrier.ts";

/**
 * What a vendor's code means in our words. `account` and `balance` refuse the account as a whole, so that its breaker opens at
 * once; `config` refuses this message or destination only.
 */
export type VendorMeaning = "recipient" | "content" | "config" | "account" | "balance" | "throttled" | "unclear";

/** Longest code that an answer may carry. */
export const CODE_MAX = 64;

/** The account cannot send this one; another carrier may, so the carrier is closed for this message only. */
export function noTemplate(valuesBy: "name" | "position"): CarrierAnswer {
  return {
    kind: "refused",
    because: "config",
    code: "no_template",
    detail: `the notice has no template of this carrier with values by ${valuesBy}`,
  };
}

/** The answer for a meaning; `detail` is cut and freed of numbers where the adapter is bound. */
export function answerOf(meaning: VendorMeaning, code: string, detail?: string): CarrierAnswer {
  const wording = { code: code.slice(0, CODE_MAX), ...(detail ? { detail } : {}) };
  if (meaning === "throttled" || meaning === "unclear") return { kind: meaning, ...wording };
  if (meaning === "account") return { kind: "refused", because: "config", account: true, ...wording };
  return { kind: "refused", because: meaning, ...(meaning === "balance" ? { account: true } : {}), ...wording };
}
