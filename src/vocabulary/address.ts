import * as z from "zod";

/** An address as it is kept: sealed, with what rules and routes need to know of it. */
export const keptAddress = z.strictObject({
  sealed: z.string(),
  /** HMAC of the address, to find and to block it. */
  hash: z.string(),
  /** Two-letter country of a phone number, for routes. */
  country: z.string().optional(),
  /** A carrier refused it as invalid, blocked or opted out, with this code: nothing goes there until it is set anew. */
  suppressed: z.string().optional(),
});
export type KeptAddress = z.infer<typeof keptAddress>;
