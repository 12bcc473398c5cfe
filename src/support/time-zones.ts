import { getISO } from "temporal-polyfill/fns/Calendar";
import * as Instant from "temporal-polyfill/fns/Instant";
import * as PlainDate from "temporal-polyfill/fns/PlainDate";
import * as PlainDateTime from "temporal-polyfill/fns/PlainDateTime";
import * as ZonedDateTime from "temporal-polyfill/fns/ZonedDateTime";

/** A day of the calendar. */
export type LocalDate = PlainDate.Record;

/** A local date and the minute of that day, 0–1439. */
export interface LocalTime {
  readonly date: LocalDate;
  readonly minute: number;
}

/** What the clocks of a zone show at an instant (milliseconds). */
export function localTimeAt(instant: number, zone: string): LocalTime {
  const there = zonedAt(instant, zone);
  return { date: ZonedDateTime.toPlainDate(there), minute: there.hour * 60 + there.minute };
}

/** The minute of the local day alone, which is all that most questions need. */
export function localMinuteAt(instant: number, zone: string): number {
  const there = zonedAt(instant, zone);
  return there.hour * 60 + there.minute;
}

/** So many days of the calendar later, or earlier. Throws beyond the end of all dates. */
export function daysLater(date: LocalDate, days: number): LocalDate {
  return PlainDate.addDays(date, days);
}

function zonedAt(instant: number, zone: string): ZonedDateTime.Record {
  return Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(instant), zone);
}

/**
 * The instant (milliseconds) of a local time. One that a clock change skips is later by the length of the gap, one that
 * occurs twice is its first occurrence (Temporal's `compatible`); with `notBefore`, the first that is not before it.
 */
export function instantOf({ year, month, day }: LocalDate, minute: number, zone: string, notBefore = Number.NEGATIVE_INFINITY): number {
  const local = PlainDateTime.create(year, month, day, Math.trunc(minute / 60), minute % 60);
  const first = PlainDateTime.toZonedDateTime(local, zone, { disambiguation: "compatible" }).epochMilliseconds;
  return first >= notBefore ? first : PlainDateTime.toZonedDateTime(local, zone, { disambiguation: "later" }).epochMilliseconds;
}

const LOCAL = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?$/;

/** The instant, as ISO text, of an ISO date (its local midnight) or of a local time without an offset; undefined for anything else. */
export function instantOfLocal(text: string, zone: string): string | undefined {
  if (!LOCAL.test(text)) return undefined;
  try {
    const local = PlainDateTime.fromString(text, getISO);
    return Instant.toString(ZonedDateTime.toInstant(PlainDateTime.toZonedDateTime(local, zone)));
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
  readonly date: LocalDate;
  readonly instant: number;
}

const DATE_ALONE = /^\d{4}-\d{2}-\d{2}$/;

/** Reads an ISO date (its instant is its local midnight) or an ISO instant (its date is the local one); undefined for anything else. */
export function readMoment(text: string, zone: string): Moment | undefined {
  try {
    if (DATE_ALONE.test(text)) {
      const date = PlainDate.fromString(text, getISO);
      return { date, instant: instantOf(date, 0, zone) };
    }
    const instant = Instant.fromString(text).epochMilliseconds;
    return { date: localTimeAt(instant, zone).date, instant };
  } catch {
    return undefined;
  }
}

/** By how many minutes the clocks of a zone are before UTC at an instant (milliseconds). Throws where there is no such zone. */
export function offsetMinutesAt(instant: number, zone: string): number {
  return ZonedDateTime.offsetNanoseconds(zonedAt(instant, zone)) / 60e9;
}
