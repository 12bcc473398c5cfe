import type { CarrierTrouble } from "./reservation.ts";

/** What a carrier's "too fast" leaves behind. Instants in milliseconds. */
export interface Throttle {
  /** Part of the pace that was left after the last cut, from 1/8 to 1. */
  readonly part: number;
  /** When the last cut was made: others that come close behind speak of the same crowd. */
  readonly cut_at: number;
  /** No slot before this. */
  readonly not_before: number;
}

export const NO_THROTTLE: Throttle = { part: 1, cut_at: Number.NEGATIVE_INFINITY, not_before: Number.NEGATIVE_INFINITY };

/** The pace is never less than this, so that nothing divides by zero. Slots a second. */
export const PER_SECOND_LEAST = 0.001;
/** The pace comes back by so much with each second without a further word. */
const STEP = 1 / 8;
const STEP_MS = 1_000;
const LEAST = 1 / 8;
/** Cuts are at least so far apart. */
const ONE_CROWD_MS = 1_000;
/** A Retry-After is kept within these; where none is told, the shortest. */
const PAUSE_LEAST_SECONDS = 1;
const PAUSE_MOST_SECONDS = 60;

/** Halves the pace, and gives nothing before the carrier wants to hear of us again. */
export function throttled(throttle: Throttle, { at, retry_after_seconds = PAUSE_LEAST_SECONDS }: CarrierTrouble, now: number): Throttle {
  const from = Math.min(at, now);
  const seconds = Math.min(Math.max(retry_after_seconds, PAUSE_LEAST_SECONDS), PAUSE_MOST_SECONDS);
  const not_before = Math.max(throttle.not_before, from + seconds * 1000);
  if (from < throttle.cut_at + ONE_CROWD_MS) return { ...throttle, not_before };
  return { part: Math.max(LEAST, partLeft(throttle, now) / 2), cut_at: from, not_before };
}

/** The part of the catalog's pace that may be used now: it recovers by steps, from the end of the pause on. */
export function partLeft({ part, cut_at, not_before }: Throttle, now: number): number {
  if (part === 1) return 1;
  return Math.min(1, part + STEP * Math.max(0, Math.floor((now - Math.max(cut_at, not_before)) / STEP_MS)));
}

/** Slots a second that may be given now; `share`: the part that the breaker lets the carrier have. */
export function paceLeft(throttle: Throttle, perSecond: number, share: number, now: number): number {
  return Math.max(PER_SECOND_LEAST, perSecond * partLeft(throttle, now) * share);
}
