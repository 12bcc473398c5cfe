import type { CapRule } from "./notice-rules.ts";

/**
 * Gate 9 for one cap: the first instant, not before `instant`, at which one more message fits. It fits where no window
 * `(s - per, s]` that contains it would hold more than `max`. `taken`: instants of the messages that count, ascending, gone
 * or not, later ones included; all in milliseconds.
 *
 * Any `max` of them that stand in a row, closer together than `per`, keep a new one `per` away on either side: it may stand
 * neither after the last of them less `per` nor before the first of them plus `per`. Both ends rise along the row, so one
 * pass finds the place.
 */
export function firstFit(taken: readonly number[], { max, per_ms }: Pick<CapRule, "max" | "per_ms">, instant: number): number {
  let fits = instant;
  for (let at = 0; at + max <= taken.length; at++) {
    const first = taken[at] ?? 0;
    const last = taken[at + max - 1] ?? 0;
    if (last - first < per_ms && last - per_ms < fits && fits < first + per_ms) fits = first + per_ms;
  }
  return fits;
}
