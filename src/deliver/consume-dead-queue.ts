import * as z from "zod";
import { errorName } from "../support/error-name.ts";
import { plainHash } from "../support/keyed-hash.ts";
import { log } from "../support/log.ts";
import { noticeClass } from "../vocabulary/classes.ts";
import type { DeadLetter } from "../vocabulary/dead-letter.ts";
import { tenantId } from "../vocabulary/identifiers.ts";
import { laneMessage } from "../vocabulary/lane-message.ts";
import { type KeepDeps, keepDeadLetters } from "./dead-letters.ts";
import type { LaneDelivery } from "./lane-batch.ts";

/** Behind a dead-letter queue there is none: what cannot be written is tried for days, as long as its queue keeps it. */
const AGAIN_SECONDS = 60;
const AGAIN_MAX_SECONDS = 3_600;

/** What an unreadable body may still say. */
const hints = z.object({ tenant: tenantId.optional().catch(undefined), class: noticeClass.optional().catch(undefined) }).catch({});

/** Works through a batch of what lanes gave up: each id becomes a dead letter, and is acked when that is written. */
export async function consumeDeadQueue(deliveries: readonly LaneDelivery[], deps: KeepDeps): Promise<void> {
  try {
    await keepDeadLetters(
      deliveries.flatMap(({ body }) => lettersOf(body)),
      deps,
    );
    for (const delivery of deliveries) delivery.ack();
  } catch (error) {
    log("error", "dead_letters.unwritten", { deliveries: deliveries.length, error: errorName(error) });
    for (const delivery of deliveries)
      delivery.retry({ delaySeconds: Math.min(AGAIN_SECONDS * 2 ** (delivery.attempts - 1), AGAIN_MAX_SECONDS) });
  }
}

function lettersOf(body: unknown): DeadLetter[] {
  const read = laneMessage.safeParse(body);
  if (!read.success) return [unreadable(body)];
  const { tenant, class: noticeClass, carrier, ids } = read.data;
  return [...new Set(ids)].map((id) => ({
    tenant,
    id,
    class: noticeClass,
    reason: "faults",
    ...(carrier === undefined ? {} : { carrier }),
  }));
}

/** Kept whole, under the hash of its text: the same body is the same letter. */
function unreadable(body: unknown): DeadLetter {
  const text = textOf(body);
  const { tenant = "", class: noticeClass } = hints.parse(body);
  return {
    tenant,
    id: plainHash("unreadable", text),
    reason: "unreadable",
    body: text,
    ...(noticeClass === undefined ? {} : { class: noticeClass }),
  };
}

function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  try {
    return JSON.stringify(body) ?? String(body);
  } catch {
    return String(body);
  }
}
