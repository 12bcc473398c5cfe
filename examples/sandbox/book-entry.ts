import { type Message, statusAt } from "./message.ts";

/** Epoch milliseconds inside, RFC 3339 outside. */
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** A message as `GET /control/book` shows it, as of `now`: what a demo needs to hold its own sums against the carrier's. */
export function bookEntry(message: Message, now: number) {
  return {
    n: message.n,
    sid: message.sid,
    carrier: message.carrier,
    channel: message.channel,
    account: message.account,
    told_id: message.told_id,
    reference: message.reference,
    to: message.to_number,
    handset: message.handset,
    from: message.from_sender,
    messaging_service_sid: message.messaging_service_sid,
    template: message.template,
    body: message.body,
    num_segments: message.num_segments,
    accepted_at: iso(message.accepted_at),
    status: statusAt(message, now),
    error_code: message.error_code,
    status_callback: message.status_callback,
    receipts: message.receipts.map(({ due_at, posted_at, ...receipt }) => ({
      ...receipt,
      due_at: iso(due_at),
      posted_at: iso(posted_at),
    })),
    faults: message.faults,
  };
}
