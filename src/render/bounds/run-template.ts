import {
  AssignTag,
  BreakTag,
  CaptureTag,
  CaseTag,
  ContinueTag,
  EchoTag,
  ForTag,
  IfTag,
  RawTag,
  type Template,
  TypeGuards,
  UnlessTag,
  Value,
} from "liquidjs";
import { wordFilters } from "../engine/filters/word-filters.ts";
import { type Facts, mayBe } from "./conditions.ts";
import { type Analysis, readCondition, readToken, readValue } from "./read-values.ts";
import { eitherWays, runLoop } from "./run-loop.ts";
import { exactText, printedWorth, sizeOf, unprintable, type Worth } from "./shapes.ts";
import { behind, EMPTY, eitherState, knowing, named, type State, type Ways, written } from "./state.ts";
import { widened } from "./text-bound.ts";
import { filtered } from "./word-filters.ts";

/** An analysis of a template for one form. */
export interface Run extends Analysis {
  readonly form: "text" | "html";
  readonly rootOf: (name: string) => Worth;
  /** Notes which part is looked at, by where it begins. */
  readonly reach: (begin: number) => void;
}

/** All ways through parts that stand one behind the other. Parts behind a `break` that is surely reached are not looked at. */
export function runParts(parts: readonly Template[], start: State, run: Run): Ways {
  let ways: Ways = { on: start };
  for (const part of parts) {
    if (!ways.on) break;
    run.work.step(1 + weightOf(ways.on) / KEPT_PER_STEP);
    run.reach(part.token.begin);
    const { on, ...gone } = ways;
    ways = eitherWays(gone, runPart(part, on, run), run.rootOf);
  }
  return ways;
}

/** What is known of names and paths is copied and joined with every part, so many at a step. */
const KEPT_PER_STEP = 16;

function weightOf({ names, facts, out }: State): number {
  const known = [...names.values()].reduce((sum, worth) => sum + sizeOf(worth), 0);
  return known + facts.size + (out.kind === "text" ? widened(out.bound).shares.size : 0);
}

function runPart(part: Template, state: State, run: Run): Ways {
  if (TypeGuards.isHTMLToken(part.token)) return { on: written(state, exactText(part.token.getContent())) };
  if (part instanceof IfTag)
    return runBranches(
      part.branches.map(({ value, templates }) => ({ value, templates, wanted: true })),
      part.elseTemplates ?? [],
      part.token.begin,
      state,
      run,
    );
  if (part instanceof UnlessTag) {
    const branches = part.branches.map(({ value, templates }, at) => ({ value, templates, wanted: at > 0 }));
    return runBranches(branches, part.elseTemplates, part.token.begin, state, run);
  }
  if (part instanceof CaseTag) return runCase(part, state, run);
  if (part instanceof ForTag) return runLoop(part, state, run, (body, from) => runParts(body, from, run));
  if (part instanceof CaptureTag) return runCapture(part, state, run);
  if (part instanceof AssignTag) return runAssign(part, state, run);
  if (part instanceof BreakTag) return { broken: state };
  if (part instanceof ContinueTag) return { skipped: state };
  if (part instanceof RawTag) return { on: written(state, exactText(part.render())) };
  // Comments write nothing, and have no arguments.
  if (part instanceof EchoTag || TypeGuards.isOutputToken(part.token)) return runOutput(part, state, run);
  return { on: state };
}

function outputOf(part: Template): Value | undefined {
  for (const argument of part.arguments?.() ?? []) if (argument instanceof Value) return argument;
  return undefined;
}

function runOutput(part: Template, state: State, run: Run): Ways {
  const value = outputOf(part);
  if (!value) return { on: state };
  const worth = readValue(value, state, run, false);
  const fault = unprintable(worth);
  if (fault !== undefined) run.fault(fault);
  const escapes = run.form === "html" && !wordFilters.get(value.filters.at(-1)?.name ?? "")?.raw;
  const call = { name: "escape", args: [], named: new Map(), reading: run.reading, work: run.work, fault: () => {} };
  const shown = printedWorth(escapes ? filtered(worth, call) : worth);
  return shown ? { on: written(state, shown) } : {};
}

function runAssign(part: AssignTag, state: State, run: Run): Ways {
  const value = outputOf(part);
  const [name] = part.localScope();
  if (!value || !name) return { on: state };
  const worth = readValue(value, state, run, false);
  return worth.length === 0 ? {} : { on: named(state, name.content, worth) };
}

/** What a capture has written when it is left is its value, also by `break`. */
function runCapture(part: CaptureTag, state: State, run: Run): Ways {
  const { on, broken, skipped } = runParts(part.templates, { ...state, out: EMPTY.out }, run);
  const kept = (inner: State | undefined): State | undefined => inner && { ...named(inner, part.variable, [inner.out]), out: state.out };
  return { on: kept(on), broken: kept(broken), skipped: kept(skipped) };
}

interface Branch {
  readonly value: Value;
  readonly templates: readonly Template[];
  /** False: it is taken where the condition is not met. */
  readonly wanted: boolean;
}

function runBranches(branches: readonly Branch[], otherwise: readonly Template[], begin: number, start: State, run: Run): Ways {
  let ways: Ways = {};
  let state: State | undefined = start;
  for (const { value, templates, wanted } of branches) {
    if (!state) break;
    run.reach(begin);
    const { worth, met, unmet } = readCondition(value, state, run);
    const can = mayBe(worth);
    const [taken, passed] = wanted ? [can.met, can.unmet] : [can.unmet, can.met];
    const [within, beyond]: readonly [Facts, Facts] = wanted ? [met, unmet] : [unmet, met];
    if (taken) ways = eitherWays(ways, runBranch(templates, knowing(state, within), start, run), run.rootOf);
    state = passed ? knowing(state, beyond) : undefined;
  }
  return state ? eitherWays(ways, runBranch(otherwise, state, start, run), run.rootOf) : ways;
}

/** What its condition tells ends with the branch. */
function runBranch(templates: readonly Template[], state: State, start: State, run: Run): Ways {
  const { on, broken, skipped } = runParts(templates, state, run);
  return { on: behind(on, start), broken: behind(broken, start), skipped: behind(skipped, start) };
}

/** liquidjs goes on to the next `when` after one that was met, so that several may be: at most one only where their values are known to differ. */
function runCase(part: CaseTag, start: State, run: Run): Ways {
  readValue(part.value, start, run, true);
  for (const { values } of part.branches) for (const token of values) readToken(token, start, run, true);
  const otherwise = runParts(part.elseTemplates, start, run);
  if (valuesDiffer(part)) {
    const taken = part.branches.map(({ templates }) => runParts(templates, start, run));
    return taken.reduce((all, ways) => eitherWays(all, ways, run.rootOf), otherwise);
  }
  let ways: Ways = { on: start };
  for (const { templates } of part.branches) {
    const { on, ...gone } = ways;
    const from = eitherState(on, eitherState(gone.broken, gone.skipped, run.rootOf), run.rootOf);
    if (from) ways = eitherWays(ways, runParts(templates, from, run), run.rootOf);
  }
  return eitherWays(ways, otherwise, run.rootOf);
}

function valuesDiffer({ branches }: CaseTag): boolean {
  const values = branches.map((branch) =>
    branch.values.map((token) => (TypeGuards.isQuotedToken(token) || TypeGuards.isNumberToken(token) ? token.content : undefined)),
  );
  const all = values.flatMap((own) => [...new Set(own)]);
  return !all.includes(undefined) && new Set(all).size === all.length;
}
