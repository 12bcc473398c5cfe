import { log } from "../support/log.ts";
import { recipientKeyOfMessage } from "../support/names.ts";
import { type LaneMessage, laneMessage } from "../vocabulary/lane-message.ts";

/** One queue message of a lane, as the platform hands it over. */
export interface LaneDelivery {
  readonly body: unknown;
  /** How often it was handed over, this time included. */
  readonly attempts: number;
  ack(): void;
  retry(options?: { readonly delaySeconds?: number }): void;
}

/** One message id of a batch, however many deliveries of the batch name it. */
export interface Item {
  readonly tenant: string;
  readonly class: LaneMessage["class"];
  readonly id: string;
  /** Its Recipient's. */
  readonly key: string;
  /** The carrier that it waits for. */
  readonly carrier: string | undefined;
  readonly deliveries: LaneDelivery[];
}

const UNREADABLE_AGAIN_SECONDS = 300;

/** Reads a batch. What cannot be read is retried and never acked: a newer Carillon may have written it. */
export function readBatch(deliveries: readonly LaneDelivery[]): Item[] {
  const items = new Map<string, Item>();
  for (const delivery of deliveries) {
    const body = laneMessage.safeParse(delivery.body);
    if (!body.success) {
      log("error", "lane.unreadable", { issues: body.error.issues.length });
      delivery.retry({ delaySeconds: UNREADABLE_AGAIN_SECONDS });
      continue;
    }
    const { tenant, class: noticeClass, carrier, ids } = body.data;
    for (const id of new Set(ids)) {
      const known = items.get(`${tenant}/${id}`);
      if (known) known.deliveries.push(delivery);
      else
        items.set(`${tenant}/${id}`, { tenant, class: noticeClass, id, key: recipientKeyOfMessage(id), carrier, deliveries: [delivery] });
    }
  }
  return inTurns([...items.values()]);
}

/** Tenants take turns, so that one who sends much does not stand before those who send little. */
function inTurns(items: readonly Item[]): Item[] {
  const byTenant = [...Map.groupBy(items, ({ tenant }) => tenant).values()];
  const longest = Math.max(0, ...byTenant.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => byTenant.flatMap((own) => own[turn] ?? [])).flat();
}
