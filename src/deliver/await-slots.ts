import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { NO_REPORT } from "./carrier-memory.ts";
import type { MountedCarrier } from "./carriers/registry.ts";
import type { Fates } from "./fates.ts";
import type { Item } from "./lane-batch.ts";
import { ableAt, type HeldSlot, reserveFor, type SlotRequest, type SlotsDeps, type Slotted } from "./take-slots.ts";

export interface AwaitDeps extends SlotsDeps {
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
}

/** Slots before claims, for those who are known to wait for a carrier. */
export interface Awaited {
  /** Items to be claimed. */
  readonly items: readonly Item[];
  readonly held: ReadonlyMap<Item, HeldSlot>;
  /** Items for which nobody was asked yet: more than one second's pace. */
  readonly left: readonly Item[];
}

/** Who may be told to wait without being looked at: the upper classes look for another carrier instead. */
const WAITS: Readonly<Record<Item["class"], boolean>> = { verification: false, transactional: false, service: true, marketing: true };

/** Items that wait for the same carrier. */
interface Group {
  readonly items: readonly Item[];
  readonly request: Omit<SlotRequest, "senders">;
  readonly waits: boolean;
}

/**
 * Asks the gate of the carrier that items wait for, before anything is claimed: waiting then costs neither rows nor attempts.
 * Items that wait for nobody yet are taken for such where their class had to wait at a carrier a moment ago.
 */
export async function awaitSlots(items: readonly Item[], fates: Fates, deps: AwaitDeps): Promise<Awaited> {
  const held = new Map<Item, HeldSlot>();
  const left: Item[] = [];
  const gone = new Set<Item>();
  for (const { items: group, request, waits } of await groupsOf(items, deps)) {
    const asked = waits ? Math.max(1, Math.min(ableAt(request, deps), Math.ceil(request.pace.per_second))) : group.length;
    left.push(...group.slice(asked));
    const slots = await reserveFor({ ...request, senders: group.slice(0, asked).map(() => "") }, deps);
    for (const [at, item] of group.entries()) {
      const slot = slots[at];
      if (slot?.kind === "now") held.set(item, { carrier: request.carrier, at: slot.at, watch: slot.watch, probe: slot.probe });
      else if (waits) gone.add(item);
      if (slot?.kind === "later" && waits) comeAgain(item, slot, request.carrier, fates);
    }
  }
  return { items: items.filter((item) => !gone.has(item)), held, left };
}

/** Asks when to come again, for items that this batch has no more time for. */
export async function awaitLater(items: readonly Item[], fates: Fates, deps: AwaitDeps): Promise<void> {
  // Whose carrier has gone from the catalog meanwhile is looked at anew.
  for (const item of items) fates.again(item, deps.now());
  for (const { items: group, request } of await groupsOf(items, deps)) {
    const slots = await reserveFor({ ...request, senders: group.map(() => ""), most: 0 }, deps);
    for (const [at, item] of group.entries()) {
      const slot = slots[at];
      if (slot?.kind === "later") comeAgain(item, slot, request.carrier, fates);
    }
  }
}

/** Who waits at a shut carrier looks at the whole route when it comes again: another carrier may be back. */
function comeAgain(item: Item, { at, shut }: { readonly at: number; readonly shut: boolean }, carrier: string, fates: Fates): void {
  fates.again(item, at, { spread: false, ...(shut ? {} : { carrier }) });
}

async function groupsOf(items: readonly Item[], deps: AwaitDeps): Promise<readonly Group[]> {
  const waitingFor = (item: Item): string | undefined =>
    item.carrier ?? (WAITS[item.class] ? deps.memory.crowdedAt(item.tenant, item.class) : undefined);
  const groups: Group[] = [];
  for (const group of Map.groupBy(items, (item) => JSON.stringify([item.tenant, item.class, waitingFor(item)])).values()) {
    const [first] = group;
    const name = first && waitingFor(first);
    const known = first && name !== undefined ? await accountOf(first.tenant, name, deps) : undefined;
    if (!first || name === undefined || !known) continue;
    const { tenant, class: noticeClass } = first;
    const together = known.carrier.limits.recipients_per_call;
    groups.push({
      items: group,
      waits: WAITS[noticeClass],
      request: { tenant, class: noticeClass, carrier: name, pace: known.pace, together },
    });
  }
  return groups;
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
