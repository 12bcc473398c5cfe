import { daysLater, instantOf, localMinuteAt, localTimeAt, minuteOfDay } from "../support/time-zones.ts";
import type { QuietWindow } from "../vocabulary/classes.ts";

const MINUTES_PER_DAY = 1440;

/**
 * Gate 8, one move: when the first window that contains this instant (milliseconds) ends on the clocks of the zone;
 * undefined where none contains it. A window of no length contains nothing.
 */
export function endOfQuiet(instant: number, windows: readonly QuietWindow[], zone: string): number | undefined {
  if (windows.length === 0) return undefined;
  const minute = localMinuteAt(instant, zone);
  const window = windows.find((each) => contains(each, minute));
  if (!window) return undefined;
  const { date } = localTimeAt(instant, zone);
  const beganToday = window.from > window.to && minute >= minuteOfDay(window.from);
  return instantOf(beganToday ? daysLater(date, 1) : date, minuteOfDay(window.to), zone, instant);
}

/** Whether windows leave no minute of the day free; then waiting never ends. */
export function isAlwaysQuiet(windows: readonly QuietWindow[]): boolean {
  const silent = windows.reduce(
    (sum, { from, to }) => sum + ((minuteOfDay(to) - minuteOfDay(from) + MINUTES_PER_DAY) % MINUTES_PER_DAY),
    0,
  );
  if (silent < MINUTES_PER_DAY) return false;
  for (let minute = 0; minute < MINUTES_PER_DAY; minute++) if (!windows.some((window) => contains(window, minute))) return false;
  return true;
}

/** Windows contain `from` and not `to`; one whose `from` is the later passes midnight. */
function contains({ from, to }: QuietWindow, minute: number): boolean {
  const begins = minuteOfDay(from);
  const ends = minuteOfDay(to);
  return begins <= ends ? begins <= minute && minute < ends : minute >= begins || minute < ends;
}
