/** Time that passes only when nothing is left to do at this instant: an hour of waiting takes as long as its work. */
export class VirtualClock {
  #now: number;
  /** A binary heap by instant, of equal ones in the order in which they were set. */
  readonly #timers: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  #set = 0;

  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  readonly pause = (ms: number): Promise<void> => (ms > 0 ? new Promise((resolve) => this.at(this.#now + ms, resolve)) : Promise.resolve());

  at(instant: number, act: () => void): void {
    const timers = this.#timers;
    timers.push({ at: Math.max(instant, this.#now), order: ++this.#set, act });
    for (let child = timers.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  /** Goes on until this is true, or until nothing is planned any more, or until this instant. */
  async runUntil(done: () => boolean, latest = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done()) return;
      const next = this.#timers[0];
      if (!next || next.at > latest) {
        if (Number.isFinite(latest)) this.#now = Math.max(this.#now, latest);
        return;
      }
      this.#now = Math.max(this.#now, next.at);
      this.#pop().act();
    }
  }

  #pop() {
    const timers = this.#timers;
    const [first] = timers;
    const last = timers.pop();
    if (!first || !last) throw new Error("no timer is set");
    if (timers.length === 0) return first;
    timers[0] = last;
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let least = parent;
      if (left < timers.length && this.#before(left, least)) least = left;
      if (right < timers.length && this.#before(right, least)) least = right;
      if (least === parent) return first;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#timers[a], this.#timers[b]];
    if (!one || !other) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#timers[a], this.#timers[b]];
    if (!one || !other) return;
    this.#timers[a] = other;
    this.#timers[b] = one;
  }
}

/** Numbers from 0 (included) to 1 (excluded), the same for the same seed (mulberry32). */
export function drawsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
