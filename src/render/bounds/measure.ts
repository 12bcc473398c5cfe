import { boundedCache } from "../../support/bounded-cache.ts";
import type { Charset } from "../../vocabulary/variables.ts";
import { type DateStyle, writeDate } from "../engine/filters/formatters.ts";
import { writeMoney, writeNumber } from "../engine/filters/money-and-numbers.ts";
import { isGsm, septetsOf } from "../sms/count-segments.ts";
import type { FilterCall } from "./filter-call.ts";
import { alphabetOf, type NumberShape, type TextShape, text, type UnknownShape, widestAlphabet } from "./shapes.ts";
import { type Narrow, sharesOf, textBound, type Wide } from "./text-bound.ts";

/** What was found of a set of texts, by measuring some of them that are as long as any; whose they are is added afterwards. */
interface Measured {
  readonly narrow?: Narrow;
  readonly wide?: Wide;
  readonly alphabet: Charset;
  readonly units: number;
}

type Measuring = Pick<FilterCall, "work" | "reading">;

/** Steps that measuring some hundred texts takes, where it was not done before. */
const MEASURING_STEPS = 100;
const KEPT = { entries: 500, characters: 32_768 };
const remembered = boundedCache(KEPT, (): { found?: Measured } => ({}));
function once(key: string, { work }: Measuring, measure: () => Measured): Measured {
  work.once(key, MEASURING_STEPS);
  const slot = remembered(key);
  slot.found ??= measure();
  return slot.found;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Sunday, 4 January 2026, 22:58:59 UTC: two digits wherever a clock can have them. */
const FROM_MS = 1_767_567_539_000;
/** Two years, so that every day of the week falls into every month. */
const DAYS = 731;
/** Numbers of more digits are not measured. */
const DIGITS_MAX = 40;

/**
 * Dates of this style as the engine writes them, in years of four digits. Parts differ by month, day of the week and hour, each on its own.
 * Undefined where the locale asks for another calendar than its own, whose months are not counted here.
 */
export function measuredDate(style: DateStyle, call: Measuring, variable: string): TextShape | UnknownShape | undefined {
  const { locale } = call.reading;
  if (/-u-(.*-)?ca\b/i.test(locale)) return undefined;
  const measure = (): Measured => dates((ms) => writeDate(ms, style, "UTC", locale));
  return shapeOf(once(`${style}|${locale}`, call, measure), variable);
}

function dates(write: (ms: number) => string): Measured {
  const days = Array.from({ length: DAYS }, (_, day) => write(FROM_MS + day * DAY_MS));
  const hours = Array.from({ length: 24 }, (_, hour) => write(FROM_MS + (hour - 22) * HOUR_MS));
  const usual = write(FROM_MS).length;
  return measuredOf([...days, ...hours], Math.max(0, ...hours.map(({ length }) => length - usual)));
}

/** Texts that were measured stand for all: the longest in GSM-7, and the longest. `more`: units that others of the set may have besides. */
function measuredOf(texts: readonly string[], more: number): Measured {
  const shares = sharesOf("", 0);
  let narrow: Narrow | undefined;
  let wide: Wide | undefined;
  for (const sample of texts) {
    const units = sample.length + more;
    if (isGsm(sample)) {
      const septets = septetsOf(sample) + more;
      const escapes = Math.max(narrow?.escapes ?? 0, septets - units);
      narrow =
        narrow && narrow.septets >= septets
          ? { ...narrow, units: Math.max(narrow.units, units), escapes }
          : { units, septets, escapes, shares, sample };
    } else if (!wide || wide.units < units) wide = { units, pairs: units / 2, shares, sample };
  }
  const units = Math.max(...texts.map(({ length }) => length)) + more;
  return { ...(narrow && { narrow }), ...(wide && { wide }), alphabet: widestAlphabet(...texts.map(alphabetOf)), units };
}

function shapeOf({ narrow, wide, alphabet, units }: Measured, variable: string): TextShape | UnknownShape {
  const shares = sharesOf(variable, units);
  return text(textBound(narrow && { ...narrow, shares }, wide && { ...wide, shares }), alphabet);
}

/** An amount of a currency, or, without one, a number; undefined where it may have too many digits to be measured. */
export function measuredNumber(number: NumberShape, currency: string | undefined, call: Measuring): TextShape | UnknownShape | undefined {
  const { locale } = call.reading;
  const { min, max, decimals = 9, from } = number;
  if (Math.max(Math.abs(min), Math.abs(max)) >= 10 ** DIGITS_MAX) return undefined;
  const write = (value: number): string => (currency === undefined ? writeNumber(value, locale) : writeMoney(value, currency, locale));
  const key = `${min} ${max} ${decimals} ${currency} ${locale}`;
  const measure = (): Measured => measuredOf(samplesOf(min, max, decimals).map(write), 0);
  return shapeOf(once(key, call, measure), from);
}

/** With so many digits behind the point these are as long as any, and longer where they are rounded up. */
const FRACTIONS = [[], [0.1, 0.9], [0.11, 0.99], [0.111, 0.999]];

/** Of every count of digits the least and the most there are, whole and with decimals, of both signs, as far as they are in the range. */
function samplesOf(min: number, max: number, decimals: number): number[] {
  const found = Array.from({ length: 8 }, (_, part) => Number((min + ((max - min) * part) / 7).toFixed(decimals)));
  const fractions = [0, ...FRACTIONS.slice(0, decimals + 1).flat()];
  const wholes = [Math.ceil(min), Math.floor(max) - 1, Math.floor(max)];
  for (let whole = 1; whole <= 10 ** DIGITS_MAX; whole *= 10) wholes.push(whole - 1, whole, -whole, 1 - whole);
  for (const whole of wholes) for (const fraction of fractions) found.push(whole + fraction, whole - fraction);
  return [min, max, ...found.filter((value) => value >= min && value <= max)];
}
