import * as z from "zod";
import { carrierAnswer, receiptStatus } from "./carrier.ts";
import { channel, consentRule, noticeClass, onUnclear } from "./classes.ts";
import { catalogName, messageId } from "./identifiers.ts";
import { milliseconds } from "./instant.ts";

export const MESSAGE_STATES = [
  "scheduled",
  "queued",
  "sending",
  "sent",
  "delivered",
  "undelivered",
  "suppressed",
  "merged",
  "canceled",
  "expired",
  "failed",
  "unknown",
] as const;
export const messageState = z.enum(MESSAGE_STATES);
export type MessageState = z.infer<typeof messageState>;

/** Why a message is not sent; exactly one. The last two exist live only. */
export const REASONS = [
  "expired",
  "unreachable",
  "opted_out",
  "no_consent",
  "duplicate",
  "missed",
  "capped",
  "canceled",
  "suppressed_address",
  "verified",
] as const;
export const reason = z.enum(REASONS);
export type Reason = z.infer<typeof reason>;

export const decisionKind = z.enum(["send", "defer", "suppress", "merge"]);
export type DecisionKind = z.infer<typeof decisionKind>;

/** One receipt as it is kept with its attempt: each distinct one once, in a fixed order, so that arrival order leaves no trace. */
export const keptReceipt = z.strictObject({
  status: receiptStatus,
  at: milliseconds,
  code: z.string().optional(),
  part: z.number().int().optional(),
  parts: z.number().int().optional(),
});
export type KeptReceipt = z.infer<typeof keptReceipt>;

/** One carrier call for a message. It is written before the call; the carrier's name, answer and receipts are added as they come. */
export const attempt = z.strictObject({
  /** 1 for the first; never given out twice. */
  n: z.number().int().min(1),
  claimed_at: milliseconds,
  /** From here on a missing answer counts as unclear: the call's deadline is long over. */
  lease_until: milliseconds,
  /** Left out by documents written before there were several; then it is the message's. */
  channel: channel.optional(),
  carrier: z.string().optional(),
  /** HMAC of the address that was called. */
  address: z.string().optional(),
  /** The carrier's own id of the message. */
  reference: z.string().optional(),
  answer: carrierAnswer.optional(),
  answered_at: milliseconds.optional(),
  /** Carriers of the route that were untried, and open, when the answer came. */
  untried: z.number().int().min(0).optional(),
  open: z.number().int().min(0).optional(),
  /** By the catalog's price, such as `0.09 CNY`. */
  cost: z.string().optional(),
  /** Its carrier's gate wants to hear of the receipt. */
  watched: z.literal(true).optional(),
  /** Its reference comes of a receipt that named no message: until the answer or the end of the lease it may be another's. */
  guessed: z.literal(true).optional(),
  receipts: z.array(keptReceipt),
});
export type Attempt = z.infer<typeof attempt>;

/** What a message that gathers several events knows of them. */
export const digestState = z.strictObject({
  /** Hash of the rendered key; left out where it rendered empty, then nothing joins. */
  key: z.string().optional(),
  /** How many events it may hold and how many it holds, its opener included. */
  max: z.number().int().min(1),
  events: z.number().int().min(1),
  /** The id of the event that opened it, in documents written before it was read from the message's sealed attributes. */
  opener: z.string().optional(),
  /** Data of the events that joined, sealed, in order; gone once the message is final. */
  merged: z.array(z.string()),
  /** How many rows beside the document hold data that joined earlier. */
  beside: z.number().int().optional(),
});
export type DigestState = z.infer<typeof digestState>;

/** One notice to one recipient. */
export const message = z.strictObject({
  id: messageId,
  notice: catalogName,
  step: z.string().optional(),
  class: noticeClass,
  /** Version of the catalog that made it. */
  catalog: z.number().int(),
  decision: decisionKind,
  reason: reason.optional(),
  state: messageState,
  /** In order of preference; `channel` is the one in use. */
  channels: z.array(channel),
  channel: channel.optional(),
  /** The channel that follows where the one in use fails: it was reachable and allowed when the last attempt was claimed. */
  next_channel: channel.optional(),
  consent: consentRule,
  on_unclear: onUnclear,
  /** Without a delivered receipt for so long after it was taken, the next channel follows (milliseconds). */
  fallback_after_ms: milliseconds.optional(),
  /** Of `verification`: without a delivered receipt for so long, another carrier follows, once (milliseconds). */
  resend_after_ms: milliseconds.optional(),
  /** Which event made it (of a digest: opened it), as a hash of its source and id, and that event's `time`. */
  event: z.string(),
  event_time: milliseconds,
  /** Rendered keys, as hashes; one that rendered empty is left out. `until`: when the content may be told again. */
  dedupe: z.strictObject({ key: z.string(), until: milliseconds }).optional(),
  cancel_key: z.string().optional(),
  digest: digestState.optional(),
  accepted_at: milliseconds,
  send_at: milliseconds,
  expires_at: milliseconds,
  /** Hash over attributes and data as posted: tells a repeated event from another with the same id. */
  body_hash: z.string(),
  /** The event's attributes, sealed. */
  sealed: z.string(),
  /**
   * The event's data, sealed; gone once nothing can be sent of it any more. `beside`: it stands in a row of its own. `gone`: it was
   * there, and what began anew would have to do without.
   */
  data: z
    .union([z.strictObject({ sealed: z.string() }), z.strictObject({ beside: z.literal(true) }), z.strictObject({ gone: z.literal(true) })])
    .optional(),
  attempts: z.array(attempt),
  /** The greatest `n` that was given out, where its attempt was returned without a call. */
  last_n: z.number().int().optional(),
  /** It was told to come later: until then only who holds a slot for it may claim it. */
  held_until: milliseconds.optional(),
  /** When the alarm last put it into its lane, for the next channel or one more carrier. */
  woken_at: milliseconds.optional(),
  /** No further attempt is made, whatever the answers so far would allow. */
  closed: z.literal(true).optional(),
  /** Why it is closed, where people wanted it when something might have been sent; should nothing have been, it ends by this. */
  stopped: z.enum(["canceled", "verified"]).optional(),
  /** It began anew: what the attempts up to this `n` came to does not end it. */
  replayed: z.strictObject({ at: milliseconds, after: z.number().int() }).optional(),
});
export type Message = z.infer<typeof message>;
