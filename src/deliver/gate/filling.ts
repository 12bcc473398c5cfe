import { type Calendar, firstWhere, type Given, indexAfter, indexFrom } from "./calendar.ts";

/** Any half-open stretch `[start, start + length_ms)` that holds the new slot holds at most `most(start)`, it included. */
export interface Window {
  readonly length_ms: number;
  readonly most: (start: number) => number;
  /** Binds slots before this instant alone; left out, all. */
  readonly until?: number;
}

/** What a slot must keep to. All in milliseconds. */
export interface Terms {
  readonly rank: number;
  /** From slots of its own class. */
  readonly own_ms: number;
  /** From slots of classes above. */
  readonly above_ms: number;
  /** From slots of classes below, between which it may stand. */
  readonly below_ms: number;
  readonly windows: readonly Window[];
}

/** Sums of instants are off by some 0.0002 ms; the gaps need not be more exact than this, the windows are exact. */
const SLACK_MS = 0.01;

/**
 * A calendar while slots of one class are put into it. A window can be moved on until it begins with a slot and loses none, so only
 * those that begin with a slot are counted. A slot costs a pass over the windows that hold it, a look for a free instant little.
 */
export class Filling {
  readonly #given: Given[];
  readonly #forgotten: number;
  readonly #terms: Terms;
  readonly #counted: readonly Counted[];
  readonly #longest: number;

  constructor({ given, forgotten }: Calendar, terms: Terms) {
    this.#given = [...given];
    this.#forgotten = forgotten;
    this.#terms = terms;
    this.#counted = terms.windows.map((window) => countedBy(window, given));
    this.#longest = Math.max(...terms.windows.map(({ length_ms }) => length_ms));
  }

  /** The first instant from `from` to `until` that keeps to the terms. */
  firstFree(from: number, until: number): number | undefined {
    let at = Math.max(from, this.#forgotten + this.#longest);
    while (at <= until) {
      const after = indexAfter(this.#given, at);
      const moved = this.#pastNeighbours(after, at) ?? this.#pastFull(after, at);
      if (moved === undefined) return at;
      at = moved;
    }
    return undefined;
  }

  add(at: number): void {
    const after = indexAfter(this.#given, at);
    this.#given.splice(after, 0, { at, rank: this.#terms.rank });
    for (const counted of this.#counted) addTo(counted, this.#given, after);
  }

  close(): Calendar {
    return { given: this.#given, forgotten: this.#forgotten };
  }

  /** The nearest later instant that keeps the gap which is broken at `at`; undefined where none is. */
  #pastNeighbours(after: number, at: number): number | undefined {
    const before = this.#given[after - 1];
    if (before && at < before.at + this.#gapTo(before) - SLACK_MS) return before.at + this.#gapTo(before);
    const next = this.#given[after];
    if (next && at > next.at - this.#gapTo(next) + SLACK_MS) return next.at + this.#gapTo(next);
    return undefined;
  }

  #gapTo({ rank }: Given): number {
    const { rank: own, own_ms, above_ms, below_ms } = this.#terms;
    if (rank === own) return own_ms;
    return rank < own ? above_ms : below_ms;
  }

  /** The nearest later instant outside of all windows that are full at `at`; undefined where none is. */
  #pastFull(after: number, at: number): number | undefined {
    for (const { window, full } of this.#counted) {
      const { length_ms, most, until = Number.POSITIVE_INFINITY } = window;
      if (at >= until) continue;
      const last = full[firstWhere(full, (start) => start > at) - 1];
      if (last !== undefined && at < last + length_ms) return last + length_ms;
      if (indexFrom(this.#given, at + length_ms) - after + 1 <= most(at)) continue;
      const next = this.#given[after];
      return next ? next.at + SLACK_MS : Number.POSITIVE_INFINITY;
    }
    return undefined;
  }
}

/** How many slots each window holds that begins with a slot, and how many more it may. */
interface Counted {
  readonly window: Window;
  /** By index of the slot that it begins with: how many more find room. */
  readonly room: number[];
  /** Where the windows begin that have none, in order. */
  readonly full: number[];
}

function countedBy(window: Window, given: readonly Given[]): Counted {
  const room: number[] = [];
  const full: number[] = [];
  let end = 0;
  for (const [first, { at }] of given.entries()) {
    while ((given[end]?.at ?? Number.POSITIVE_INFINITY) < at + window.length_ms) end++;
    const left = window.most(at) - (end - first);
    room.push(left);
    if (left < 1) full.push(at);
  }
  return { window, room, full };
}

/** The slot of this index is new. */
function addTo({ window: { length_ms, most }, room, full }: Counted, given: readonly Given[], index: number): void {
  const at = given[index]?.at ?? 0;
  room.splice(index, 0, most(at) - (indexFrom(given, at + length_ms) - index) + 1);
  for (let first = indexAfter(given, at - length_ms); first <= index; first++) {
    const left = (room[first] ?? 0) - 1;
    room[first] = left;
    // Those that had none before are in the list already; the new one's own is not.
    if (left === 0 || (first === index && left < 0)) addStart(full, given[first]?.at ?? 0);
  }
}

function addStart(full: number[], start: number): void {
  full.splice(
    firstWhere(full, (other) => other > start),
    0,
    start,
  );
}
