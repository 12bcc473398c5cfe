import type { Draft, SendCall } from "./call.ts";
import type { FaultEffects, ReceiptEffects } from "./fault-effects.ts";
import type { Message } from "./message.ts";
import { CLAIM_MS } from "./receipt-poster.ts";
import { gatherReceipts, nextDue, planNetwork, planReceipts } from "./receipts.ts";
import { countSegments, countWideSegments } from "./segments.ts";
import type { Settings } from "./settings.ts";
import { TRAITS } from "./traits.ts";

/** The message that a text becomes when it is taken. */
export function planMessage(call: SendCall, text: Draft, effects: FaultEffects, settings: Settings, now: number): Omit<Message, "n"> {
  const { carrier, channel, account } = call;
  const told = receiptEffects(call, text, effects, settings);
  const network = planNetwork(told, settings.delays, now);
  const planned = text.callback === null ? [] : planReceipts(network, told, now, TRAITS[carrier].tells_sent);
  const pushesArrays = carrier !== "twilio" && text.callback !== null;
  const receipts = pushesArrays && !told.early ? gatherReceipts(planned, settings.delays.gather_ms) : planned;
  const due = nextDue(receipts);
  return {
    sid: text.sid,
    carrier,
    channel,
    account,
    told_id: text.told_id,
    reference: text.reference,
    to_number: text.to,
    handset: text.handset,
    from_sender: text.from,
    messaging_service_sid: text.messaging_service_sid,
    template: text.template?.code ?? null,
    body: text.body,
    num_segments: carrier !== "twilio" && text.handset.startsWith("+86") ? countWideSegments(text.body) : countSegments(text.body),
    media: text.media,
    status_callback: text.callback,
    push: pushesArrays ? `${carrier} ${channel} ${text.callback}` : null,
    accepted_at: now,
    ...network,
    receipts,
    faults: effects.names,
    // Early receipts are posted by the call itself; the alarm only steps in when that call was cut off.
    next_at: due !== null && told.early ? due + CLAIM_MS : due,
  };
}

/** What the rules do to the receipts, in the vendor's codes. A number that opted out fails here, where it is not refused. */
function receiptEffects({ carrier, channel }: SendCall, { handset }: Draft, effects: FaultEffects, settings: Settings): ReceiptEffects {
  const { receipts } = effects;
  const codes = TRAITS[carrier].undelivered;
  if (receipts.undelivered) return { ...receipts, undelivered: { error_code: codes[channel], ...receipts.undelivered } };
  if (codes.opted_out === undefined || !settings["opted-out"].numbers.includes(handset)) return receipts;
  return { ...receipts, undelivered: { status: "undelivered", error_code: codes.opted_out } };
}
