import { AssignTag, CaptureTag, type ForTag, type Template } from "liquidjs";
import { exactNumber, numberArgument } from "./filter-call.ts";
import { type Analysis, readToken } from "./read-values.ts";
import { type ListShape, list, numbers, type Shape, type UnknownShape, unknown, type Worth } from "./shapes.ts";
import { eitherState, entered, left, named, type State, type Ways, written } from "./state.ts";

/** More rounds are not looked at one by one. */
const ROUNDS_MAX = 100;

type RootOf = (name: string) => Worth;
type RunBody = (parts: readonly Template[], from: State) => Ways;
interface LoopRun extends Analysis {
  readonly rootOf: RootOf;
}

export function eitherWays(a: Ways, b: Ways, rootOf: RootOf): Ways {
  return {
    on: eitherState(a.on, b.on, rootOf),
    broken: eitherState(a.broken, b.broken, rootOf),
    skipped: eitherState(a.skipped, b.skipped, rootOf),
  };
}

/** A loop round by round: it may end after each that the list may have as its last. */
export function runLoop(tag: ForTag, start: State, run: LoopRun, body: RunBody): Ways {
  const ways = readToken(tag.collection, start, run, false).map((shape) => {
    const items = itemsOf(shape, run);
    return items ? runItems(tag, items, start, run, body) : {};
  });
  return ways.reduce((a, b) => eitherWays(a, b, run.rootOf), {});
}

/** Lists are gone through, and maps by their fields, whose order and number nothing tells. */
function itemsOf(shape: Shape, run: LoopRun): ListShape | UnknownShape | undefined {
  if (shape.kind === "list" || shape.kind === "unknown") return shape;
  if (shape.kind === "object") return list(0, shape.fields.size, [pairOf(shape.from)], shape.from);
  run.fault(`for takes a list, and is given ${shape.kind === "nil" || shape.kind === "missing" ? "nothing" : `a ${shape.kind}`}`);
  return undefined;
}

/** A field of a map: its name and its value. */
function pairOf(from: string): Shape {
  return list(2, 2, [unknown(from, "is a map; write its fields by their names")], from);
}

function runItems(tag: ForTag, items: ListShape | UnknownShape, start: State, run: LoopRun, body: RunBody): Ways {
  if (items.kind === "unknown") return runUncounted(tag, items, [items], start, body);
  const none = items.min === 0 ? body(tag.elseTemplates, start) : {};
  if (items.max === 0) return none;
  const { least, most } = roundsOf(tag, items, start, run);
  if (most > ROUNDS_MAX) {
    const variable = items.from || "this";
    const why = `may have ${most === Number.POSITIVE_INFINITY ? "any number of" : most} rounds; add limit: ${ROUNDS_MAX} at most to the for`;
    return eitherWays(none, runUncounted(tag, unknown(variable, why), items.item, start, body), run.rootOf);
  }
  return eitherWays(none, runRounds(tag, { item: items.item, least, most }, start, run, body), run.rootOf);
}

/** How many rounds there are of a list that is not empty. */
function roundsOf(tag: ForTag, { min, max }: ListShape, state: State, run: LoopRun): { least: number; most: number } {
  const { offset, limit } = tag.hash.hash;
  let [least, most] = [min, max];
  const option = (name: string): boolean => Object.hasOwn(tag.hash.hash, name);
  if (option("offset")) {
    // `offset: continue` goes on where a loop before has ended, and one that counts from the end may leave any number.
    const worth = offset && offset.getText() !== "continue" ? readToken(offset, state, run, false) : undefined;
    const from = exactNumber(worth);
    least = 0;
    if (from !== undefined && from >= 0) most = Math.max(0, max - Math.trunc(from));
  }
  if (option("limit")) {
    const range = limit && numberArgument(readToken(limit, state, run, false));
    least = 0;
    if (range && range.min >= 0) most = Math.min(most, Math.trunc(range.max));
  }
  return { least, most };
}

interface Rounds {
  readonly item: Worth;
  readonly least: number;
  readonly most: number;
}

function runRounds({ templates, variable }: ForTag, { item, least, most }: Rounds, start: State, run: LoopRun, body: RunBody): Ways {
  let state: State | undefined = start;
  let end: State | undefined = least === 0 ? start : undefined;
  for (let round = 0; round < most && state; round++) {
    run.work.step();
    const names = new Map<string, Worth>([
      ["forloop", [forloop(round, least, most)]],
      [variable, item],
    ]);
    const { on, broken, skipped } = body(templates, entered(state, names));
    state = outside(eitherState(on, skipped, run.rootOf));
    end = eitherState(end, outside(broken), run.rootOf);
    if (round + 1 >= least) end = eitherState(end, state, run.rootOf);
  }
  return { on: end };
}

function outside(state: State | undefined): State | undefined {
  return state && left(state);
}

/** In the last round that there may be it is surely the last. */
function forloop(round: number, least: number, most: number): Shape {
  const surely = round + 1 === most;
  const never = round + 1 < least;
  const length: Worth = [numbers(Math.max(least, round + 1), most, 0, "")];
  const last: Worth = surely || never ? [{ kind: "boolean", is: surely }] : [{ kind: "boolean" }];
  const still = Math.max(least, round + 1) - round;
  const fields: [string, Worth][] = [
    ["index", [numbers(round + 1, round + 1, 0, "")]],
    ["index0", [numbers(round, round, 0, "")]],
    ["first", [{ kind: "boolean", is: round === 0 }]],
    ["last", last],
    ["rindex", [numbers(still, most - round, 0, "")]],
    ["rindex0", [numbers(still - 1, most - round - 1, 0, "")]],
    ["length", length],
    ["name", [unknown("forloop.name", "is a name of liquidjs; leave it out")]],
  ];
  return { kind: "object", fields: new Map(fields), from: "forloop" };
}

/** Of rounds that nothing counts: one with all names that they set unknown tells their faults, and what they write is unbounded. */
function runUncounted(tag: ForTag, why: UnknownShape, item: Worth, start: State, body: RunBody): Ways {
  const unbounded = assignedIn(tag.templates).reduce(
    (state, name) => named(state, name, [unknown(name, `is set in a loop over ${why.variable}, which ${why.why}`)]),
    start,
  );
  const counter = numbers(0, Number.MAX_SAFE_INTEGER, 0, "");
  const flag: Shape = { kind: "boolean" };
  const numbered = ["index", "index0", "rindex", "rindex0", "length"].map((name): [string, Worth] => [name, [counter]]);
  const flagged = ["first", "last"].map((name): [string, Worth] => [name, [flag]]);
  const forloopShape: Shape = { kind: "object", fields: new Map([...numbered, ...flagged]), from: "forloop" };
  const names = new Map<string, Worth>([
    ["forloop", [forloopShape]],
    [tag.variable, item],
  ]);
  body(tag.templates, entered(unbounded, names));
  body(tag.elseTemplates, start);
  return { on: written(unbounded, why) };
}

/** Every name that parts may set, those in tags within them too. */
function assignedIn(parts: readonly Template[]): string[] {
  return parts.flatMap((part) => {
    if (part instanceof AssignTag) return [...part.localScope()].map(({ content }) => content);
    const own = part instanceof CaptureTag ? [part.variable] : [];
    return [...own, ...assignedIn(childrenOf(part))];
  });
}

function childrenOf(part: Template): Template[] {
  const children = part.children?.(false, true);
  const { value } = children?.next() ?? { value: undefined };
  return Array.isArray(value) ? value : [];
}
