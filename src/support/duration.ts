import * as Duration from "temporal-polyfill/fns/Duration";

const HOUR_MS = 3_600_000;
const known = new Map<string, number>();

/** Milliseconds of an ISO 8601 duration or offset of weeks, days, hours, minutes and seconds that a schema has checked; a day is 24 h. */
export function durationMs(text: string): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  const { hours, minutes, seconds } = Duration.fromString(text);
  const milliseconds = (calendarDays(text) * 24 + hours) * HOUR_MS + minutes * 60_000 + seconds * 1_000;
  if (known.size < 1000) known.set(text, milliseconds);
  return milliseconds;
}

/** Calendar days of an offset of weeks and days that a schema has checked, e.g. -3 of `-P3D`. */
export function calendarDays(text: string): number {
  const { weeks, days } = Duration.fromString(text);
  return weeks * 7 + days;
}
