import { calendarDays, durationMs } from "../support/duration.ts";
import { daysLater, instantOf, type Moment, minuteOfDay, readMoment } from "../support/time-zones.ts";
import type { Event } from "../vocabulary/event.ts";
import { readPath } from "./event-path.ts";
import type { NoticeRules, StepRule } from "./notice-rules.ts";

/** When a message is meant to leave, and from when on it is too late; milliseconds. */
export interface Planned {
  readonly at: number;
  readonly expires_at: number;
}

/** Gate 7 without series: at once or when the event wants it, a digest after its window. `base`: the later of `time` and `deliverat`. */
export function plannedAtOnce(rules: NoticeRules, base: number, now: number): Planned {
  const gathering = rules.digest?.window_ms ?? 0;
  return { at: Math.max(now, base) + gathering, expires_at: base + gathering + rules.ttl_ms };
}

/** Gate 7 for a step of a series; undefined where it is missed: before now, or `from` leads to no date. */
export function plannedStep(rules: NoticeRules, step: StepRule, event: Event, zone: string, now: number): Planned | undefined {
  const from = readPath(event, step.from);
  const moment = typeof from === "string" ? readMoment(from, zone) : undefined;
  if (!moment) return undefined;
  const at = stepInstant(step, moment, zone);
  return at === undefined || at < now || at > now + AHEAD_MAX_MS ? undefined : { at, expires_at: at + rules.ttl_ms };
}

/** What is planned farther ahead is no date that anybody meant; dates end, too, where they can be reckoned with no more. */
const AHEAD_MAX_MS = 100 * 366 * 86_400_000;

function stepInstant(step: StepRule, moment: Moment, zone: string): number | undefined {
  if (step.time === undefined) return moment.instant + durationMs(step.offset);
  try {
    return instantOf(daysLater(moment.date, calendarDays(step.offset)), minuteOfDay(step.time), zone);
  } catch {
    return undefined;
  }
}
