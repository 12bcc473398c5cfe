import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import type { Item, LaneDelivery } from "./lane-batch.ts";
import { type PutBackDeps, putBack, type Returning } from "./put-back.ts";

/** A fault of ours is waited out, twice as long each time: the lane's retries are some hours and not some minutes. */
const FAULT_AGAIN_SECONDS = 5;
const FAULT_AGAIN_MAX_SECONDS = 900;

/** What becomes of each item of a batch, carried out at its end. Without a fate an item is over. */
export class Fates {
  readonly #again = new Map<Item, Returning>();
  readonly #faults = new Map<Item, unknown>();

  again(returning: Returning): void {
    this.#again.set(returning.item, returning);
  }

  /** Something of ours broke: it comes again, and its lane counts how often. */
  fault(item: Item, error: unknown): void {
    this.#again.delete(item);
    this.#faults.set(item, error);
  }

  /** It is looked at once more by this batch. */
  forget(item: Item): void {
    this.#again.delete(item);
  }

  /**
   * Puts back what comes again, then acks. A delivery all of whose ids met faults is retried by its queue, and so is one of
   * which something could not be put back; a fault among others is put back by itself.
   */
  async carryOut(items: readonly Item[], deps: PutBackDeps): Promise<void> {
    const retried = this.#whollyFaulty(items);
    const stays = (item: Item): boolean => !item.deliveries.some((delivery) => retried.has(delivery));
    const faulty = [...this.#faults.keys()].map(
      (item): Returning => ({ item, at: deps.now() + FAULT_AGAIN_SECONDS * 1000, spread: false }),
    );
    const failed = await putBack(
      [...this.#again.values(), ...faulty].filter(({ item }) => stays(item)),
      deps,
    );
    for (const [item, error] of failed) for (const delivery of item.deliveries) retried.set(delivery, error);
    for (const delivery of new Set(items.flatMap(({ deliveries }) => deliveries))) {
      if (!retried.has(delivery)) delivery.ack();
      else retry(delivery, retried.get(delivery));
    }
  }

  #whollyFaulty(items: readonly Item[]): Map<LaneDelivery, unknown> {
    const faults = new Map<LaneDelivery, unknown>();
    const sound = new Set<LaneDelivery>();
    for (const item of items) {
      for (const delivery of item.deliveries) {
        if (this.#faults.has(item)) faults.set(delivery, this.#faults.get(item));
        else sound.add(delivery);
      }
    }
    return new Map([...faults].filter(([delivery]) => !sound.has(delivery)));
  }
}

function retry(delivery: LaneDelivery, error: unknown): void {
  log("error", "lane.fault", { error: errorName(error), attempts: delivery.attempts });
  delivery.retry({ delaySeconds: Math.min(FAULT_AGAIN_SECONDS * 2 ** (delivery.attempts - 1), FAULT_AGAIN_MAX_SECONDS) });
}
