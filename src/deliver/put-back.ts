import type { LaneMessage } from "../vocabulary/lane-message.ts";
import type { Item } from "./lane-batch.ts";

/** An item that goes back to its lane. */
export interface Returning {
  readonly item: Item;
  /** When it shall come again, in milliseconds. */
  readonly at: number;
  /** The carrier that it waits for: its gate is asked before it is claimed. */
  readonly carrier?: string | undefined;
  /** What failed together does not come back together. */
  readonly spread?: boolean;
}

export interface PutBackDeps {
  readonly now: () => number;
  /** Puts ids into their lane again; resolves when the queue has them. */
  readonly requeue: (message: LaneMessage, delaySeconds: number) => Promise<void>;
  /** From 0 (included) to 1 (excluded), to spread what comes back. */
  readonly fraction: () => number;
}

const DELAY_MAX_SECONDS = 86_400;
/** What comes again together fits into what one batch can send. */
const IDS_PER_MESSAGE = 50;
/** A queue that did not take a message is asked once more. */
const TRIES = 2;

/** Puts items back, those with the same delay together. Gives those that the queue did not take, and why. */
export async function putBack(returning: readonly Returning[], deps: PutBackDeps): Promise<ReadonlyMap<Item, unknown>> {
  const failed = new Map<Item, unknown>();
  const delayed = returning.map((one) => ({ ...one, delay: delayOf(one, deps) }));
  const packs = Map.groupBy(delayed, ({ item, delay, carrier }) => JSON.stringify([item.tenant, item.class, delay, carrier]));
  for (const pack of packs.values()) {
    for (let from = 0; from < pack.length; from += IDS_PER_MESSAGE) {
      const part = pack.slice(from, from + IDS_PER_MESSAGE);
      const error = await send(part, deps);
      if (error !== undefined) for (const { item } of part) failed.set(item, error);
    }
  }
  return failed;
}

async function send(part: readonly (Returning & { readonly delay: number })[], { requeue }: PutBackDeps): Promise<unknown> {
  const [first] = part;
  if (!first) return undefined;
  const { item, delay, carrier } = first;
  const ids = part.map((one) => one.item.id);
  const body: LaneMessage = { v: 1, tenant: item.tenant, class: item.class, ...(carrier === undefined ? {} : { carrier }), ids };
  for (let tried = 1; ; tried++) {
    try {
      await requeue(body, delay);
      return undefined;
    } catch (error) {
      if (tried === TRIES) return error ?? new Error("the queue did not take it");
    }
  }
}

/** Whole seconds until then, never early, where it is to be spread by up to a fifth. */
function delayOf({ at, spread = true }: Returning, { now, fraction }: PutBackDeps): number {
  const seconds = Math.max(0, (at - now()) / 1000);
  return Math.min(Math.ceil(seconds * (spread ? 1 + 0.2 * fraction() : 1)), DELAY_MAX_SECONDS);
}
