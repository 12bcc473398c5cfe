/**
 * A time as an event brings it. `instant`: milliseconds since 1970. `local`: what the reader's own clock shows, whatever their zone; its
 * milliseconds are counted as if that clock stood in UTC.
 */
export interface GivenTime {
  readonly kind: "instant" | "local";
  readonly ms: number;
}

/** Years from 1000 to 8999: every writing of them has four digits, in any zone and in the calendars that locales use. */
const ISO = /^([1-8]\d{3})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const MINUTE_MS = 60_000;
/** The end of the year 8999, in seconds since 1970: what is beyond it are milliseconds by mistake. */
export const LAST_SECOND = 221_845_391_999;
/** Longest writing of a time: nine decimals and an offset are 35 UTF-16 units. */
export const WRITTEN_MAX_UNITS = 35;

/**
 * Reads an ISO 8601 date or time, or seconds since 1970 as a number or in nine digits and more; undefined for anything else, also for days that there
 * are not and for years before 1000 and after 8999. A date alone, and a time without an offset, is of the reader's clock.
 */
export function readGivenTime(value: unknown): GivenTime | undefined {
  if (typeof value === "number") return readSeconds(value);
  if (typeof value !== "string") return undefined;
  if (/^\d{9,12}$/.test(value)) return readSeconds(Number(value));
  const found = ISO.exec(value);
  if (!found) return undefined;
  const [, years, months, days, hours, minutes, seconds, fraction, offset] = found;
  const [year, month, day] = [Number(years), Number(months), Number(days)];
  const [hour, minute, second] = [Number(hours ?? 0), Number(minutes ?? 0), Number(seconds ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1_000 + Math.trunc(Number(`0.${fraction ?? 0}`) * 1_000);
  if (offset === undefined) return { kind: "local", ms };
  const away = offsetMinutes(offset);
  return away === undefined ? undefined : { kind: "instant", ms: ms - away * MINUTE_MS };
}

/** Whether a text is a date or a time that there is, written as ISO 8601 has it, of a year from 1000 to 8999. */
export function isWrittenTime(text: string): boolean {
  return ISO.test(text) && readGivenTime(text) !== undefined;
}

function readSeconds(seconds: number): GivenTime | undefined {
  return seconds >= 0 && seconds <= LAST_SECOND ? { kind: "instant", ms: seconds * 1_000 } : undefined;
}

function offsetMinutes(offset: string): number | undefined {
  if (offset === "Z") return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function daysIn(year: number, month: number): number {
  return (utc(year, month + 1, 1) - utc(year, month, 1)) / (24 * 60 * MINUTE_MS);
}

/** `Date.UTC` takes the years 0–99 for those of the last century, so it counts from one of the same length 400 years on. */
function utc(year: number, month: number, day: number): number {
  return Date.UTC(year + 400, month - 1, day) - DAYS_OF_400_YEARS * 24 * 60 * MINUTE_MS;
}
const DAYS_OF_400_YEARS = 146_097;
