import * as z from "zod";
import { channel } from "./classes.ts";

/** What a carrier can take; data, not code, so that publishing, rendering and pacing can ask it. */
export const carrierLimits = z.strictObject({
  channels: z.array(channel).min(1),
  /** Longest text in UTF-16 units that one call may carry. */
  text_max_units: z.number().int().min(1),
  /** How many recipients one call may name. */
  recipients_per_call: z.number().int().min(1),
  /** Milliseconds that a call may last before it counts as unclear. */
  call_deadline_ms: z.number().int().min(1),
  /** Whether the carrier keeps a reference of ours; else the message id travels in the callback's URL. */
  keeps_reference: z.boolean(),
  /** Whether the carrier puts the signature (brand) in front of the text by itself. */
  adds_signature: z.boolean(),
});
export type CarrierLimits = z.infer<typeof carrierLimits>;

export const REFUSAL_CAUSES = ["recipient", "content", "config", "balance"] as const;
export type RefusalCause = (typeof REFUSAL_CAUSES)[number];

const wording = {
  /** The carrier's own code, or the HTTP status; for people and logs. */
  code: z.string().max(64).optional(),
  /** The carrier's own words, cut to 200 characters; never holds an address. */
  detail: z.string().max(200).optional(),
};

/** What one call to a carrier came to. Only `refused`, `throttled` and `unreachable` prove that nothing was sent. */
export const carrierAnswer = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("taken"),
    reference: z.string().max(128).optional(),
    segments: z.number().int().min(1).optional(),
    ...wording,
  }),
  z.strictObject({ kind: z.literal("refused"), because: z.enum(REFUSAL_CAUSES), ...wording }),
  z.strictObject({ kind: z.literal("throttled"), retry_after_seconds: z.number().min(0).optional(), ...wording }),
  z.strictObject({ kind: z.literal("unreachable"), ...wording }),
  z.strictObject({ kind: z.literal("unclear"), ...wording }),
]);
export type CarrierAnswer = z.infer<typeof carrierAnswer>;

/** What a carrier reports later. `sent`: on its way; `undelivered`: it will not arrive. */
export const receiptStatus = z.enum(["sent", "delivered", "undelivered"]);
export type ReceiptStatus = z.infer<typeof receiptStatus>;

/** One receipt in our words, as an adapter reads it from a callback. */
export const carrierReceipt = z.strictObject({
  status: receiptStatus,
  /** The carrier's own id of the message. */
  reference: z.string().max(128),
  /** Our message id, where the carrier keeps it; else it stands in the callback's URL. */
  message: z.string().max(64).optional(),
  code: z.string().max(64).optional(),
  /** When the carrier says that it happened, in milliseconds; left out where it does not say. */
  at: z.number().int().optional(),
  /** Which part of how many, where the carrier reports part by part. */
  part: z.number().int().min(1).optional(),
  parts: z.number().int().min(1).optional(),
});
export type CarrierReceipt = z.infer<typeof carrierReceipt>;
