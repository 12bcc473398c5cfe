/** All of China keeps one time, eight hours ahead of UTC, without summer time. */
const AHEAD_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** `2026-11-11 00:00:05`, the way both vendors write it, without a zone. @param at epoch milliseconds. */
export function chinaTime(at: number): string {
  return new Date(at + AHEAD_MS).toISOString().slice(0, 19).replace("T", " ");
}

/** The day that `20261111` names there, as epoch milliseconds; the end is not included. Undefined where it is no day. */
export function chinaDay(text: string): { from: number; until: number } | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  const from = Date.parse(`${year}-${month}-${day}T00:00:00+08:00`);
  return Number.isNaN(from) ? undefined : { from, until: from + DAY_MS };
}
