/** A slot that was given. `rank` is its class: 0 is the most urgent. */
export interface Given {
  readonly at: number;
  readonly rank: number;
}

/** The slots of an account or of one sender, in order of time: what was given lately and what is given already. */
export interface Calendar {
  readonly given: readonly Given[];
  /** The newest instant that was forgotten; who knows no more cannot tell what is free within a window of it. */
  readonly forgotten: number;
}

export const EMPTY_CALENDAR: Calendar = { given: [], forgotten: Number.NEGATIVE_INFINITY };

/** Forgets what is older than this instant. */
export function withoutOlder(calendar: Calendar, than: number): Calendar {
  const gone = indexFrom(calendar.given, than);
  const newest = calendar.given[gone - 1];
  return newest ? { given: calendar.given.slice(gone), forgotten: newest.at } : calendar;
}

/** How many slots lie in `[from, to)`. */
export function countBetween({ given }: Pick<Calendar, "given">, from: number, to: number): number {
  return indexFrom(given, to) - indexFrom(given, from);
}

/** Index of the first slot later than this instant. */
export function indexAfter(given: readonly Given[], at: number): number {
  return firstWhere(given, (slot) => slot.at > at);
}

/** Index of the first slot at this instant or later. */
export function indexFrom(given: readonly Given[], at: number): number {
  return firstWhere(given, (slot) => slot.at >= at);
}

/** Index of the first of a sorted list from which on it is so; its length where it never is. */
export function firstWhere<Value>(sorted: readonly Value[], is: (value: Value) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle];
    if (value !== undefined && is(value)) high = middle;
    else low = middle + 1;
  }
  return low;
}
