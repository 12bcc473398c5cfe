import type { ReceiptEffects } from "./fault-effects.ts";
import type { Message, Receipt } from "./message.ts";
import type { PostResult } from "./push.ts";
import type { Delays } from "./settings.ts";
import { TRAITS } from "./traits.ts";

export type NetworkPlan = Pick<Message, "sent_at" | "final_at" | "final_status" | "error_code">;

/** What becomes of a message. One that failed never left the vendor, so it is never `sent`. */
export function planNetwork(effects: ReceiptEffects, delays: Delays, acceptedAt: number): NetworkPlan {
  const { undelivered } = effects;
  return {
    sent_at: undelivered?.status === "failed" ? null : acceptedAt + delays.sent_ms,
    final_at: acceptedAt + Math.max(delays.sent_ms, delays.delivered_ms),
    final_status: undelivered?.status ?? "delivered",
    error_code: undelivered?.error_code ?? null,
  };
}

/**
 * The callbacks that tell it, in the order in which they are posted. Faults change what is told and when, never what is so:
 * a message whose receipts are lost has been delivered all the same.
 *
 * @param tellsSent whether the vendor tells `sent` before the final state.
 */
export function planReceipts(network: NetworkPlan, effects: ReceiptEffects, acceptedAt: number, tellsSent = true): Receipt[] {
  const told: Pick<Receipt, "status" | "error_code">[] = [{ status: network.final_status, error_code: network.error_code }];
  const times = [network.final_at];
  if (tellsSent && network.sent_at !== null) {
    told.unshift({ status: "sent", error_code: null });
    times.unshift(network.sent_at);
  }
  if (effects.reordered) told.reverse();
  return told.flatMap((tell, place) => {
    const at = (times[place] ?? acceptedAt) + effects.delay_ms;
    const receipt: Receipt = {
      ...tell,
      due_at: effects.early ? acceptedAt : at,
      state: effects.lost ? "lost" : "planned",
      tries: 0,
      posted_at: null,
      http_status: null,
    };
    return Array.from({ length: effects.times }, () => ({ ...receipt }));
  });
}

/** The receipts as a vendor tells them that pushes what has come together, every so often. */
export function gatherReceipts(receipts: readonly Receipt[], everyMs: number): Receipt[] {
  const gather = (at: number) => (everyMs > 0 ? Math.ceil(at / everyMs) * everyMs : at);
  return receipts.map((receipt) => ({ ...receipt, due_at: gather(receipt.due_at) }));
}

/** The message after one try to post its next receipt. */
export function afterPost(message: Message, posted: PostResult, delays: Delays, now: number): Message {
  const next = message.receipts.findIndex((receipt) => receipt.state === "planned");
  const receipts = message.receipts.map((receipt, place): Receipt => {
    if (place !== next) return receipt;
    const tried = { ...receipt, tries: receipt.tries + 1, http_status: posted.http_status };
    if (posted.taken) return { ...tried, state: "posted", posted_at: now };
    const pause = TRAITS[message.carrier].pauses[receipt.tries];
    return pause === undefined ? { ...tried, state: "failed" } : { ...tried, due_at: now + delays.retry_ms * pause };
  });
  return { ...message, receipts, next_at: nextDue(receipts) };
}

/** Receipts are posted one after the other, so the first that is left says when there is something to do. */
export function nextDue(receipts: readonly Receipt[]): number | null {
  return receipts.find((receipt) => receipt.state === "planned")?.due_at ?? null;
}
