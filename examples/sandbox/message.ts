import * as z from "zod";
import { CARRIERS, CHANNELS } from "./call.ts";

/** A number at Twilio, a word at the others. */
const ErrorCode = z.union([z.number(), z.string()]).nullable();

/** One receipt of a message: what is to be told, when, and how the telling went. Times are epoch milliseconds. */
export const Receipt = z.strictObject({
  status: z.enum(["sent", "delivered", "undelivered", "failed"]),
  error_code: ErrorCode,
  due_at: z.number(),
  /** `lost` receipts are never posted; `failed` ones were posted and never accepted. */
  state: z.enum(["planned", "posted", "failed", "lost"]),
  tries: z.number(),
  posted_at: z.number().nullable(),
  http_status: z.number().nullable(),
});
export type Receipt = z.infer<typeof Receipt>;

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);

/** A row of the book. What the network does with a message is settled when it is taken; status follows by the clock. */
export const Message = z.strictObject({
  n: z.number(),
  sid: z.string(),
  carrier: z.enum(CARRIERS),
  channel: z.enum(CHANNELS),
  /** Account sid, access key id, or SdkAppId. */
  account: z.string(),
  /** The id that the caller was told: the sid, or one that the whole call shares. */
  told_id: z.string(),
  /** The caller's own: OutId, SessionContext. */
  reference: z.string().nullable(),
  to_number: z.string(),
  /** The number without a channel's prefix such as `rcs:`. */
  handset: z.string(),
  from_sender: z.string(),
  messaging_service_sid: z.string().nullable(),
  template: z.string().nullable(),
  body: z.string(),
  num_segments: z.number(),
  media: json(z.array(z.string())),
  status_callback: z.string().nullable(),
  /** Messages whose receipts may go in one post have the same; null: each receipt goes alone. */
  push: z.string().nullable(),
  accepted_at: z.number(),
  sent_at: z.number().nullable(),
  final_at: z.number(),
  final_status: z.enum(["delivered", "undelivered", "failed"]),
  error_code: json(ErrorCode),
  /** Posted in this order, each after the one before it is done with. */
  receipts: json(z.array(Receipt)),
  /** Names of the faults that struck this message. */
  faults: json(z.array(z.string())),
  /** When the next receipt is to be posted; null when none is left. */
  next_at: z.number().nullable(),
});
export type Message = z.infer<typeof Message>;

export type Status = "accepted" | "queued" | Message["final_status"] | "sent";

/** A message that goes through a Messaging Service is `accepted` until a sender is picked, any other one `queued`. */
export function firstStatus(message: Message): Status {
  return message.messaging_service_sid === null ? "queued" : "accepted";
}

export function statusAt(message: Message, now: number): Status {
  if (now >= message.final_at) return message.final_status;
  if (message.sent_at !== null && now >= message.sent_at) return "sent";
  return firstStatus(message);
}
