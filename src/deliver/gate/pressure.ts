import type { NoticeClass } from "../../vocabulary/classes.ts";

/** What tells whether the lower classes must step aside. */
export interface Signals {
  /** Of the time that verification waited; undefined where none was seen lately. */
  readonly wait_p95_ms: number | undefined;
  /** Part of the calls that failed, from 0 to 1. */
  readonly errors: number;
  /** Part of the pace that the carrier lets us have, from 0 to 1. */
  readonly pace: number;
}

/** Which classes are shed, and since when. Memory only. Instants in milliseconds. */
export interface Pressure {
  /** 0: none; 1: marketing; 2: service too. */
  readonly level: 0 | 1 | 2;
  /** Since when verification has been slow without a break. */
  readonly slow_since?: number;
  /** Since when it has been bad, or good, without a break. */
  readonly pressed_since?: number;
  readonly calm_since?: number;
  /** When marketing begins to come back. */
  readonly back_at?: number;
}

export const NO_PRESSURE: Pressure = { level: 0 };

const SLOW_MS = 2_000;
const SLOW_FOR_MS = 30_000;
const BROWN_OUT_ERRORS = 0.1;
const BROWN_OUT_PACE = 0.5;
/** What is half as bad is good again. */
const CALM_WAIT_MS = SLOW_MS / 2;
const CALM_ERRORS = BROWN_OUT_ERRORS / 2;
const CALM_PACE = 1 - (1 - BROWN_OUT_PACE) / 2;
const WORSE_AFTER_MS = 60_000;
const CALM_FOR_MS = 30_000;
/** The parts of its room in which marketing comes back, one after the other. */
const PORTIONS = [0.25, 0.5] as const;
const PORTION_MS = 10_000;

/** Whether verification has been slow for so long that it counts. */
export function isSlow({ slow_since }: Pick<Pressure, "slow_since">, now: number): boolean {
  return slow_since !== undefined && now >= slow_since + SLOW_FOR_MS;
}

/** What the signals of this moment make of it. */
export function underPressure(before: Pressure, signals: Signals, now: number): Pressure {
  const { wait_p95_ms = 0, errors, pace } = signals;
  const slow = wait_p95_ms > SLOW_MS ? { slow_since: before.slow_since ?? now } : {};
  const pressed = isSlow(slow, now) || errors >= BROWN_OUT_ERRORS || pace < BROWN_OUT_PACE;
  const calm = wait_p95_ms < CALM_WAIT_MS && errors < CALM_ERRORS && pace >= CALM_PACE;
  const since = {
    ...slow,
    ...(pressed ? { pressed_since: before.pressed_since ?? now } : {}),
    ...(calm ? { calm_since: before.calm_since ?? now } : {}),
  };
  if (pressed) {
    const worse = before.level === 2 || (before.level === 1 && now >= (before.pressed_since ?? now) + WORSE_AFTER_MS);
    return { ...since, level: worse ? 2 : 1 };
  }
  const { level, back_at } = before;
  const same = { ...since, level, ...(back_at === undefined ? {} : { back_at }) };
  if (level === 0) return back_at !== undefined && now >= back_at + PORTIONS.length * PORTION_MS ? { ...since, level } : same;
  if (!calm || now < (before.calm_since ?? now) + CALM_FOR_MS) return same;
  // Service comes first, at once; marketing a step behind it.
  return { ...since, level: 0, back_at: level === 2 ? now + PORTION_MS : now };
}

/** Which part of its room a class may have: 0 where it gets nothing for the time being. */
export function portionOf({ level, back_at }: Pressure, noticeClass: NoticeClass, now: number): number {
  switch (noticeClass) {
    case "verification":
    case "transactional":
      return 1;
    case "service":
      return level === 2 ? 0 : 1;
    case "marketing":
      if (level > 0) return 0;
      if (back_at === undefined) return 1;
      return now < back_at ? 0 : (PORTIONS[Math.floor((now - back_at) / PORTION_MS)] ?? 1);
  }
}

/** How long verification waited, newest last; in milliseconds. */
export type Waits = readonly { readonly at: number; readonly ms: number }[];

const WAITS_REMEMBERED = 50;
/** Those of the last ten seconds speak for the moment; where they are fewer than five, the newest five, if they are not too old. */
const MOMENT_MS = 10_000;
const WAITS_LEAST = 5;
const WAITS_KEPT_MS = 30_000;

export function withWaits(waits: Waits, more: readonly number[], now: number): Waits {
  return more.length === 0 ? waits : [...waits, ...more.map((ms) => ({ at: now, ms }))].slice(-WAITS_REMEMBERED);
}

export function waitP95(waits: Waits, now: number): number | undefined {
  const since = Math.min(now - MOMENT_MS, waits.at(-WAITS_LEAST)?.at ?? now - WAITS_KEPT_MS);
  const sorted = waits
    .filter(({ at }) => at >= Math.max(since, now - WAITS_KEPT_MS))
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1];
}
