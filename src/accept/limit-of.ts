import * as z from "zod";
import { millisecondsOf } from "../support/clock.ts";
import { instant } from "../vocabulary/instant.ts";

/** How much of a list is asked for at once: `most` at most, and `usual` where nothing is said. */
export function limitOf(most: number, usual: number) {
  const message = `must be a number from 1 to ${most}`;
  return z
    .string()
    .regex(/^[1-9]\d{0,3}$/, message)
    .transform(Number)
    .refine((limit) => limit <= most, message)
    .default(usual);
}

/** An end of the time that is asked about, in milliseconds. */
export const since = instant.transform(millisecondsOf);
