import { boundedCache } from "../../../support/bounded-cache.ts";
import { millisecondsOf } from "../../../support/clock.ts";
import { type GivenTime, readGivenTime } from "../../../support/given-time.ts";
import { instantOfLocal, offsetMinutesAt } from "../../../support/time-zones.ts";
import { type FilterCall, kindOf, liquidFilter, textOf, type WordFilter } from "./filter.ts";
import { type DateStyle, writeDate } from "./formatters.ts";
import type { Reading } from "./person-context.ts";

/** Styles by filter; the first is the default. */
const DATE_STYLES = ["medium", "short", "long", "full", "month_day", "weekday"] as const;
const TIME_STYLES = ["short", "medium"] as const;
const DATETIME_STYLES = ["medium", "short", "long", "full"] as const;

/** Filters of dates, all on the reader's clock. */
export const dateFilters: Readonly<Record<string, WordFilter>> = {
  date: { args: [1, 2], fault: ([format, zone]) => formatFault(format) ?? zoneFault(zone), apply: strftime },
  local_date: writing(DATE_STYLES, (style) => (style === "month_day" || style === "weekday" ? style : `date ${style}`)),
  local_time: writing(TIME_STYLES, (style) => `time ${style}`),
  local_datetime: writing(DATETIME_STYLES, (style) => `datetime ${style}`),
};

/** A time as it is written for a person. What an event gives of the reader's own clock is shown as it is, in every zone. */
function writeGivenTime({ kind, ms }: GivenTime, style: DateStyle, { time_zone, locale }: Reading): string {
  return writeDate(ms, style, kind === "local" ? "UTC" : time_zone, locale);
}

function writing<Style extends string>(styles: readonly [Style, ...Style[]], styleOf: (style: Style) => DateStyle): WordFilter {
  const find = (given: unknown): Style | undefined => (given === undefined ? styles[0] : styles.find((style) => style === given));
  const known = `needs one of the styles ${styles.join(", ")}`;
  return {
    args: [0, 1],
    fault: ([given]) => (find(given) === undefined ? known : undefined),
    apply: ({ value, args, context }) => {
      const style = find(args[0]);
      if (style === undefined) throw new Error(known);
      const time = readGivenTime(value);
      if (!time) throw new Error(`takes a date, such as 2026-03-01 or 2026-03-01T09:30:00Z, and was given ${kindOf(value)}`);
      return writeGivenTime(time, styleOf(style), context.reading);
    },
  };
}

/** Longest format, and most parts of it: for a name with flags, such as %^B, liquidjs makes a formatter each time. */
const FORMAT_MAX_UNITS = 64;
const FORMAT_MAX_PARTS = 16;
/** What one use counts for each part, as much as the work that it is. */
const PART_COST = 64;
/** These would be written as the machine writes them. */
const OF_THE_MACHINE = /%[-_0^#:]*\d*[EO]?[cxX]/;
/** Wider than any figure of a date: widths beyond are not meant. */
const WIDE = /%[-_0^#:]*\d{3}/;

const byFormat = liquidFilter("date", [1, 2], ({ value, args }) => [value, ...args]);

/**
 * A date by a format of strftime, months and days of the week in English. What is no date stays as it stands. A second argument names
 * the zone to show, instead of the reader's.
 */
function strftime(call: FilterCall): unknown {
  const { value, args, context } = call;
  const shown = textOf(value, context);
  if (shown === "now" || shown === "today") throw new Error("does not read the clock: a text says the same whenever it is made");
  const format = textOf(args[0], context);
  const fault = formatFault(format);
  if (fault !== undefined) throw new Error(fault);
  context.charge(PART_COST * format.split("%").length);
  const zone = args[1] === undefined ? context.reading.time_zone : zoneOf(textOf(args[1], context));
  const ms = instantFor(value, zone);
  if (ms === undefined) return value;
  const offset = offsetMinutesAt(ms, zone);
  // Given the zone's name liquidjs looks its offset up slowly; only %Z writes the name.
  const shift = format.includes("Z") ? zone : -offset;
  return byFormat.apply({ ...call, value: ms / 1_000, args: [withNames(format, ms + offset * 60_000), shift] });
}

const NAMES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  "%a": { weekday: "short" },
  "%A": { weekday: "long" },
  "%b": { month: "short" },
  "%B": { month: "long" },
  "%h": { month: "short" },
};
const namesOf = boundedCache({ entries: 8, characters: 16 }, (part) => new Intl.DateTimeFormat("en", { timeZone: "UTC", ...NAMES[part] }));

/** Parts of a format as liquidjs reads them, so that what stands behind a part is never taken for the end of it. */
const PARTS = /%[-_0^#:]*\d*[EO]?./g;

/** The format with the names of the month and the day in it, made once where liquidjs makes a formatter each time. */
function withNames(format: string, localMs: number): string {
  return format.replace(PARTS, (part) => (Object.hasOwn(NAMES, part) ? namesOf(part).format(localMs) : part));
}

function instantFor(value: unknown, zone: string): number | undefined {
  const time = readGivenTime(value);
  if (time?.kind !== "local") return time?.ms;
  const instant = instantOfLocal(String(value), zone);
  return instant === undefined ? undefined : millisecondsOf(instant);
}

/** A zone that words or data name, looked at before anything is told of it: reasons stand in logs, and values do not. */
function zoneOf(zone: string): string {
  const fault = zoneFault(zone);
  if (fault !== undefined) throw new Error(fault);
  return zone;
}

function zoneFault(zone: unknown): string | undefined {
  if (zone === undefined) return undefined;
  try {
    offsetMinutesAt(0, String(zone));
    return undefined;
  } catch {
    return "needs a time zone of the IANA database behind the format, such as 'Asia/Shanghai'";
  }
}

function formatFault(format: unknown): string | undefined {
  if (typeof format !== "string") return undefined;
  if (format.length > FORMAT_MAX_UNITS || format.split("%").length > FORMAT_MAX_PARTS + 1)
    return `takes a format of at most ${FORMAT_MAX_UNITS} characters and ${FORMAT_MAX_PARTS} parts`;
  if (OF_THE_MACHINE.test(format))
    return "does not write %c, %x and %X, which differ by machine; local_date and local_time know the locale";
  return WIDE.test(format) ? "pads to at most 99 characters" : undefined;
}
