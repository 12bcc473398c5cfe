import { isGsm, septetsOf } from "../sms/count-segments.ts";

/** Longest sample that is kept for people to look at, in UTF-16 units. */
export const SAMPLE_MAX_UNITS = 4_000;

/** How many units each variable adds, by its name. */
export type Shares = ReadonlyMap<string, number>;

/** Texts that are in GSM-7 throughout: none has more units, septets, or characters of two septets (`escapes`). */
export interface Narrow {
  readonly units: number;
  readonly septets: number;
  readonly escapes: number;
  readonly shares: Shares;
  readonly sample: string;
}

/** Texts of any characters: none has more units, or surrogate pairs. Half a pair counts half, since the other may follow in the next text. */
export interface Wide {
  readonly units: number;
  readonly pairs: number;
  readonly shares: Shares;
  readonly sample: string;
}

/**
 * What holds for every text of a set: it is in GSM-7 and within `narrow`, or it is within `wide`. A text in GSM-7 never takes more
 * segments than UCS-2 has for as many units (two septets a unit at worst: 76 units a part, against 67), so that `wide` may
 * stand for both. At least one of the two is there.
 */
export interface TextBound {
  /** A text of the worst size, variables filled with placeholders. */
  readonly longest: string;
  readonly narrow?: Narrow;
  readonly wide?: Wide;
  /** The only text of the set. */
  readonly exact?: string;
}

const NOBODY: Shares = new Map();
const PAIR = /[\u{10000}-\u{10ffff}]/gu;

/** The one text itself. */
export function literal(text: string): TextBound {
  const tracks = isGsm(text) ? { narrow: narrowLiteral(text) } : { wide: wideLiteral(text) };
  return { longest: sampleOf(text), exact: text, ...tracks };
}

function narrowLiteral(text: string): Narrow {
  const septets = septetsOf(text);
  return { units: text.length, septets, escapes: septets - text.length, shares: NOBODY, sample: sampleOf(text) };
}

function wideLiteral(text: string): Wide {
  return { units: text.length, pairs: text.match(PAIR)?.length ?? 0, shares: NOBODY, sample: sampleOf(text) };
}

export function textBound(narrow: Narrow | undefined, wide: Wide | undefined): TextBound {
  // Seven septets are an octet, and a unit of UCS-2 is two: which of the two is longer in a message.
  const wideWins = wide !== undefined && (narrow === undefined || wide.units * 16 >= narrow.septets * 7);
  const longest = (wideWins ? wide.sample : narrow?.sample) ?? "";
  return { longest, ...(narrow && { narrow }), ...(wide && { wide }) };
}

/** Texts in GSM-7 of so many units, each of at most `septetsEach` septets, that a variable brings. */
export function narrowText(units: number, septetsEach: 1 | 2, variable: string, sample: string): TextBound {
  const escapes = septetsEach === 2 ? units : 0;
  const shares = sharesOf(variable, units);
  return textBound({ units, septets: units * septetsEach, escapes, shares, sample: sampleOf(sample) }, undefined);
}

/** Texts of any characters of so many units, that a variable brings. */
export function wideText(units: number, variable: string, sample: string): TextBound {
  return textBound(undefined, { units, pairs: units / 2, shares: sharesOf(variable, units), sample: sampleOf(sample) });
}

export function sharesOf(variable: string, units: number): Shares {
  return variable === "" || units === 0 ? NOBODY : new Map([[variable, units]]);
}

/** One text of each set, one behind the other. */
export function concat(bounds: readonly TextBound[]): TextBound {
  return bounds.reduce(followedBy, literal(""));
}

function followedBy(a: TextBound, b: TextBound): TextBound {
  if (a.exact === "") return b;
  if (b.exact === "") return a;
  const narrow = a.narrow && b.narrow && narrowSum(a.narrow, b.narrow);
  const left = a.wide && wideSum(a.wide, widened(b));
  const right = b.wide && wideSum(widened(a), b.wide);
  const sum = textBound(narrow, widest(left, right));
  return a.exact === undefined || b.exact === undefined ? sum : { ...sum, exact: a.exact + b.exact };
}

function narrowSum(a: Narrow, b: Narrow): Narrow {
  return {
    units: a.units + b.units,
    septets: a.septets + b.septets,
    escapes: a.escapes + b.escapes,
    shares: sharesSum(a.shares, b.shares),
    sample: sampleSum(a.sample, b.sample),
  };
}

function wideSum(a: Wide, b: Wide): Wide {
  return {
    units: a.units + b.units,
    pairs: a.pairs + b.pairs,
    shares: sharesSum(a.shares, b.shares),
    sample: sampleSum(a.sample, b.sample),
  };
}

function sharesSum(a: Shares, b: Shares): Shares {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const sum = new Map(a);
  for (const [variable, units] of b) sum.set(variable, (sum.get(variable) ?? 0) + units);
  return sum;
}

/** The set as texts of any characters. */
export function widened({ narrow, wide }: TextBound): Wide {
  const plain = narrow && { units: narrow.units, pairs: 0, shares: narrow.shares, sample: narrow.sample };
  return widest(wide, plain) ?? wideLiteral("");
}

/** A text of the one set or of the other. */
export function either(a: TextBound, b: TextBound): TextBound {
  if (a === b || (a.exact !== undefined && a.exact === b.exact)) return a;
  return textBound(widestNarrow(a.narrow, b.narrow), widest(a.wide, b.wide));
}

function widestNarrow(a: Narrow | undefined, b: Narrow | undefined): Narrow | undefined {
  if (!a || !b) return a ?? b;
  const longer = a.septets >= b.septets ? a : b;
  const escapes = Math.max(a.escapes, b.escapes);
  return { ...longer, units: Math.max(a.units, b.units), escapes };
}

function widest(a: Wide | undefined, b: Wide | undefined): Wide | undefined {
  if (!a || !b) return a ?? b;
  return { ...(a.units >= b.units ? a : b), pairs: Math.max(a.pairs, b.pairs) };
}

/** The same sizes, for texts that are not known any more. */
export function freed({ narrow, wide }: TextBound): TextBound {
  return textBound(narrow, wide && { ...wide, pairs: wide.units / 2 });
}

/** As many of a text as there are at most; the others are shorter. */
export function repeated(bound: TextBound, times: number): TextBound {
  if (times <= 0) return literal("");
  const half = repeated(bound, Math.floor(times / 2));
  return concat(times % 2 === 1 ? [half, half, bound] : [half, half]);
}

/** The most units that a text of the set has. */
export function unitsOf({ narrow, wide }: TextBound): number {
  return Math.max(narrow?.units ?? 0, wide?.units ?? 0);
}

/** The variable that adds most, of those that are named. */
export function blameOf(shares: Shares): string | undefined {
  let most: [string | undefined, number] = [undefined, 0];
  for (const [variable, units] of shares) if (units > most[1]) most = [variable, units];
  return most[0];
}

function sampleSum(a: string, b: string): string {
  return a.length >= SAMPLE_MAX_UNITS ? a : sampleOf(a + b);
}

function sampleOf(text: string): string {
  return text.length > SAMPLE_MAX_UNITS ? text.slice(0, SAMPLE_MAX_UNITS).toWellFormed() : text;
}
