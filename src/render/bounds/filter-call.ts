import { numberFault } from "../engine/filters/filter.ts";
import type { Reading } from "../engine/text-engine.ts";
import {
  exactText,
  join,
  type NumberShape,
  numbers,
  printed,
  printedWorth,
  type Shape,
  type TextShape,
  type UnknownShape,
  unprintable,
  type Worth,
} from "./shapes.ts";
import { blameOf, unitsOf, widened } from "./text-bound.ts";
import type { TextWork } from "./work.ts";

/** A filter on one kind of value. */
export interface FilterCall {
  readonly name: string;
  readonly input: Shape;
  readonly args: readonly Worth[];
  /** Arguments with a name, such as `other: "# items"`. */
  readonly named: ReadonlyMap<string, Worth>;
  readonly reading: Reading;
  readonly work: Pick<TextWork, "step" | "once">;
  /** Notes that no rendering can come through here, or none should. */
  fault(detail: string): void;
}

/** What comes out of a filter, for everything that may go in. */
export type Transfer = (call: FilterCall) => Worth;
export type Transfers = Readonly<Record<string, Transfer>>;

/** Printed and given to a function of texts; what is unbounded stays so. */
export function onText(change: (text: TextShape, call: FilterCall) => Worth): Transfer {
  return (call) => {
    const input = textInput(call);
    if (!input) return [];
    return input.kind === "unknown" ? [input] : change(input, call);
  };
}

/** The input as a text; undefined, and a fault, where it cannot be one. */
export function textInput(call: FilterCall): TextShape | UnknownShape | undefined {
  const fault = unprintable([call.input]);
  if (fault !== undefined) call.fault(`${call.name} takes a text, and ${fault}`);
  return printed(call.input);
}

/** The argument at a place as a text; an empty one where it is left out or cannot be one. */
export function textArgument(call: FilterCall, at: number): TextShape | UnknownShape {
  const worth = call.args[at];
  const fault = worth && unprintable(worth);
  if (fault !== undefined) call.fault(`${call.name} takes a text behind its colon, and ${fault}`);
  return (worth && printedWorth(worth)) ?? exactText("");
}

/** The only number that an argument can be; undefined where it may be several, or something else. */
export function exactNumber(worth: Worth | undefined): number | undefined {
  const [only, ...others] = worth ?? [];
  return only?.kind === "number" && others.length === 0 && only.min === only.max && Number.isFinite(only.min) ? only.min : undefined;
}

export function exactWords(worth: Worth | undefined): string | undefined {
  const [only, ...others] = worth ?? [];
  return only?.kind === "text" && others.length === 0 ? only.bound.exact : undefined;
}

/** The greatest that an argument can be as a number; infinite where nothing bounds it. */
export function greatest(worth: Worth | undefined): number {
  return numberArgument(worth)?.max ?? Number.POSITIVE_INFINITY;
}

/** Longest number that the engine reads from a text, in digits before the point. */
const NUMERIC_DIGITS_MAX = 30;

/** Any number that a JS number can be. */
export function anyNumber(from: string): NumberShape {
  return numbers(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, undefined, from);
}

/** The input as a number; undefined, and a fault, where it cannot be one. */
export function numberInput(call: FilterCall): NumberShape | undefined {
  const words = exactWords([call.input]);
  const loose = looseText(call.input, "number");
  if (loose !== undefined) call.fault(`${call.name} takes a number, and ${loose}`);
  const isNone = words !== undefined && numberFault(words) !== undefined;
  if (isNone) call.fault(`${call.name} takes a number, and is given ${JSON.stringify(words)}`);
  const found = isNone ? anyNumber("") : numberOf(call.input);
  if (!found) call.fault(`${call.name} takes a number, and ${unprintable([call.input]) ?? "is given true or false"}`);
  return found;
}

/** Why a value is no number, or no date, whatever it is: a text of any characters. */
export function looseText(shape: Shape, declared: string): string | undefined {
  if (shape.kind !== "text" || shape.bound.exact !== undefined || shape.moment) return undefined;
  if (shape.alphabet === "digits" || shape.alphabet === "alphanumeric") return undefined;
  const variable = blameOf(widened(shape.bound).shares);
  return variable === undefined ? undefined : `${variable} may be any text; declare it as type: ${declared}`;
}

/** A number or a text that is one, as the engine reads it. */
export function numberOf(shape: Shape): NumberShape | undefined {
  if (shape.kind === "number") return shape;
  if (shape.kind === "unknown") return anyNumber(shape.variable);
  return shape.kind === "text" ? numberOfText(shape) : undefined;
}

/** All that an argument may be as a number; undefined where it cannot be one. */
export function numberArgument(worth: Worth | undefined): NumberShape | undefined {
  const found = join(...(worth ?? []).map((shape): Worth => asWorth(numberOf(shape))))[0];
  return found?.kind === "number" ? found : undefined;
}

function asWorth(shape: Shape | undefined): Worth {
  return shape ? [shape] : [];
}

function numberOfText({ bound, alphabet }: TextShape): NumberShape {
  const from = blameOf(widened(bound).shares) ?? "";
  if (bound.exact !== undefined) {
    const value = Number(bound.exact) || 0;
    return numbers(value, value, Number.isInteger(value) ? 0 : undefined, from);
  }
  const most = 10 ** Math.min(unitsOf(bound), NUMERIC_DIGITS_MAX);
  return alphabet === "digits" ? numbers(0, most, 0, from) : numbers(-most, most, undefined, from);
}
