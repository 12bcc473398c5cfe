import * as z from "zod";
import { type CallCounts, errorPart } from "./calls.ts";
import type { CarrierHealth } from "./reservation.ts";

const breakerCause = z.enum(["errors", "credentials", "balance", "receipts"]);
type BreakerCause = z.infer<typeof breakerCause>;

const begun = { since: z.number(), cause: breakerCause };

/** The breaker as it is kept beyond the memory. Instants in milliseconds. */
export const breaker = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("closed") }),
  z.strictObject({ kind: z.literal("half"), ...begun }),
  z.strictObject({ kind: z.literal("open"), ...begun }),
  z.strictObject({ kind: z.literal("returning"), ...begun, opened_at: z.number() }),
]);
export type Breaker = z.infer<typeof breaker>;

/** The probes of an open breaker; memory only. */
export interface Probing {
  /** When the next may be made. */
  readonly next_at: number;
  /** One is out, and counts as failed from then on. */
  readonly until?: number;
}

export const NOT_PROBING: Probing = { next_at: Number.NEGATIVE_INFINITY };

const PROBE_EVERY_MS = 5_000;
const PROBE_LASTS_MS = 15_000;
/** The breaker looks at the calls of so long. */
export const WATCHED_MS = 30_000;
const CALLS_LEAST = 10;
const ERROR_PART = 0.2;
export const STEP_MS = 10_000;
const STEPS = 4;
const CALLS_LEAST_IN_STEP = 3;
const HALF_SHARE = 0.5;
/** Calls that began before the breaker opened have ended by then: until then a time-out says nothing of the carrier's return. */
const STRAYS_MS = 12_000;

export function healthOf(state: Breaker, probing: Probing, now: number): CarrierHealth {
  switch (state.kind) {
    case "closed":
      return { breaker: "closed", share: 1 };
    case "half":
      return { breaker: "half", share: HALF_SHARE };
    case "open":
      return { breaker: "open", share: 0, probe_at: Math.max(probing.next_at, state.since + PROBE_EVERY_MS, probing.until ?? 0) };
    case "returning":
      return { breaker: "returning", share: Math.min(1, (stepOf(state.since, now) + 1) / STEPS) };
  }
}

/** What the breaker is by the time alone: who has come back without trouble is closed. */
export function passTime(state: Breaker, now: number): Breaker {
  return state.kind === "returning" && stepOf(state.since, now) >= STEPS ? { kind: "closed" } : state;
}

/** Since when calls say something of the state as it is: the beginning of a step, or some time ago. */
export function callsCountFrom(state: Breaker, now: number): number {
  return state.kind === "returning" ? state.since + stepOf(state.since, now) * STEP_MS : now - WATCHED_MS;
}

/** So many errors are enough where no call at all is answered. */
const ERRORS_ALONE = 5;

/** Opens where too many calls fail. `calls`: those since `callsCountFrom`. */
export function judgeCalls(state: Breaker, calls: CallCounts, now: number): Breaker {
  if (state.kind === "open") return state;
  const failing = errorPart(calls, state.kind === "returning" ? CALLS_LEAST_IN_STEP : CALLS_LEAST) >= ERROR_PART;
  // A carrier that answers nobody is not waited for until ten have lost their time.
  const silent = calls.answered === 0 && calls.errors >= ERRORS_ALONE;
  return failing || silent ? open("errors", now) : state;
}

export function open(cause: BreakerCause, now: number): Breaker {
  return { kind: "open", since: now, cause };
}

/** Whether an error at this instant may be laid to the carrier as it is now. */
export function isOfNow(state: Breaker, at: number, kind: "unclear" | "other"): boolean {
  if (state.kind !== "returning") return true;
  return at >= (kind === "unclear" ? Math.max(state.since, state.opened_at + STRAYS_MS) : state.since);
}

/** May this caller have the probe? */
export function mayProbe(state: Breaker, probing: Probing, now: number): boolean {
  const { probe_at } = healthOf(state, probing, now);
  return probe_at !== undefined && now >= probe_at;
}

/** A probe went out, for this instant. */
export function probeGiven(at: number): Probing {
  return { next_at: at + PROBE_EVERY_MS, until: at + PROBE_LASTS_MS };
}

/** What a probe came to; word of one that was given up already counts too. */
export function judgeProbe(
  state: Breaker,
  probing: Probing,
  outcome: "healthy" | "failed" | "unused",
  now: number,
): { readonly breaker: Breaker; readonly probing: Probing } {
  if (state.kind !== "open") return { breaker: state, probing };
  switch (outcome) {
    case "healthy":
      return { breaker: { kind: "returning", since: now, cause: state.cause, opened_at: state.since }, probing: NOT_PROBING };
    case "failed":
      return { breaker: state, probing: { next_at: probing.next_at } };
    case "unused":
      return { breaker: state, probing: NOT_PROBING };
  }
}

function stepOf(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / STEP_MS));
}
