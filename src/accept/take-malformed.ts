import type * as z from "zod";
import { type Issue, issuesOf, pathOf, pointerOf } from "../support/issues.ts";
import type { Losses } from "./losses.ts";

export interface TakingTerms {
  /** Where the value stands. */
  readonly at?: readonly string[];
  readonly losses: Losses;
  /** What goes together with a malformed place: the path to it, or to something that holds it. */
  readonly whole: (path: readonly string[]) => readonly string[];
  /** What stands in for something that is taken, and says nothing by itself; undefined: nothing does. */
  readonly standIn: (path: readonly string[]) => unknown;
}

/** Each round takes what holds the last. */
const ROUNDS_MAX = 8;

/**
 * A value by its schema, without what is malformed in it and, where something means nothing without that, without what holds it. `found`
 * is all that is wrong and does not follow from that; what a schema only looks at where the rest is of good form is among it.
 */
export function takeMalformed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  terms: TakingTerms,
): { readonly data?: z.infer<Schema>; readonly found: readonly Issue[] } {
  const { at = [], losses } = terms;
  const found: Issue[] = [];
  let rest = value;
  for (let round = 0; round < ROUNDS_MAX && rest !== GONE; round++) {
    const parsed = schema.safeParse(rest);
    if (parsed.success) return { data: parsed.data, found };
    const issues = issuesOf(parsed.error);
    const given = issues.map(({ pointer, detail }) => losses.given({ pointer: pointerOf(at) + pointer, detail }));
    found.push(...given.filter(({ pointer }) => !losses.isPartial(pathOf(pointer)) && !losses.isLost(pathOf(pointer))));
    const taken: string[] = [];
    const drops: Drop[] = [];
    rest = without(rest, faultsAt(issues.map(({ pointer }) => terms.whole(pathOf(pointer)))), [], { ...terms, taken, drops });
    for (const pointer of taken) losses.take(pointer);
    for (const { list, places } of drops) losses.dropEntries(list, places);
  }
  return { found };
}

/** What is malformed, as a tree over the value. */
interface Faults {
  isWhole: boolean;
  readonly inner: Map<string, Faults>;
}

function faultsAt(paths: readonly (readonly string[])[]): Faults {
  const root: Faults = { isWhole: false, inner: new Map() };
  for (const path of paths) {
    let node = root;
    for (const step of path) {
      const next = node.inner.get(step) ?? { isWhole: false, inner: new Map() };
      node.inner.set(step, next);
      node = next;
    }
    node.isWhole = true;
  }
  return root;
}

interface Drop {
  readonly list: string;
  readonly places: readonly number[];
}

/** What a round takes; places are those from before it. */
interface Round extends TakingTerms {
  readonly taken: string[];
  readonly drops: Drop[];
}

const GONE = Symbol("gone");

/** A copy of the value without its faults, or what stands in for it; the value itself stays as it is. */
function without(value: unknown, { isWhole, inner }: Faults, path: readonly string[], round: Round): unknown {
  const { at = [], losses, standIn, taken, drops } = round;
  const givenAt = (...steps: readonly PropertyKey[]): string => losses.givenAt(pointerOf([...at, ...path, ...steps]));
  const gone = (): unknown => {
    const pointer = givenAt();
    taken.push(pointer);
    // One that did not do does not do again.
    return (losses.isLost(pathOf(pointer)) ? undefined : standIn([...at, ...path])) ?? GONE;
  };
  const innerOf = (entry: unknown, step: string): unknown => {
    const faults = inner.get(step);
    return faults ? without(entry, faults, [...path, step], round) : entry;
  };
  if (isWhole || value === null || typeof value !== "object") return gone();
  if (Array.isArray(value)) {
    const entries = value.map((entry: unknown, place) => innerOf(entry, String(place)));
    const places = entries.flatMap((entry, place) => (entry === GONE ? [Number(pathOf(givenAt(place)).at(-1))] : []));
    if (places.length > 0) drops.push({ list: givenAt(), places });
    return entries.filter((entry) => entry !== GONE);
  }
  const copy: Record<string, unknown> = { ...value };
  for (const step of inner.keys()) {
    const entry = innerOf(copy[step], step);
    if (entry !== GONE) copy[step] = entry;
    else if (Object.hasOwn(copy, step)) delete copy[step];
    else return gone();
  }
  return copy;
}
