import { LAST_SECOND, readGivenTime } from "../../support/given-time.ts";
import { LENGTHS } from "../engine/filters/formatters.ts";
import { exactWords, type FilterCall, looseText, type Transfer, type Transfers, textInput } from "./filter-call.ts";
import { measuredDate } from "./measure.ts";
import {
  anyText,
  exactText,
  join,
  type NumberShape,
  printed,
  type Shape,
  type TextShape,
  text,
  type UnknownShape,
  unknown,
  type Worth,
  widestAlphabet,
} from "./shapes.ts";
import { concat } from "./text-bound.ts";

/** Longest name of a zone, and a difference from UTC that is no whole minute, as before 1900: +0805.716666666666697. */
const ZONE_MAX_UNITS = 40;
const OFFSET_MAX_UNITS = 24;
/** Seconds since 1970 of years of four digits, with a sign. */
const SECONDS_MAX_UNITS = 12;

/** Units of what strftime writes without a width, months and days in English. */
const DIRECTIVES: { readonly [directive: string]: number } = {
  ...{ a: 3, A: "Wednesday".length, b: 3, h: 3, B: "September".length },
  ...{ C: 2, d: 2, e: 2, H: 2, I: 2, j: 3, k: 2, l: 2, L: 3, m: 2, M: 2, N: 9, S: 2, U: 2, W: 2, y: 2, Y: 4 },
  ...{ p: 2, P: 2, q: 2, s: SECONDS_MAX_UNITS, u: 1, w: 1, z: OFFSET_MAX_UNITS, Z: ZONE_MAX_UNITS },
};
const CHARACTERS: { readonly [directive: string]: string } = { t: "\t", n: "\n", "%": "%" };

/** A date by a format that stands in the template. What is no date stays as it is. */
const date: Transfer = (call) => {
  const input = textInput(call);
  if (!input) return [];
  const given = exactWords([call.input]);
  if (given === "now" || given === "today") call.fault("date does not read the clock: a text says the same whenever it is made");
  const format = exactWords(call.args[0]);
  const variable = nameOf(call);
  if (format === undefined) return [unknown(variable, "is written by a format that only the data know; write it out in the template")];
  const written = strftime(format, variable);
  return isDate(call) ? [written] : join([written], [input]);
};

function strftime(format: string, variable: string): TextShape | UnknownShape {
  const parts: TextShape[] = [];
  let rest = 0;
  for (const found of format.matchAll(/%([-_0^#:]+)?(\d+)?([EO])?(.)/g)) {
    const [whole, flags = "", width = "0", , directive = ""] = found;
    parts.push(exactText(format.slice(rest, found.index)));
    rest = found.index + whole.length;
    const units = DIRECTIVES[directive];
    if (units !== undefined) parts.push(...field(Math.max(units, Number(width)), variable));
    else parts.push(...oneCharacter(whole, CHARACTERS[directive], Number(width), flags));
  }
  parts.push(exactText(format.slice(rest)));
  return text(concat(parts.map(({ bound }) => bound)), widestAlphabet(...parts.map(({ alphabet }) => alphabet)));
}

function field(units: number, variable: string): TextShape[] {
  const made = anyText(units, "alphanumeric", variable);
  return made.kind === "text" ? [made] : [];
}

/** What strftime does not know stays as it is; a character that it makes may be padded. */
function oneCharacter(whole: string, character: string | undefined, width: number, flags: string): TextShape[] {
  if (character === undefined) return [exactText(whole)];
  return [...field(flags.includes("-") ? 0 : Math.max(width - 1, 0), ""), exactText(character)];
}

/** Whether all of the input is a date for sure; of other inputs some may stay as they are. */
function isDate({ input }: FilterCall): boolean {
  if (input.kind === "number") return isSeconds(input);
  return input.kind === "text" && input.moment === true;
}

/** What stands in the template, or numbers beyond all seconds. */
function isNoDate(input: Shape): boolean {
  if (input.kind === "number") return input.max < 0 || input.min > LAST_SECOND;
  const given = exactWords([input]);
  return given !== undefined && readGivenTime(given) === undefined;
}

function isSeconds({ min, max }: NumberShape): boolean {
  return min >= 0 && max <= LAST_SECOND;
}

function nameOf({ input }: FilterCall): string {
  if (input.kind === "unknown") return input.variable;
  if (input.kind === "number") return input.from;
  return input.kind === "text" ? ([...((input.bound.narrow ?? input.bound.wide)?.shares.keys() ?? [])][0] ?? "") : "";
}

/** A date as a locale writes it; what is no date is an error when it is rendered. */
function writing(styleOf: (length: string | undefined) => Parameters<typeof measuredDate>[0] | undefined): Transfer {
  return (call) => {
    const { input, args } = call;
    if (input.kind !== "unknown" && (input.kind === "boolean" || !printed(input))) {
      call.fault(
        `${call.name} takes a date, and is given ${input.kind === "missing" ? `${input.variable}, which may be left out` : `a ${input.kind}`}`,
      );
      return [];
    }
    const loose = looseText(input, "date");
    if (loose !== undefined) call.fault(`${call.name} takes a date, and ${loose}`);
    if (isNoDate(input)) {
      call.fault(`${call.name} takes a date, such as 2026-03-01 or 2026-03-01T09:30:00Z`);
      return [];
    }
    const styles = args[0] ? stylesOf(args[0], styleOf) : [styleOf(undefined)];
    const variable = nameOf(call);
    return join(
      ...styles.map((style): Worth => {
        const measured = style && measuredDate(style, call, variable);
        return style ? [measured ?? unknown(variable, "is written in a calendar that is not measured; use `date` with a format")] : [];
      }),
    );
  };
}

/** One style that stands in the template, or all that the data may name. */
function stylesOf<Style>(worth: Worth, styleOf: (length: string | undefined) => Style | undefined): (Style | undefined)[] {
  const exact = exactWords(worth);
  return exact === undefined ? [...LENGTHS, "month_day", "weekday"].map(styleOf) : [styleOf(exact)];
}

const lengthOf = (given: string | undefined, usual: (typeof LENGTHS)[number]) =>
  given === undefined ? usual : LENGTHS.find((length) => length === given);

export const DATE_FILTERS: Transfers = {
  date,
  local_date: writing((given) => {
    if (given === "month_day" || given === "weekday") return given;
    const length = lengthOf(given, "medium");
    return length && `date ${length}`;
  }),
  local_time: writing((given) => {
    const length = lengthOf(given, "short");
    return length === "short" || length === "medium" ? `time ${length}` : undefined;
  }),
  local_datetime: writing((given) => {
    const length = lengthOf(given, "medium");
    return length && `datetime ${length}`;
  }),
};
