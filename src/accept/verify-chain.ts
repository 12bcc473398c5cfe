import type { ChainEnd, ChainPage, ChainRow } from "../store/audit-pages.ts";

/**
 * What is wrong at a place of a chain. `changed`: what stands there is not what was written; `missing`: what was written is not
 * there; `moved`: what stands there was written at another place.
 */
export interface ChainFault {
  readonly ok: false;
  readonly at: number;
  readonly what: "changed" | "missing" | "moved";
  readonly detail: string;
}

/** So many rows follow one another as they were written, up to `through`. */
export interface ChainSound {
  readonly ok: true;
  readonly rows: number;
  readonly through: number;
}

/** The hash that a row must have after the row with the hash `before`. */
export type HashOf = (before: string, row: ChainRow) => Promise<string>;

const START: ChainEnd = { seq: 0, hash: "" };

/**
 * Verifies a page of a chain that follows the row at `after` (0: the beginning), its end against the head where nothing follows, and
 * the row at the place of `expected`, a head that somebody noted earlier. The first fault is told.
 */
export async function verifyChain(
  after: number,
  page: ChainPage,
  expected: ChainEnd | undefined,
  hashOf: HashOf,
): Promise<ChainSound | ChainFault> {
  const start = after === 0 ? START : page.before;
  if (!start) return fault(after, "missing", "There is no row at the place to go on from.");
  let before = start.hash;
  for (const [index, row] of page.rows.entries()) {
    const place = after + index + 1;
    if (row.seq > place) return fault(place, "missing", `The row after ${place - 1} is ${row.seq}.`);
    if (row.seq !== place) return fault(place, "changed", "The row's number is none that was given.");
    if ((await hashOf(before, row)) !== row.hash)
      return (await wasElsewhere(row, page.rows, start, hashOf))
        ? fault(place, "moved", "The row was written at another place.")
        : fault(place, "changed", "The row, or its link to the row before, is not what was written.");
    before = row.hash;
  }
  const through = after + page.rows.length;
  const wrongEnd = page.more ? undefined : faultOfEnd({ seq: through, hash: before }, page.head);
  return wrongEnd ?? faultOfNoted(page.noted, expected) ?? { ok: true, rows: page.rows.length, through };
}

function fault(at: number, what: ChainFault["what"], detail: string): ChainFault {
  return { ok: false, at, what, detail };
}

/** Whether a row has the hash of another place of this page: its neighbours' hashes may have been moved with it. */
async function wasElsewhere(row: ChainRow, rows: readonly ChainRow[], start: ChainEnd, hashOf: HashOf): Promise<boolean> {
  const ends: readonly ChainEnd[] = [start, ...rows];
  for (const [index, { seq }] of rows.entries()) {
    for (const before of ends.slice(index, index + 2)) if ((await hashOf(before.hash, { ...row, seq })) === row.hash) return true;
  }
  return false;
}

function faultOfEnd({ seq, hash }: ChainEnd, head: ChainEnd | undefined): ChainFault | undefined {
  if (!head) return seq === 0 ? undefined : fault(seq, "missing", "The chain's head is gone: nothing says that it ends here.");
  if (head.seq > seq) return fault(seq + 1, "missing", `The chain's head is at ${head.seq}, its last row at ${seq}.`);
  if (head.seq === seq && head.hash === hash) return undefined;
  return fault(seq, "changed", "The chain's head is not the one of its last row.");
}

function faultOfNoted(noted: ChainEnd | undefined, expected: ChainEnd | undefined): ChainFault | undefined {
  if (!expected || expected.seq === 0) return undefined;
  if (!noted) return fault(expected.seq, "missing", "The row that was noted as the head is gone, and perhaps others after it.");
  if (noted.hash === expected.hash) return undefined;
  return fault(expected.seq, "changed", "The row that was noted as the head has another hash: the chain was written anew.");
}
