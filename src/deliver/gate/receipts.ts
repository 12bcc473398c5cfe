import type { WatchedReceipt } from "./reservation.ts";

/** A message whose receipt is watched for. `at`: when it was taken. `delivered`: what its receipt said; undefined before it came. */
interface Watched {
  readonly id: string;
  readonly at: number;
  readonly delivered?: boolean;
}

/** What the receipts of some messages say of a carrier. Memory only. Instants and times in milliseconds. */
export interface Receipts {
  /** Of messages that were taken before, receipts may have come unheard. */
  readonly since: number;
  /** In the order in which they were told. */
  readonly watched: readonly Watched[];
  /** Receipts that came before their messages were told of. */
  readonly early: readonly WatchedReceipt[];
  /** How long the last deliveries took. */
  readonly took: readonly number[];
  /** The last slot that is watched. */
  readonly slot_at: number;
}

export function newReceipts(now: number): Receipts {
  return { since: now, watched: [], early: [], took: [], slot_at: Number.NEGATIVE_INFINITY };
}

const REMEMBERED = 200;
const TIMES_REMEMBERED = 50;
/** Of a carrier that has shown fewer deliveries it is not known how long they take. */
const TIMES_LEAST = 10;
const USUAL_LEAST_MS = 10_000;
const USUAL_MOST_MS = 600_000;
const WATCH_EVERY_MS = 1_000;
/** Half of what is remembered may be on its way, so that there are enough whose time is over. */
const ON_THE_WAY = 100;

const JUDGED = 50;
const MISSING_HALF = 0.15;
const MISSING_WELL = 0.1;

/** Twice the time in which nine of ten deliveries are reported; undefined where too few were seen. */
export function usualTime({ took }: Receipts): number | undefined {
  if (took.length < TIMES_LEAST) return undefined;
  const sorted = [...took].sort((a, b) => a - b);
  const slow = sorted[Math.ceil(0.9 * sorted.length) - 1] ?? 0;
  return Math.min(Math.max(2 * slow, USUAL_LEAST_MS), USUAL_MOST_MS);
}

/** Whether a slot at this instant is to be watched: about one a second, twice as many while the carrier is judged anew. */
export function watches(receipts: Receipts, at: number, half: boolean): boolean {
  const every = Math.max(WATCH_EVERY_MS, (usualTime(receipts) ?? 0) / ON_THE_WAY);
  return Math.abs(at - receipts.slot_at) >= (half ? every / 2 : every);
}

/** Messages that were taken, and whose receipts are expected. */
export function withWatched(before: Receipts, taken: readonly { readonly id: string; readonly at: number }[]): Receipts {
  let receipts = before;
  for (const message of taken) {
    if (message.at < before.since) continue;
    const early = receipts.early.find(({ id }) => id === message.id);
    receipts = { ...receipts, watched: [...receipts.watched, message].slice(-REMEMBERED) };
    if (early) receipts = hear({ ...receipts, early: receipts.early.filter((each) => each !== early) }, early);
  }
  return receipts;
}

export function hear(receipts: Receipts, receipt: WatchedReceipt): Receipts {
  const { watched, early, took } = receipts;
  const message = watched.find(({ id }) => id === receipt.id);
  if (!message) return { ...receipts, early: [...early.filter(({ id }) => id !== receipt.id), receipt].slice(-REMEMBERED) };
  // Delivered outweighs what was said before; the first word is the one that says how long it took.
  if (message.delivered === true || message.delivered === receipt.delivered) return receipts;
  return {
    ...receipts,
    watched: watched.map((each) => (each === message ? { ...each, delivered: receipt.delivered } : each)),
    took: receipt.delivered ? [...took, Math.max(0, receipt.at - message.at)].slice(-TIMES_REMEMBERED) : took,
  };
}

/** Deliveries are missing that should long have been reported: 15 % of the last 50 whose usual time is over. */
export function areMissing(receipts: Receipts, now: number): boolean {
  const judged = judgedBy(receipts, now);
  return judged.length >= JUDGED && missingOf(judged) >= MISSING_HALF * judged.length;
}

/**
 * They come again: of 50 in a row that were taken since then, fewer than 10 % have no delivered receipt. In a row, so that those
 * which are delivered soon do not speak for those which are not.
 */
export function areWell({ watched }: Receipts, since: number): boolean {
  const taken = watched.filter(({ at }) => at >= since);
  for (let first = 0; first + JUDGED <= taken.length; first++)
    if (missingOf(taken.slice(first, first + JUDGED)) < MISSING_WELL * JUDGED) return true;
  return false;
}

/** How many of those that are judged now are missing. */
export function countMissing(receipts: Receipts, now: number): number {
  return missingOf(judgedBy(receipts, now));
}

/** Begins anew, but knows how long deliveries take. */
export function anew({ took, slot_at }: Receipts, now: number): Receipts {
  return { ...newReceipts(now), took, slot_at };
}

function judgedBy(receipts: Receipts, now: number): readonly Watched[] {
  const usual = usualTime(receipts);
  return usual === undefined ? [] : receipts.watched.filter(({ at }) => now >= at + usual).slice(-JUDGED);
}

function missingOf(watched: readonly Watched[]): number {
  return watched.filter(({ delivered }) => delivered !== true).length;
}
