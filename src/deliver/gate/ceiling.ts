import type { Given } from "./calendar.ts";

/**
 * What keeps the pace exact over a loss of memory, with few rows. A gate promises that no second holds more than `quietMost` slots
 * which lie after its kept ceiling; more than that, and it first keeps a ceiling that covers them. A gate that begins without
 * memory knows then: nothing fits before the ceiling and a second more, and after it what it does not know of is at most
 * `quietMost` a second, so it may give `freshMost` itself. Together that is at most the pace plus one.
 */
export interface Start {
  /** When the memory begins. Milliseconds, as all here. */
  readonly at: number;
  /** What the gate before had kept. */
  readonly ceiling: number;
}

export const NO_CEILING = Number.NEGATIVE_INFINITY;

const SECOND_MS = 1_000;
/** Slots lie at most so far ahead: who asks for more patience is given this. */
export const PATIENCE_MOST_MS = 1_000;
/** A clock may differ by so much between two machines. */
const CLOCKS_DIFFER_MS = 1_000;
/** No gate keeps a ceiling that lies further ahead; one that does comes of a clock that was wrong. */
const CEILING_AHEAD_MOST_MS = 65_000;

function quietMost(perSecond: number): number {
  return Math.floor((perSecond + 1) / 2);
}

export function freshMost(perSecond: number): number {
  return Math.floor(perSecond + 1) - quietMost(perSecond);
}

/** The instant from which on a gate without memory may give slots. */
export function freshFrom({ at, ceiling }: Start): number {
  return (ceiling > at + CEILING_AHEAD_MOST_MS ? at + PATIENCE_MOST_MS : ceiling) + SECOND_MS;
}

/** Until then slots of the gate before may lie near, of which this one knows nothing. */
export function freshUntil({ at }: Start): number {
  return at + PATIENCE_MOST_MS + CLOCKS_DIFFER_MS + SECOND_MS;
}

/** Whether some second holds more slots after the ceiling than a gate without memory would reckon with. */
export function needsCeiling(given: readonly Given[], ceiling: number, perSecond: number): boolean {
  const most = quietMost(perSecond);
  return given.some(({ at }, index) => {
    const last = given[index + most];
    return at > ceiling && last !== undefined && last.at < at + SECOND_MS;
  });
}

/** A ceiling that covers a slot, and enough of what follows that one a second is the most that is ever written. */
export function ceilingOver(at: number, perSecond: number): number {
  return Math.ceil(at + Math.max(SECOND_MS, SECOND_MS / perSecond - SECOND_MS));
}
