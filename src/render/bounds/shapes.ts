import { ALPHANUMERIC, CHARSETS, type Charset, DIGITS } from "../../vocabulary/variables.ts";
import { isGsm } from "../sms/count-segments.ts";
import { blameOf, either, literal, narrowText, SAMPLE_MAX_UNITS, type TextBound, unitsOf, widened, wideText } from "./text-bound.ts";

/** Longer texts are unbounded: the engine itself would give up. */
export const TEXT_MAX_UNITS = 200_000;
/** Longest `String` of a JS number: 17 digits behind a point and six zeros, and a sign before them. */
const NUMBER_MAX_UNITS = 25;

/** A set of strings. `alphabet` holds every character of them; `moment`: all are ISO dates or times. */
export interface TextShape {
  readonly kind: "text";
  readonly bound: TextBound;
  readonly alphabet: Charset;
  readonly moment?: true;
}
/** Numbers of a range; one that is not finite at an end may hold every number, NaN among them. `decimals`: at most, where known. */
export interface NumberShape {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly decimals?: number;
  readonly from: string;
}
interface BooleanShape {
  readonly kind: "boolean";
  readonly is?: boolean;
}
/** `all`: what the items are when they stand together, where that is less than as many of the longest. */
export interface ListShape {
  readonly kind: "list";
  readonly min: number;
  readonly max: number;
  readonly item: Worth;
  readonly all?: TextBound;
  readonly from: string;
}
export interface ObjectShape {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Worth>;
  readonly from: string;
}
/** Something that nothing bounds, whose, and what to do about it. */
export interface UnknownShape {
  readonly kind: "unknown";
  readonly variable: string;
  readonly why: string;
}
/** `nil` is a value; what is `missing` fails a rendering unless it is asked for leniently. */
export type Shape =
  | TextShape
  | NumberShape
  | BooleanShape
  | ListShape
  | ObjectShape
  | UnknownShape
  | { readonly kind: "nil" }
  | { readonly kind: "missing"; readonly variable: string };

/** What an expression may be worth: one of these, at most one of each kind. Nothing at all: no rendering comes this far. */
export type Worth = readonly Shape[];

export const NIL: Worth = [{ kind: "nil" }];

/** Of several alphabets the one that holds all. */
export function widestAlphabet(...alphabets: readonly Charset[]): Charset {
  return alphabets.reduce((a, b) => (CHARSETS.indexOf(a) >= CHARSETS.indexOf(b) ? a : b), "digits");
}

/** A text of an alphabet; one that is too long to be rendered is unbounded. */
export function text(bound: TextBound, alphabet: Charset): TextShape | UnknownShape {
  if (unitsOf(bound) <= TEXT_MAX_UNITS) return { kind: "text", bound, alphabet };
  const variable = blameOf(widened(bound).shares) ?? "the text";
  return { kind: "unknown", variable, why: `makes a text of more than ${TEXT_MAX_UNITS} characters` };
}

export function exactText(words: string): TextShape {
  return { kind: "text", bound: literal(words), alphabet: alphabetOf(words) };
}

/** What a known text has become; unbounded where it is too long to be rendered. */
export function knownText(words: string): TextShape | UnknownShape {
  return text(literal(words), alphabetOf(words));
}

export function alphabetOf(words: string): Charset {
  if (DIGITS.test(words)) return "digits";
  if (ALPHANUMERIC.test(words)) return "alphanumeric";
  return isGsm(words) ? "gsm" : "any";
}

const PLACEHOLDERS: { readonly [Name in Charset]: string } = { digits: "0", alphanumeric: "x", gsm: "€", any: "字" };

/** Any text of so many units of an alphabet, that a variable brings. */
export function anyText(units: number, alphabet: Charset, variable: string): TextShape | UnknownShape {
  const sample = PLACEHOLDERS[alphabet].repeat(Math.min(units, SAMPLE_MAX_UNITS));
  if (units > TEXT_MAX_UNITS) return text(wideText(units, variable, ""), alphabet);
  if (alphabet === "any") return text(wideText(units, variable, sample), alphabet);
  return text(narrowText(units, alphabet === "gsm" ? 2 : 1, variable, sample), alphabet);
}

/** What is printed, and what filters of texts take. Lists, maps and nothing at all cannot be: undefined. */
export function printed(shape: Shape): TextShape | UnknownShape | undefined {
  switch (shape.kind) {
    case "text":
    case "unknown":
      return shape;
    case "number":
      return printedNumber(shape);
    case "boolean":
      return shape.is === undefined ? text(either(literal("true"), literal("false")), "alphanumeric") : exactText(String(shape.is));
    default:
      return undefined;
  }
}

function printedNumber({ min, max, decimals, from }: NumberShape): TextShape | UnknownShape {
  if (min === max && Number.isFinite(min)) return exactText(String(min));
  const longest = Math.max(wholeDigits(min), wholeDigits(max));
  const sign = min < 0 ? 1 : 0;
  const plain = decimals === undefined || longest > 20 ? NUMBER_MAX_UNITS - 1 + sign : 0;
  const units = plain || Math.max(signed(min), signed(max)) + (decimals === 0 || decimals === undefined ? 0 : decimals + 1);
  return anyText(units, decimals === 0 && min >= 0 && longest <= 20 ? "digits" : "alphanumeric", from);
}

function wholeDigits(number: number): number {
  return Number.isFinite(number) ? String(BigInt(Math.trunc(Math.abs(number)))).length : Number.POSITIVE_INFINITY;
}

/** −0.5 has a sign as −1 has. */
function signed(number: number): number {
  return wholeDigits(number) + (number < 0 ? 1 : 0);
}

/** What is printed of whatever it may be worth; undefined where nothing of it can be. */
export function printedWorth(worth: Worth): TextShape | UnknownShape | undefined {
  let all: TextShape | undefined;
  for (const shape of worth) {
    const one = printed(shape);
    if (one?.kind === "unknown") return one;
    if (one) all = all ? eitherText(all, one) : one;
  }
  return all;
}

/** What of a value cannot be written, in words for its author; undefined where all of it can. */
export function unprintable(worth: Worth): string | undefined {
  for (const shape of worth) {
    if (shape.kind === "missing")
      return `${shape.variable} may be left out; give it a default, or put this inside of {% if ${shape.variable} %}`;
    if (shape.kind === "nil") return "this may be nothing; give it a default";
    if (shape.kind === "list") return `${shape.from || "this"} is a list; write its items with for or join`;
    if (shape.kind === "object") return `${shape.from || "this"} is a map; write its fields one by one`;
  }
  return undefined;
}

function eitherText(a: TextShape, b: TextShape): TextShape {
  const moment = a.moment && b.moment;
  const alphabet = widestAlphabet(a.alphabet, b.alphabet);
  return { kind: "text", bound: either(a.bound, b.bound), alphabet, ...(moment && { moment }) };
}

/** Worth the one or the other. */
export function join(...worths: readonly Worth[]): Worth {
  const [first = [], ...others] = worths;
  return others.reduce(joinTwo, first);
}

function joinTwo(a: Worth, b: Worth): Worth {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  const kept = a.map((shape) => {
    const other = b.find(({ kind }) => kind === shape.kind);
    return other ? joinShapes(shape, other) : shape;
  });
  return [...kept, ...b.filter(({ kind }) => !a.some((shape) => shape.kind === kind))];
}

/** Two of one kind. */
function joinShapes(a: Shape, b: Shape): Shape {
  if (a === b) return a;
  if (a.kind === "text" && b.kind === "text") return eitherText(a, b);
  if (a.kind === "number" && b.kind === "number") {
    const decimals = a.decimals === undefined || b.decimals === undefined ? undefined : Math.max(a.decimals, b.decimals);
    return numbers(Math.min(a.min, b.min), Math.max(a.max, b.max), decimals, a.from || b.from);
  }
  if (a.kind === "boolean" && b.kind === "boolean") return a.is === b.is ? a : { kind: "boolean" };
  if (a.kind === "list" && b.kind === "list") return joinLists(a, b);
  if (a.kind === "object" && b.kind === "object") return joinObjects(a, b);
  return a;
}

function joinLists(a: ListShape, b: ListShape): ListShape {
  const all = a.all && b.all && either(a.all, b.all);
  return list(Math.min(a.min, b.min), Math.max(a.max, b.max), join(a.item, b.item), a.from, all);
}

function joinObjects(a: ObjectShape, b: ObjectShape): ObjectShape {
  const fields = new Map<string, Worth>();
  for (const name of new Set([...a.fields.keys(), ...b.fields.keys()])) {
    const absent: Worth = [{ kind: "missing", variable: `${a.from}.${name}` }];
    fields.set(name, join(a.fields.get(name) ?? absent, b.fields.get(name) ?? absent));
  }
  return { kind: "object", fields, from: a.from };
}

const sizes = new WeakMap<Shape, number>();

/** How many shapes a value is made of, itself among them: what joining it takes. */
export function sizeOf(worth: Worth): number {
  return worth.reduce((sum, shape) => sum + sizeOfShape(shape), 0);
}

function sizeOfShape(shape: Shape): number {
  if (shape.kind !== "object" && shape.kind !== "list") return 1;
  const known = sizes.get(shape);
  if (known !== undefined) return known;
  const inner = shape.kind === "list" ? [shape.item] : [...shape.fields.values()];
  const size = inner.reduce((sum, worth) => sum + sizeOf(worth), 1);
  sizes.set(shape, size);
  return size;
}

export function list(min: number, max: number, item: Worth, from: string, all?: TextBound): ListShape {
  return { kind: "list", min, max, item, from, ...(all && { all }) };
}

export function numbers(min: number, max: number, decimals: number | undefined, from: string): NumberShape {
  const sound = min <= max;
  const range = sound ? { min, max } : { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  return { kind: "number", ...range, ...(decimals === undefined ? {} : { decimals }), from };
}

export function unknown(variable: string, why: string): UnknownShape {
  return { kind: "unknown", variable, why };
}
