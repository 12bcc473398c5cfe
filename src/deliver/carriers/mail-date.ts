import * as z from "zod";
import { millisecondsOf } from "../../support/clock.ts";

/** "Wed, 15 Jan 2025 16:30:33 +0800" (RFC 5322) as milliseconds; undefined where it is none. */
export const mailDate = z
  .string()
  .regex(/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/)
  .transform(millisecondsOf)
  .pipe(z.int())
  .optional()
  .catch(undefined);
