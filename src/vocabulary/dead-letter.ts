import * as z from "zod";
import { noticeClass } from "./classes.ts";

/**
 * Why a message stands among the dead letters. `failed`: no carrier took it, for another cause than the person's own; `expired`: its
 * ttl ended while it waited or was tried; `faults`: its lane gave up; `unreadable`: a queue's body that nobody could read.
 */
const DEAD_LETTER_REASONS = ["failed", "expired", "faults", "unreadable"] as const;
export const deadLetterReason = z.enum(DEAD_LETTER_REASONS);
export type DeadLetterReason = z.infer<typeof deadLetterReason>;

/** A message that gave up, to be looked at and perhaps replayed by people. What is not known is left out. */
export const deadLetter = z.strictObject({
  /** Empty where an unreadable body does not say. */
  tenant: z.string(),
  /** The message's; of an unreadable body a hash of its text. */
  id: z.string(),
  class: noticeClass.optional(),
  notice: z.string().optional(),
  reason: deadLetterReason,
  /** The carrier's own code, or ours. */
  code: z.string().optional(),
  carrier: z.string().optional(),
  /** The text of an unreadable body, whole. */
  body: z.string().optional(),
});
export type DeadLetter = z.infer<typeof deadLetter>;
