import * as z from "zod";
import { milliseconds } from "../vocabulary/instant.ts";
import { preference } from "../vocabulary/recipient.ts";

/** An entry as the history in D1 has it; `ip` is sealed. */
const uncopiedEntry = preference.extend({
  source: z.string().optional(),
  wording_version: z.string().optional(),
  ip: z.string().optional(),
  recorded_by: z.string().optional(),
  /** The count of changes when it was taken. */
  revision: z.number().int().optional(),
});

/** What the Recipient has and D1 has no copy of, since it could not be written. */
export const uncopied = z.strictObject({
  since: milliseconds,
  /** How often the alarm has tried, and when it tries next. */
  tries: z.number().int(),
  next_at: milliseconds,
  /** Revision of the profile that is to be copied, or a later one. */
  revision: z.number().int().optional(),
  preferences: z.array(uncopiedEntry),
});
export type Uncopied = z.infer<typeof uncopied>;
export type Missing = Pick<Uncopied, "revision" | "preferences">;
