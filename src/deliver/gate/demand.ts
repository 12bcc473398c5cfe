import { NOTICE_CLASSES, type NoticeClass } from "../../vocabulary/classes.ts";

/** How many slots a second a class asks for, as two means that forget: one is steady, the other sees soon that more are coming. */
interface Asking {
  readonly steady: number;
  readonly quick: number;
  /** When it began, and when it was last asked for, in milliseconds. */
  readonly since: number;
  readonly at: number;
}

export type Demand = Readonly<Partial<Record<NoticeClass, Asking>>>;

/** What was asked so long ago counts by 1/e. */
const STEADY_MS = 10_000;
const QUICK_MS = 2_000;
/** A class that was silent for so long begins anew. */
const SILENT_MS = 30_000;
/** The quick one counts where it is so many times the steady one: it varies too much otherwise. */
const ONSET = 1.4;
/** Parts of the pace that are kept for a class also where nobody asked: the first one comes unforeseen. */
const FLOOR: Readonly<Record<NoticeClass, number>> = { verification: 0.05, transactional: 0.05, service: 0, marketing: 0 };
/** Those who come by chance vary by the root of their number (Poisson); so many of those deviations find room. */
const DEVIATIONS = 3;
/** And no more than this part of what there is. */
const HEADROOM_MOST = 0.25;
/** This part of a window stays free up to its end, since the first codes of many come at once; one slot, where it has ten or more. */
const AT_ONCE = 0.05;
const ONE_OF = 10;

export function rankOf(noticeClass: NoticeClass): number {
  return NOTICE_CLASSES.indexOf(noticeClass);
}

export function withDemand(demand: Demand, noticeClass: NoticeClass, asked: number, now: number): Demand {
  if (asked === 0) return demand;
  const known = demand[noticeClass];
  const { steady, quick, since } = known && now < known.at + SILENT_MS ? forgotten(known, now) : { steady: 0, quick: 0, since: now };
  const more = { steady: steady + (asked * 1000) / STEADY_MS, quick: quick + (asked * 1000) / QUICK_MS, since, at: now };
  return { ...demand, [noticeClass]: more };
}

/** Slots a second that each class asks for. */
export type Rates = Readonly<Record<NoticeClass, number>>;

/** By what was asked, and by how many were told to come about now (`due`). */
export function ratesOf(demand: Demand, due: (noticeClass: NoticeClass) => number, now: number): Rates {
  const rate = (noticeClass: NoticeClass): number => {
    const known = demand[noticeClass];
    return due(noticeClass) + (known ? rateOf(forgotten(known, now), now) : 0);
  };
  return {
    verification: rate("verification"),
    transactional: rate("transactional"),
    service: rate("service"),
    marketing: rate("marketing"),
  };
}

/** Slots a second that the classes above this one ask for. */
export function askedAbove(rates: Rates, noticeClass: NoticeClass): number {
  return classesAbove(noticeClass).reduce((sum, above) => sum + rates[above], 0);
}

/**
 * Of `most` slots, how many are kept for the classes above who are still to come within so many seconds. `booked`: how many of
 * these a class of this rank has already.
 */
export type Keeps = (seconds: number, most: number, booked: (rank: number) => number) => number;

/** As many as the classes above this one ask for and some more, or a floor where they ask for less. */
export function keptAbove(rates: Rates, noticeClass: NoticeClass, perSecond: number): Keeps {
  const above = classesAbove(noticeClass);
  if (above.length === 0) return () => 0;
  const kept = above.map((upper) => Math.max(FLOOR[upper] * perSecond, rates[upper]));
  const floor = perSecond * above.reduce((sum, upper) => sum + FLOOR[upper], 0);
  const deviations = DEVIATIONS * Math.min(1, askedAbove(rates, noticeClass) / floor);
  return (seconds, most, booked) => {
    const expected = kept.reduce((sum, each, rank) => sum + Math.max(0, each * seconds - booked(rank)), 0);
    const headroom = Math.min(deviations * Math.sqrt(expected), HEADROOM_MOST * most);
    return Math.floor(Math.max(most < ONE_OF ? 0 : 1, AT_ONCE * most, expected + headroom));
  };
}

function rateOf({ steady, quick, since }: Asking, now: number): number {
  // A mean over ten seconds of which five have been shows what came in five.
  const seen = 1 - Math.exp(-(Math.max(0, now - since) + QUICK_MS) / STEADY_MS);
  return quick > ONSET * (steady / seen) ? quick : steady / seen;
}

function forgotten({ steady, quick, since, at }: Asking, now: number): Asking {
  const age = Math.max(0, now - at);
  return { steady: steady * Math.exp(-age / STEADY_MS), quick: quick * Math.exp(-age / QUICK_MS), since, at };
}

function classesAbove(noticeClass: NoticeClass): readonly NoticeClass[] {
  return NOTICE_CLASSES.slice(0, rankOf(noticeClass));
}
