import type { CarrierReceipt } from "../vocabulary/carrier.ts";
import type { Attempt, KeptReceipt } from "../vocabulary/message.ts";

/** A receipt on its way to its attempt. */
export interface ArrivedReceipt extends CarrierReceipt {
  /** The catalog's name of the carrier that reported. */
  readonly carrier: string;
  /** Other names that the catalog has for the same account: a vendor reports all of an account's messages to one address. */
  readonly also?: readonly string[];
  /** The attempt, where the callback's URL names it. */
  readonly attempt?: number;
  /** When it came in, in milliseconds; stands in where the carrier does not say when it happened. */
  readonly arrived_at: number;
}

/** So many distinct receipts of one attempt are kept; a carrier reports a handful. */
const RECEIPTS_MAX = 32;
const RANK = { undelivered: 0, delivered: 1, sent: 2 } as const;

/**
 * The attempts with one receipt more, or undefined where it belongs to none of them: it names another attempt, another
 * carrier, or a reference that is not this attempt's. `guessed`: it named no message, and the attempt is the only one that fits.
 */
export function takeReceipt(attempts: readonly Attempt[], receipt: ArrivedReceipt, guessed = false): readonly Attempt[] | undefined {
  const belongs = (attempt: Attempt): boolean =>
    (receipt.attempt === undefined || attempt.n === receipt.attempt) &&
    reportsOn(receipt, attempt) &&
    (attempt.reference === undefined || receipt.reference === undefined || attempt.reference === receipt.reference);
  const own = attempts.findLast((attempt) => attempt.reference === receipt.reference && belongs(attempt)) ?? attempts.findLast(belongs);
  if (!own) return undefined;
  const { guessed: _, ...known } = own;
  const taken = tidied({
    ...known,
    carrier: own.carrier ?? receipt.carrier,
    ...(receipt.reference === undefined ? {} : { reference: receipt.reference }),
    ...(guessed ? { guessed: true as const } : {}),
    receipts: [...own.receipts, keptOf(receipt)],
  });
  return attempts.map((attempt) => (attempt === own ? taken : attempt));
}

/** Whether it is the attempt's own carrier that reports, or one that may be, where the answer was lost with its name. */
export function reportsOn({ carrier, also = [] }: Pick<ArrivedReceipt, "carrier" | "also">, attempt: Attempt): boolean {
  return attempt.carrier === undefined || attempt.carrier === carrier || also.includes(attempt.carrier);
}

/**
 * Brings an attempt into the one form that does not show in which order things came: each distinct receipt once, at its
 * earliest time, the weightiest first, and no `sent` beside what says as much.
 */
export function tidied(attempt: Attempt): Attempt {
  const distinct = new Map<string, KeptReceipt>();
  for (const receipt of attempt.receipts) {
    const key = JSON.stringify([receipt.status, receipt.part, receipt.parts, receipt.code]);
    const known = distinct.get(key);
    distinct.set(key, known && known.at <= receipt.at ? known : receipt);
  }
  const all = [...distinct.entries()]
    .sort(([a, x], [b, y]) => RANK[x.status] - RANK[y.status] || (a < b ? -1 : 1))
    .map(([, receipt]) => receipt);
  const final = all.filter((receipt) => receipt.status !== "sent");
  const saidElsewhere = attempt.answer?.kind === "taken" || final.length > 0;
  return { ...attempt, receipts: (saidElsewhere ? final : all).slice(0, RECEIPTS_MAX) };
}

function keptOf(receipt: ArrivedReceipt): KeptReceipt {
  return {
    status: receipt.status,
    at: receipt.at ?? receipt.arrived_at,
    ...(receipt.code === undefined ? {} : { code: receipt.code }),
    ...(receipt.part === undefined ? {} : { part: receipt.part }),
    ...(receipt.parts === undefined ? {} : { parts: receipt.parts }),
  };
}
