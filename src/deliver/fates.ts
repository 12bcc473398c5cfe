import { log } from "../support/log.ts";
import type { LaneMessage } from "../vocabulary/lane-message.ts";
import type { Item, LaneDelivery } from "./lane-batch.ts";

/** `again`: back into the lane, to come at `at` (milliseconds). `fault`: something of ours broke. Without a fate an item is over. */
export type Fate =
  | { readonly kind: "again"; readonly at: number; readonly carrier?: string; readonly spread: boolean }
  | { readonly kind: "fault"; readonly error: unknown };

export interface FatesDeps {
  readonly now: () => number;
  /** Puts ids into their lane again; resolves when the queue has them. */
  readonly requeue: (message: LaneMessage, delaySeconds: number) => Promise<void>;
  /** From 0 (included) to 1 (excluded), to spread what comes back. */
  readonly fraction: () => number;
}

/** A fault of ours is waited out, twice as long each time: the lane's retries are some hours and not some minutes. */
const FAULT_AGAIN_SECONDS = 5;
const FAULT_AGAIN_MAX_SECONDS = 900;
const DELAY_MAX_SECONDS = 86_400;
/** What comes again together fits into what one batch can send. */
const IDS_PER_MESSAGE = 50;

/** What becomes of each item of a batch, carried out at its end. */
export class Fates {
  readonly #fates = new Map<Item, Fate>();

  /** To come again then; `carrier`: its gate is asked before they are claimed. `spread`: what failed together does not come back together. */
  again(
    item: Item,
    at: number,
    { carrier, spread = true }: { readonly carrier?: string | undefined; readonly spread?: boolean } = {},
  ): void {
    this.#fates.set(item, { kind: "again", at, spread, ...(carrier === undefined ? {} : { carrier }) });
  }

  fault(item: Item, error: unknown): void {
    this.#fates.set(item, { kind: "fault", error });
  }

  /** Puts back what comes again, then acks; a delivery all of whose ids met faults is retried by its queue, which counts its tries. */
  async carryOut(items: readonly Item[], deps: FatesDeps): Promise<void> {
    const retried = this.#whollyFaulty(items);
    const again = items.flatMap((item) => {
      const fate = this.#fates.get(item);
      if (!fate || item.deliveries.some((delivery) => retried.has(delivery))) return [];
      return [{ item, delay: fate.kind === "again" ? delayOf(fate, deps) : FAULT_AGAIN_SECONDS, carrier: carrierOf(fate) }];
    });
    const packs = Map.groupBy(again, ({ item, delay, carrier }) => JSON.stringify([item.tenant, item.class, delay, carrier]));
    for (const pack of packs.values())
      for (let from = 0; from < pack.length; from += IDS_PER_MESSAGE)
        await this.#putBack(pack.slice(from, from + IDS_PER_MESSAGE), retried, deps);
    for (const delivery of new Set(items.flatMap(({ deliveries }) => deliveries))) {
      const error = retried.get(delivery);
      if (error === undefined) delivery.ack();
      else retry(delivery, error);
    }
  }

  async #putBack(
    pack: readonly { readonly item: Item; readonly delay: number; readonly carrier: string | undefined }[],
    retried: Map<LaneDelivery, unknown>,
    deps: FatesDeps,
  ): Promise<void> {
    const [first] = pack;
    if (!first) return;
    const { item, delay, carrier } = first;
    const ids = pack.map((one) => one.item.id);
    try {
      await deps.requeue({ v: 1, tenant: item.tenant, class: item.class, ...(carrier === undefined ? {} : { carrier }), ids }, delay);
    } catch (error) {
      for (const one of pack) for (const delivery of one.item.deliveries) retried.set(delivery, error);
    }
  }

  #whollyFaulty(items: readonly Item[]): Map<LaneDelivery, unknown> {
    const faults = new Map<LaneDelivery, unknown>();
    const sound = new Set<LaneDelivery>();
    for (const item of items) {
      const fate = this.#fates.get(item);
      for (const delivery of item.deliveries) {
        if (fate?.kind === "fault") faults.set(delivery, fate.error);
        else sound.add(delivery);
      }
    }
    return new Map([...faults].filter(([delivery]) => !sound.has(delivery)));
  }
}

function carrierOf(fate: Fate): string | undefined {
  return fate.kind === "again" ? fate.carrier : undefined;
}

function retry(delivery: LaneDelivery, error: unknown): void {
  log("error", "lane.fault", { error: error instanceof Error ? error.name : "unknown", attempts: delivery.attempts });
  delivery.retry({ delaySeconds: Math.min(FAULT_AGAIN_SECONDS * 2 ** (delivery.attempts - 1), FAULT_AGAIN_MAX_SECONDS) });
}

/** Whole seconds until then, never early, where it is to be spread by up to a fifth. */
function delayOf({ at, spread }: Extract<Fate, { kind: "again" }>, { now, fraction }: FatesDeps): number {
  const seconds = Math.max(0, (at - now()) / 1000);
  return Math.min(Math.ceil(seconds * (spread ? 1 + 0.2 * fraction() : 1)), DELAY_MAX_SECONDS);
}
