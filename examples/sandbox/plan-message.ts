import type { FaultEffects } from "./fault-effects";
import type { Message } from "./message";
import { handsetOf, type MessageForm } from "./message-form";
import { CLAIM_MS } from "./receipt-poster";
import { nextDue, planNetwork, planReceipts } from "./receipts";
import { countSegments } from "./segments";
import type { Delays } from "./settings";

/** Stands in From where a Messaging Service picks the sender. */
const POOL_SENDER = "+15005550006";

/** The message that a call becomes when it is taken. */
export function planMessage(accountSid: string, form: MessageForm, effects: FaultEffects, delays: Delays, now: number): Omit<Message, "n"> {
  const network = planNetwork(effects.receipts, delays, now);
  const receipts = form.status_callback === "" ? [] : planReceipts(network, effects.receipts, now);
  const due = nextDue(receipts);
  const body = form.body || `${form.content_sid} ${form.content_variables}`.trim();
  return {
    sid: `SM${crypto.randomUUID().replaceAll("-", "")}`,
    account_sid: accountSid,
    to_number: form.to,
    handset: handsetOf(form.to),
    from_sender: form.from || POOL_SENDER,
    messaging_service_sid: form.messaging_service_sid || null,
    body,
    num_segments: countSegments(body),
    media: form.media,
    status_callback: form.status_callback || null,
    accepted_at: now,
    ...network,
    receipts,
    faults: effects.names,
    // Early receipts are posted by the call itself; the alarm only steps in when that call was cut off.
    next_at: due !== null && effects.receipts.early ? due + CLAIM_MS : due,
  };
}
