import * as z from "zod";
import { CARRIERS, type CarrierName, CHANNELS, type Channel } from "./call.ts";

/** Which calls a rule strikes. All that is given must hold. */
const where = {
  carrier: z.enum(CARRIERS).optional(),
  channel: z.enum(CHANNELS).optional(),
  /** Calls that send, which is meant where nothing is said; calls that ask; or both. */
  of: z.enum(["send", "query", "any"]).optional(),
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
/** Twilio's codes are numbers, those of the others words, such as `isv.MOBILE_NUMBER_ILLEGAL`. */
const Code = z.union([z.number().int().min(10_000).max(99_999), z.string().regex(/^[A-Za-z][\w.:-]{0,99}$/)]);
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
  rule("refuse", { code: Code }),
  rule("undelivered", { error_code: Code.optional(), status: z.enum(["undelivered", "failed"]).default("undelivered") }),
  rule("receipt_lost", {}),
  rule("receipt_repeated", { times: z.number().int().min(2).max(20).default(2) }),
  rule("receipt_reordered", {}),
  rule("receipt_early", {}),
  rule("receipt_delayed", { ms: Milliseconds }),
]);
export type FaultRule = z.infer<typeof FaultRule>;

export const FaultSettings = z
  .strictObject({ seed: z.number().int().default(0), rules: z.array(FaultRule).max(100).default([]) })
  .superRefine(({ rules }, context) => {
    for (const [place, found] of rules.entries()) {
      if (found.fault !== "refuse" || codeFits(found.code, found.carrier)) continue;
      const message = "a word is a code of alibaba or tencent, which the rule must name as its carrier; a number is one of twilio";
      context.addIssue({ code: "custom", path: ["rules", place, "code"], message });
    }
  });
export type FaultSettings = z.infer<typeof FaultSettings>;

const codeFits = (code: number | string, carrier: CarrierName = "twilio") => (typeof code === "number") === (carrier === "twilio");

/** What the draw depends on. `occurrence` counts earlier calls with the same To and Body, so that a retry draws anew. */
export interface FaultCall {
  carrier: CarrierName;
  channel: Channel;
  /** Missing: one that sends. */
  of?: "send" | "query";
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
  return drawBatch(settings, [call], struck).texts[0] ?? [];
}

/** The call is struck by these, however many texts it has; the text by all others. */
const OF_THE_CALL = /^(latency|status_|timeout_)/;

/** Who is struck: `texts` has for each text what concerns it, its call's strikes among them; `all` has each strike once. */
export interface BatchStrikes {
  texts: Strike[][];
  all: Strike[];
}

/** Likewise for the texts of one call. What strikes the call is drawn once, by the first text that the rule means. */
export function drawBatch(settings: FaultSettings, texts: readonly FaultCall[], struck: (index: number) => number): BatchStrikes {
  const strikes: BatchStrikes = { texts: texts.map(() => []), all: [] };
  for (const [index, rule] of settings.rules.entries()) {
    let left = rule.first === undefined ? Number.POSITIVE_INFINITY : rule.first - struck(index);
    const meant = texts.flatMap((text, place) => (matches(rule, text) ? [{ text, place }] : []));
    const ofTheCall = OF_THE_CALL.test(rule.fault);
    for (const { text, place } of ofTheCall ? meant.slice(0, 1) : meant) {
      if (left <= 0 || !isDrawn(settings.seed, index, rule, text)) continue;
      left -= 1;
      strikes.all.push({ index, rule });
      for (const [at, found] of strikes.texts.entries()) if (ofTheCall || at === place) found.push({ index, rule });
    }
  }
  return strikes;
}

function matches(rule: FaultRule, call: FaultCall): boolean {
  const { of = "send" } = rule;
  return (
    (of === "any" || of === (call.of ?? "send")) &&
    (rule.carrier === undefined || rule.carrier === call.carrier) &&
    (rule.channel === undefined || rule.channel === call.channel) &&
    (rule.fault !== "refuse" || codeFits(rule.code, call.carrier)) &&
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
