import { Temporal } from "temporal-polyfill";

/** A local date and the minute of that day, 0–1439. */
export interface LocalTime {
  readonly date: Temporal.PlainDate;
  readonly minute: number;
}

/** What the clocks of a zone show at an instant (milliseconds). */
export function localTimeAt(instant: number, zone: string): LocalTime {
  const there = zonedAt(instant, zone);
  return { date: there.toPlainDate(), minute: there.hour * 60 + there.minute };
}

/** The minute of the local day alone, which is all that most questions need. */
export function localMinuteAt(instant: number, zone: string): number {
  const there = zonedAt(instant, zone);
  return there.hour * 60 + there.minute;
}

function zonedAt(instant: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}

/**
 * The instant (milliseconds) of a local time. One that a clock change skips is later by the length of the gap, one that
 * occurs twice is its first occurrence (Temporal's `compatible`); with `notBefore`, the first that is not before it.
 */
export function instantOf(date: Temporal.PlainDate, minute: number, zone: string, notBefore = Number.NEGATIVE_INFINITY): number {
  const local = date.toPlainDateTime({ hour: Math.trunc(minute / 60), minute: minute % 60 });
  const first = local.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
  return first >= notBefore ? first : local.toZonedDateTime(zone, { disambiguation: "later" }).epochMilliseconds;
}

const LOCAL = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?$/;

/** The instant, as ISO text, of an ISO date (its local midnight) or of a local time without an offset; undefined for anything else. */
export function instantOfLocal(text: string, zone: string): string | undefined {
  if (!LOCAL.test(text)) return undefined;
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant().toString();
  } catch {
    return undefined;
  }
}

/** Minutes since local midnight of a time of day such as `09:30`, that a schema has checked. */
export function minuteOfDay(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));
}

/** What a text says of time: its date in a zone, and its instant in milliseconds. */
export interface Moment {
  readonly date: Temporal.PlainDate;
  readonly instant: number;
}

const DATE_ALONE = /^\d{4}-\d{2}-\d{2}$/;

/** Reads an ISO date (its instant is its local midnight) or an ISO instant (its date is the local one); undefined for anything else. */
export function readMoment(text: string, zone: string): Moment | undefined {
  try {
    if (DATE_ALONE.test(text)) {
      const date = Temporal.PlainDate.from(text);
      return { date, instant: instantOf(date, 0, zone) };
    }
    const instant = Temporal.Instant.from(text).epochMilliseconds;
    return { date: localTimeAt(instant, zone).date, instant };
  } catch {
    return undefined;
  }
}

/** By how many minutes the clocks of a zone are before UTC at an instant (milliseconds). Throws where there is no such zone. */
export function offsetMinutesAt(instant: number, zone: string): number {
  return zonedAt(instant, zone).offsetNanoseconds / 60e9;
}
