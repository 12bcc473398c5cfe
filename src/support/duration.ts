import { Temporal } from "temporal-polyfill";

/** Away from any clock change, so that a week is seven days and a day is 24 hours. */
const ANY_DATE = Temporal.PlainDate.from("1970-01-01");
const known = new Map<string, number>();

/** Milliseconds of an ISO 8601 duration or offset of weeks, days, hours, minutes and seconds that a schema has checked; a day is 24 h. */
export function durationMs(text: string): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  const milliseconds = Temporal.Duration.from(text).total({ unit: "milliseconds", relativeTo: ANY_DATE });
  if (known.size < 1000) known.set(text, milliseconds);
  return milliseconds;
}

/** Calendar days of an offset of weeks and days that a schema has checked, e.g. -3 of `-P3D`. */
export function calendarDays(text: string): number {
  return Temporal.Duration.from(text).total({ unit: "days", relativeTo: ANY_DATE });
}
