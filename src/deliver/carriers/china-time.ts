import * as z from "zod";
import { isoOf, millisecondsOf } from "../../support/clock.ts";

/** China has had one zone and no summer time since 1991. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** "2025-01-15 16:30:05" on China's clocks, in milliseconds; undefined where it is anything else. */
export const chinaTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  .transform((text) => millisecondsOf(`${text.replace(" ", "T")}+08:00`))
  .pipe(z.int())
  .optional()
  .catch(undefined);

/** The day in China at an instant (milliseconds), as yyyyMMdd. */
export function chinaDayOf(at: number): string {
  return isoOf(at + CHINA_OFFSET_MS)
    .slice(0, 10)
    .replaceAll("-", "");
}

/** The hour in China at an instant (milliseconds), as yyyyMMddHH. */
export function chinaHourOf(at: number): string {
  return chinaDayOf(at) + isoOf(at + CHINA_OFFSET_MS).slice(11, 13);
}
