/** What calls came to. `errors` are those that failed (`unclear`, `unreachable`), `unclear` is a part of them. */
export interface CallCounts {
  readonly answered: number;
  readonly errors: number;
  readonly unclear: number;
}

/** Counts by stretches of time, oldest first; `from` is where a stretch begins, in milliseconds. */
export type Calls = readonly (CallCounts & { readonly from: number })[];

/** How fine, and for how long; in milliseconds. */
export interface Grain {
  readonly stretch_ms: number;
  readonly kept_ms: number;
}

export function withCalls(calls: Calls, { answered, errors, unclear }: CallCounts, { stretch_ms, kept_ms }: Grain, now: number): Calls {
  if (answered + errors === 0) return calls;
  const from = Math.floor(now / stretch_ms) * stretch_ms;
  const last = calls.at(-1);
  if (!last || last.from < from)
    return [...calls.filter((each) => each.from > now - kept_ms - stretch_ms), { from, answered, errors, unclear }];
  const sum = { from: last.from, answered: last.answered + answered, errors: last.errors + errors, unclear: last.unclear + unclear };
  return [...calls.slice(0, -1), sum];
}

/** The sum of all stretches that end after this instant. */
export function callsSince(calls: Calls, since: number, { stretch_ms }: Grain): CallCounts {
  return calls
    .filter(({ from }) => from + stretch_ms > since)
    .reduce(
      (sum, { answered, errors, unclear }) => ({
        answered: sum.answered + answered,
        errors: sum.errors + errors,
        unclear: sum.unclear + unclear,
      }),
      { answered: 0, errors: 0, unclear: 0 },
    );
}

/** Which part of them failed; 0 where there were fewer than `atLeast`. */
export function errorPart({ answered, errors }: CallCounts, atLeast: number): number {
  return answered + errors < Math.max(1, atLeast) ? 0 : errors / (answered + errors);
}
