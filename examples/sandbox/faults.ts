import { z } from "zod";

/** Which calls a rule strikes. All that is given must hold. */
const where = {
  /** Part of the matching calls that is struck, 0 to 1; drawn from the seed, not at random. */
  share: z.number().min(0).max(1).optional(),
  /** A whole number, or its beginning followed by `*`. */
  to: z.string().min(1).optional(),
  from: z.string().min(1).optional(),
  account: z.string().min(1).optional(),
  body_contains: z.string().min(1).optional(),
  /** No more than so many strikes. */
  first: z.number().int().positive().optional(),
};

const Milliseconds = z.number().int().min(0).max(600_000);
const rule = <Name extends string, Shape extends z.ZodRawShape>(fault: Name, shape: Shape) =>
  z.strictObject({ fault: z.literal(fault), ...shape, ...where });

export const FaultRule = z.discriminatedUnion("fault", [
  rule("latency", { ms: Milliseconds }),
  rule("status_429", { retry_after: z.number().int().min(0).optional() }),
  rule("status_500_before", {}),
  rule("status_500_after", {}),
  rule("status_503_before", {}),
  rule("status_503_after", {}),
  rule("status_521", {}),
  rule("status_530", {}),
  rule("timeout_before", { ms: Milliseconds.default(60_000) }),
  rule("timeout_after", { ms: Milliseconds.default(60_000) }),
  rule("refuse", { code: z.number().int().min(10_000).max(99_999) }),
  rule("undelivered", {
    error_code: z.number().int().min(10_000).max(99_999).default(30003),
    status: z.enum(["undelivered", "failed"]).default("undelivered"),
  }),
  rule("receipt_lost", {}),
  rule("receipt_repeated", { times: z.number().int().min(2).max(20).default(2) }),
  rule("receipt_reordered", {}),
  rule("receipt_early", {}),
  rule("receipt_delayed", { ms: Milliseconds }),
]);
export type FaultRule = z.infer<typeof FaultRule>;

export const FaultSettings = z.strictObject({
  seed: z.number().int().default(0),
  rules: z.array(FaultRule).max(100).default([]),
});
export type FaultSettings = z.infer<typeof FaultSettings>;

/** What the draw depends on. `occurrence` counts earlier calls with the same To and Body, so that a retry draws anew. */
export interface FaultCall {
  account: string;
  to: string;
  from: string;
  body: string;
  occurrence: number;
}

/** A rule that struck, with its place in the settings. */
export interface Strike {
  index: number;
  rule: FaultRule;
}

/**
 * The rules that strike this call. The same settings and the same call give the same answer on any machine and in any
 * order of the calls; only `first` depends on how often a rule has struck already (`struck`).
 */
export function drawFaults(settings: FaultSettings, call: FaultCall, struck: (index: number) => number): Strike[] {
  return settings.rules.flatMap((rule, index) => {
    const worn = rule.first !== undefined && struck(index) >= rule.first;
    return !worn && matches(rule, call) && isDrawn(settings.seed, index, rule, call) ? [{ index, rule }] : [];
  });
}

function matches(rule: FaultRule, call: FaultCall): boolean {
  return (
    (rule.to === undefined || matchesNumber(rule.to, call.to)) &&
    (rule.from === undefined || matchesNumber(rule.from, call.from)) &&
    (rule.account === undefined || rule.account === call.account) &&
    (rule.body_contains === undefined || call.body.includes(rule.body_contains))
  );
}

function matchesNumber(pattern: string, number: string): boolean {
  return pattern.endsWith("*") ? number.startsWith(pattern.slice(0, -1)) : number === pattern;
}

function isDrawn(seed: number, index: number, { share }: FaultRule, call: FaultCall): boolean {
  if (share === undefined) return true;
  return fraction(JSON.stringify([seed, index, call.to, call.body, call.occurrence])) < share;
}

/** A number in [0, 1) from a text: FNV-1a over its UTF-16 units, then murmur3's finalizer, which spreads short texts. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
