import { exactText, join, type Shape, type TextShape, text, type UnknownShape, type Worth, widestAlphabet } from "./shapes.ts";
import { concat, either } from "./text-bound.ts";

/** Between the names of a path that something is known of. */
const STEP = "\u0000";

/**
 * All that may hold at one place of a template, over every data that lead there: what is written so far, what names are worth, and what
 * conditions have told of paths. States are never changed.
 */
export interface State {
  readonly out: TextShape | UnknownShape;
  /** Names of `assign` and `capture`. */
  readonly names: ReadonlyMap<string, Worth>;
  /** Names of the loops around, the innermost last. */
  readonly loops: readonly ReadonlyMap<string, Worth>[];
  readonly facts: ReadonlyMap<string, Worth>;
}

/** Ways through a part of a template. Undefined: there is none. `broken` and `skipped` leave the loop around, or one round of it. */
export interface Ways {
  readonly on?: State | undefined;
  readonly broken?: State | undefined;
  readonly skipped?: State | undefined;
}

export const EMPTY: State = { out: exactText(""), names: new Map(), loops: [], facts: new Map() };

export function pathKey(path: readonly string[]): string {
  return path.join(STEP);
}

export function written(state: State, more: TextShape | UnknownShape): State {
  const { out } = state;
  if (out.kind === "unknown") return state;
  if (more.kind === "unknown") return { ...state, out: more };
  return { ...state, out: text(concat([out.bound, more.bound]), widestAlphabet(out.alphabet, more.alphabet)) };
}

export function named(state: State, name: string, worth: Worth): State {
  return { ...state, names: new Map([...state.names, [name, worth]]), facts: forgotten(state.facts, [name]) };
}

/** In a round of a loop its names stand before all others. */
export function entered(state: State, names: ReadonlyMap<string, Worth>): State {
  return { ...state, loops: [...state.loops, names], facts: forgotten(state.facts, [...names.keys()]) };
}

export function left(state: State): State {
  const [inner, ...outer] = [...state.loops].reverse();
  return { ...state, loops: outer.reverse(), facts: forgotten(state.facts, [...(inner?.keys() ?? [])]) };
}

function forgotten(facts: State["facts"], roots: readonly string[]): State["facts"] {
  const kept = [...facts].filter(([key]) => !roots.some((root) => key === root || key.startsWith(root + STEP)));
  return kept.length === facts.size ? facts : new Map(kept);
}

export function knowing(state: State, facts: State["facts"]): State {
  return facts.size === 0 ? state : { ...state, facts: new Map([...state.facts, ...facts]) };
}

/** Behind a branch holds what held before it, except of names that it has set anew. */
export function behind(state: State | undefined, { facts }: State): State | undefined {
  if (!state || state.facts === facts) return state;
  const kept = [...facts].filter(([key]) => state.facts.has(key));
  return { ...state, facts: kept.length === facts.size ? facts : new Map(kept) };
}

/** The one state or the other. A name that only one of them knows may be missing; only what both have been told holds. */
export function eitherState(a: State | undefined, b: State | undefined, rootOf: (name: string) => Worth): State | undefined {
  if (!a || !b || a === b) return a ?? b;
  const out = eitherOut(a.out, b.out);
  const facts = a.facts === b.facts ? a.facts : new Map([...a.facts].filter(([key, worth]) => b.facts.get(key) === worth));
  return { out, names: eitherNames(a.names, b.names, rootOf), loops: a.loops, facts };
}

function eitherOut(a: State["out"], b: State["out"]): State["out"] {
  if (a === b || a.kind === "unknown") return a;
  if (b.kind === "unknown") return b;
  return { kind: "text", bound: either(a.bound, b.bound), alphabet: widestAlphabet(a.alphabet, b.alphabet) };
}

function eitherNames(a: State["names"], b: State["names"], rootOf: (name: string) => Worth): State["names"] {
  if (a === b) return a;
  const names = new Map<string, Worth>();
  for (const name of new Set([...a.keys(), ...b.keys()])) names.set(name, join(a.get(name) ?? rootOf(name), b.get(name) ?? rootOf(name)));
  return names;
}

/** What is left of a value where a condition has found that it is there and not false, or the opposite. */
export function present(worth: Worth): Worth {
  return worth.flatMap((shape): Shape[] => {
    if (shape.kind === "missing" || shape.kind === "nil") return [];
    return shape.kind === "boolean" ? (shape.is === false ? [] : [{ kind: "boolean", is: true }]) : [shape];
  });
}

export function absent(worth: Worth): Worth {
  return worth.flatMap((shape): Shape[] => {
    if (shape.kind === "missing" || shape.kind === "nil" || shape.kind === "unknown") return [shape];
    return shape.kind === "boolean" && shape.is !== true ? [{ kind: "boolean", is: false }] : [];
  });
}
