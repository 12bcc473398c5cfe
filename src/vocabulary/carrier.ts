import * as z from "zod";
import { channel } from "./classes.ts";

/** What a carrier can take; data, not code, so that publishing, rendering and pacing can ask it. */
export const carrierLimits = z.strictObject({
  channels: z.array(channel).min(1),
  /** Longest text in UTF-16 units that one call may carry. */
  text_max_units: z.number().int().min(1),
  /** Messages a second that an account is given where the catalog does not say (`per_second`). */
  per_second: z.number().positive(),
  /** The carrier sends only templates that it has approved: a notice needs its `carrier_templates`. */
  needs_template: z.boolean(),
  /** How a template's values are given: by name (a map) or by position (a list). Left out where the carrier takes either, or no templates. */
  template_params: z.enum(["named", "positional"]).optional(),
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
  z.strictObject({
    kind: z.literal("refused"),
    because: z.enum(REFUSAL_CAUSES),
    /** The account as a whole is refused (credentials, unknown account, balance) and not this message: its breaker opens at once. */
    account: z.literal(true).optional(),
    ...wording,
  }),
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
  /** The carrier's own id of the message; left out where it does not tell one to who asks after a message by ours. */
  reference: z.string().max(128).optional(),
  /** Our message id, where the carrier keeps it; else it stands in the callback's URL, or `to` must do. */
  message: z.string().max(64).optional(),
  /** The number in E.164 as the carrier has it, where it tells no message: finds the person, and is kept nowhere. */
  to: z.string().max(32).optional(),
  code: z.string().max(64).optional(),
  /** When the carrier says that it happened, in milliseconds; left out where it does not say. */
  at: z.number().int().optional(),
  /** Which part of how many, where the carrier reports part by part. */
  part: z.number().int().min(1).optional(),
  parts: z.number().int().min(1).optional(),
});
export type CarrierReceipt = z.infer<typeof carrierReceipt>;

/** A template that the carrier has approved, with its values in the reader's words: by name (Alibaba) or by position (Tencent). */
export const renderedTemplate = z.strictObject({
  code: z.string(),
  params: z.union([z.record(z.string(), z.string()), z.array(z.string())]),
  /** The approved signature, where another than the account's own is meant. */
  sign_name: z.string().optional(),
});
export type RenderedTemplate = z.infer<typeof renderedTemplate>;

/** What a person wrote back, as an adapter reads it from a callback. Never logged: it is personal. */
export const carrierReply = z.strictObject({
  /** E.164. */
  from: z.string().max(32),
  /** The number or code that was written to, where the carrier says. */
  to: z.string().max(64).optional(),
  text: z.string(),
  /** The carrier's own id of the reply, where there is one: tells a repeated callback. */
  reference: z.string().max(128).optional(),
  /** Milliseconds; left out where the carrier does not say. */
  at: z.number().int().optional(),
});
export type CarrierReply = z.infer<typeof carrierReply>;
