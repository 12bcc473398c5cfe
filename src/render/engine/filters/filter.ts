import { type FilterImplOptions, filters } from "liquidjs";
import type { PersonContext } from "./person-context.ts";

type LiquidHandler = Extract<FilterImplOptions, (...args: never[]) => unknown>;
/** What liquidjs calls a filter with. */
export type FilterThis = ThisParameterType<LiquidHandler>;

/** One use of a filter: its value and its arguments, those by name apart. Drops of liquidjs have become plain values. */
export interface FilterCall {
  readonly value: unknown;
  readonly args: readonly unknown[];
  readonly named: ReadonlyMap<string, unknown>;
  readonly context: PersonContext;
  readonly self: FilterThis;
}

/** A filter that words may use. Its `apply` throws what is wrong with a value, in words that follow on the filter's name. */
export interface WordFilter {
  /** Least and most arguments by position. */
  readonly args: readonly [least: number, most: number];
  /** Arguments by name. */
  readonly named?: readonly string[];
  /** Whether what it makes is HTML already, where HTML is written. */
  readonly raw?: true;
  /** What is wrong with arguments that stand in the template itself (undefined: known only when it is rendered). */
  readonly fault?: (args: readonly unknown[], named: ReadonlyMap<string, unknown>) => string | undefined;
  readonly apply: (call: FilterCall) => unknown;
}

/** Longest text to look for, to split by or to strip: looking for one takes as many comparisons for each character as it has characters. */
const PATTERN_MAX_UNITS = 256;

/** A value as text, counted. Nothing, lists and maps have none. */
export function textOf(value: unknown, context: PersonContext): string {
  const text = typeof value === "string" ? value : printed(value, "takes a text and was given ");
  context.charge(text.length);
  return text;
}

/** A text to look for. */
export function patternOf(value: unknown, context: PersonContext): string {
  const pattern = textOf(value, context);
  refuse(patternFault(pattern));
  return pattern;
}

export function patternFault(pattern: unknown): string | undefined {
  if (pattern === "") return "needs a text to look for, and that is empty";
  const isLong = typeof pattern === "string" && pattern.length > PATTERN_MAX_UNITS;
  return isLong ? `looks for a text of at most ${PATTERN_MAX_UNITS} characters` : undefined;
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new Error(fault);
}

/** The first fault of some arguments; what is only known when it is rendered has none. */
export const faultOfEach =
  (faultOf: (arg: unknown) => string | undefined, from = 0, to?: number): NonNullable<WordFilter["fault"]> =>
  (args) =>
    args
      .slice(from, to)
      .map((arg) => (arg === undefined ? undefined : faultOf(arg)))
      .find((fault) => fault !== undefined);

/** How a plain value stands in a text; throws for what has no such form. `said` begins the error. */
export function printed(value: unknown, said = "is "): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new Error(said + kindOf(value));
}

const NUMERIC = /^\s*-?\d{1,30}(\.\d{1,30})?\s*$/;

/** A number, or a text that is one. */
export function numberOf(value: unknown): number {
  refuse(numberFault(value));
  return Number(value);
}

export function numberFault(value: unknown): string | undefined {
  const isOne = typeof value === "number" ? Number.isFinite(value) : typeof value === "string" && NUMERIC.test(value);
  return isOne ? undefined : `takes a number and was given ${kindOf(value)}`;
}

/** A whole number that is not negative, such as a length. */
export function countOf(value: unknown): number {
  refuse(countFault(value));
  return Number(value);
}

export function countFault(value: unknown): string | undefined {
  const isCount = Number.isSafeInteger(Number(value)) && Number(value) >= 0;
  return numberFault(value) ?? (isCount ? undefined : "needs a whole number that is not negative");
}

/** A list, counted with the texts in it. */
export function listOf(value: unknown, context: PersonContext): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`takes a list and was given ${kindOf(value)}`);
  context.charge(value.length);
  for (const item of value) if (typeof item === "string") context.charge(item.length);
  return value;
}

/** What a value is, without saying what it holds: reasons stand in logs. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing: it is missing";
  if (typeof value === "number") return "no number that can be written";
  if (typeof value === "string") return "a text";
  if (typeof value === "boolean") return "true or false";
  return Array.isArray(value) ? "a list, whose items are written with for or join" : "a map, whose fields are written one by one";
}

/** A filter of liquidjs; `read` makes its value and arguments what it may be given. */
export function liquidFilter(
  name: string,
  args: WordFilter["args"],
  read: (call: FilterCall) => readonly [value: unknown, ...args: unknown[]],
  fault?: WordFilter["fault"],
): WordFilter {
  const given = filters[name];
  const handler = typeof given === "function" ? given : given?.handler;
  if (!handler) throw new Error(`liquidjs has no filter ${name}`);
  return { args, ...(fault && { fault }), apply: (call) => handler.apply(call.self, [...read(call)]) };
}
