import type { ReceiptEffects } from "./fault-effects";
import type { Message, Receipt } from "./message";
import type { Delays } from "./settings";

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
 */
export function planReceipts(network: NetworkPlan, effects: ReceiptEffects, acceptedAt: number): Receipt[] {
  const told: Pick<Receipt, "status" | "error_code">[] = [{ status: network.final_status, error_code: network.error_code }];
  const times = [network.final_at];
  if (network.sent_at !== null) {
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

/** With the default pause of a second that is 1, 2, 4 and 8 s between the tries. */
const MAX_TRIES = 5;

/** The message after one try to post its next receipt. The pauses between tries double. */
export function afterPost(message: Message, httpStatus: number | null, delays: Delays, now: number): Message {
  const next = message.receipts.findIndex((receipt) => receipt.state === "planned");
  const receipts = message.receipts.map((receipt, place): Receipt => {
    if (place !== next) return receipt;
    const tries = receipt.tries + 1;
    const taken = httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
    if (taken) return { ...receipt, tries, state: "posted", posted_at: now, http_status: httpStatus };
    const given = { ...receipt, tries, http_status: httpStatus };
    return tries >= MAX_TRIES ? { ...given, state: "failed" } : { ...given, due_at: now + delays.retry_ms * 2 ** (tries - 1) };
  });
  return { ...message, receipts, next_at: nextDue(receipts) };
}

/** Receipts are posted one after the other, so the first that is left says when there is something to do. */
export function nextDue(receipts: readonly Receipt[]): number | null {
  return receipts.find((receipt) => receipt.state === "planned")?.due_at ?? null;
}
