import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { NO_REPORT } from "./carrier-memory.ts";
import type { MountedCarrier } from "./carriers/registry.ts";
import type { Fates } from "./fates.ts";
import type { Item } from "./lane-batch.ts";
import { type HeldSlot, reserveFor, type SlotsDeps, type Slotted } from "./take-slots.ts";

export interface AwaitDeps extends SlotsDeps {
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
}

/** Slots before claims, for those who are known to wait for a carrier. */
export interface Awaited {
  /** Items to be claimed. */
  readonly items: readonly Item[];
  readonly held: ReadonlyMap<Item, HeldSlot>;
  /** Items that are to come again at a carrier that is open. */
  readonly waiting: readonly Waiting[];
}

/** When there should be room for an item, in milliseconds. */
export interface Waiting {
  readonly item: Item;
  readonly at: number;
}

/** Who may be told to wait without being looked at: the upper classes look for another carrier instead. */
const WAITS: Readonly<Record<Item["class"], boolean>> = { verification: false, transactional: false, service: true, marketing: true };

/**
 * Asks the gate of the carrier that items wait for, before anything is claimed: waiting then costs neither rows nor attempts.
 * Items that wait for nobody yet are taken for such where their class had to wait at a carrier a moment ago.
 */
export async function awaitSlots(items: readonly Item[], fates: Fates, deps: AwaitDeps): Promise<Awaited> {
  const held = new Map<Item, HeldSlot>();
  const waiting: Waiting[] = [];
  const going = new Set(items);
  const waitingFor = (item: Item): string | undefined =>
    item.carrier ?? (WAITS[item.class] ? deps.memory.crowdedAt(item.tenant, item.class) : undefined);
  const groups = Map.groupBy(items, (item) => JSON.stringify([item.tenant, item.class, waitingFor(item)]));
  for (const group of groups.values()) {
    const [first] = group;
    const name = first && waitingFor(first);
    const known = first && name !== undefined ? await accountOf(first.tenant, name, deps) : undefined;
    if (!first || name === undefined || !known) continue;
    const { carrier, pace } = known;
    const request = { tenant: first.tenant, class: first.class, carrier: name, pace, together: carrier.limits.recipients_per_call };
    const slots = await reserveFor({ ...request, senders: group.map(() => "") }, deps);
    for (const [at, item] of group.entries()) {
      const slot = slots[at];
      if (slot?.kind === "now") held.set(item, { carrier: name, at: slot.at, watch: slot.watch, probe: slot.probe });
      else if (slot && WAITS[item.class]) {
        going.delete(item);
        // Who waits at a shut carrier looks at the whole route when it comes again: another carrier may be back.
        fates.again(item, slot.at, { spread: false, ...(slot.shut ? {} : { carrier: name }) });
        if (!slot.shut) waiting.push({ item, at: slot.at });
      }
    }
  }
  return { items: items.filter((item) => going.has(item)), held, waiting };
}

/** A probe that was given to a message which then was not sent is free for the next one. */
export async function freeProbes(held: ReadonlyMap<Item, HeldSlot>, slotted: readonly Slotted[], { gates }: AwaitDeps): Promise<void> {
  const used = new Set(slotted.map(({ slot }) => slot));
  for (const [{ tenant }, slot] of held) {
    if (!slot.probe || used.has(slot)) continue;
    await gates.report(tenant, slot.carrier, { ...NO_REPORT, probe: "unused" }).catch(() => undefined);
  }
}

/** The carrier as the catalog in force has it; undefined where it has none of that name. */
async function accountOf(
  tenant: string,
  name: string,
  { activeCatalog, carrier }: AwaitDeps,
): Promise<{ readonly carrier: MountedCarrier; readonly pace: { per_second: number; sender_per_second?: number } } | undefined> {
  const compiled = await activeCatalog(tenant).catch(() => undefined);
  const mounted = compiled && carrier(tenant, compiled, name);
  if (!mounted) return undefined;
  const { per_second = mounted.limits.per_second } = compiled.catalog.carriers?.[name] ?? {};
  return { carrier: mounted, pace: { per_second } };
}
