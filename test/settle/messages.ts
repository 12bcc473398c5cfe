import type { Timing } from "../../src/settle/timing.ts";
import type { Attempt, Message } from "../../src/vocabulary/message.ts";

export const TIMING: Timing = { unknown_after_seconds: 3600, receipt_wait_seconds: 60 };
export const LEASE_MS = 60_000;
export const ID = "r".repeat(22) + "m".repeat(22);

/** A transactional message that was accepted at 0 and is queued, with what a test wants to be different. */
export function messageOf(over: Partial<Message> = {}): Message {
  return {
    id: ID,
    notice: "order.shipped",
    class: "transactional",
    catalog: 1,
    decision: "send",
    state: "queued",
    channels: ["sms"],
    channel: "sms",
    consent: "required",
    on_unclear: "resend_without_receipt",
    event: "e",
    event_time: 0,
    accepted_at: 0,
    send_at: 0,
    expires_at: 86_400_000,
    body_hash: "b",
    sealed: "k1.x.y",
    attempts: [],
    ...over,
  };
}

/** An attempt that was claimed at 0. */
export function attemptOf(over: Partial<Attempt> = {}): Attempt {
  return { n: 1, claimed_at: 0, lease_until: LEASE_MS, receipts: [], ...over };
}
