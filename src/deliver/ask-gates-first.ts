import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { type AskGateDeps, askGate } from "./ask-gate.ts";
import { NO_REPORT } from "./carrier-memory.ts";
import type { Fates } from "./fates.ts";
import type { Pace } from "./gate-port.ts";
import type { Item } from "./lane-batch.ts";
import { type PickDeps, paceOf } from "./pick-carrier.ts";
import { ableAt, type HeldSlot, LOOKS_ELSEWHERE_MS, type SlotsDeps, type Slotted } from "./take-slots.ts";

export interface AskFirstDeps extends SlotsDeps {
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
}

/** Slots before claims, for those who are known to wait for a carrier. */
export interface AskedFirst {
  /** Items to be claimed. */
  readonly items: readonly Item[];
  readonly held: ReadonlyMap<Item, HeldSlot>;
  /** Items for which nobody was asked yet: more than one second's pace. */
  readonly left: readonly Item[];
}

/** Items that wait for the same carrier; `able`: for how many of them it makes sense to ask at once. */
interface Group {
  readonly items: readonly Item[];
  readonly carrier: string;
  readonly pace: Pace;
  readonly able: number;
  /** They may be told to wait without being looked at; those of the upper classes look for another carrier instead. */
  readonly waits: boolean;
}

/** Asks the gate of the carrier that items wait for, before anything is claimed: waiting then costs neither rows nor attempts. */
export async function askGatesFirst(items: readonly Item[], fates: Fates, deps: AskFirstDeps): Promise<AskedFirst> {
  const held = new Map<Item, HeldSlot>();
  const left: Item[] = [];
  const gone = new Set<Item>();
  for (const { items: group, carrier, pace, able, waits } of await groupsOf(items, deps)) {
    const asked = waits ? group.slice(0, able) : group;
    left.push(...group.slice(asked.length));
    for (const item of group.slice(asked.length)) gone.add(item);
    const slots = await ask(asked, carrier, pace, asked.length, deps);
    for (const [at, item] of asked.entries()) {
      const slot = slots[at];
      if (slot?.kind === "now") held.set(item, { carrier, at: slot.at, watch: slot.watch, probe: slot.probe });
      else if (slot && waits && !slot.broken) {
        gone.add(item);
        comeAgain(item, slot, carrier, fates);
      }
    }
  }
  return { items: items.filter((item) => !gone.has(item)), held, left };
}

/** Asks when to come again, for items that this batch has no more time for. */
export async function askWhenToCome(items: readonly Item[], fates: Fates, deps: AskFirstDeps): Promise<void> {
  // Whose carrier has gone from the catalog meanwhile is looked at anew.
  for (const item of items) fates.again({ item, at: deps.now() });
  for (const { items: group, carrier, pace } of await groupsOf(items, deps)) {
    const slots = await ask(group, carrier, pace, 0, deps);
    for (const [at, item] of group.entries()) {
      const slot = slots[at];
      if (slot?.kind === "later" && !slot.broken) comeAgain(item, slot, carrier, fates);
    }
  }
}

/** A probe that was given to a message which then was not sent is free for the next one. */
export async function freeProbes(
  held: ReadonlyMap<Item, HeldSlot>,
  slotted: readonly Slotted[],
  { gates }: Pick<AskGateDeps, "gates">,
): Promise<void> {
  const used = new Set(slotted.map(({ slot }) => slot));
  for (const [{ tenant }, slot] of held) {
    if (!slot.probe || used.has(slot)) continue;
    await gates.report(tenant, slot.carrier, { ...NO_REPORT, probe: "unused" }).catch(() => undefined);
  }
}

async function ask(items: readonly Item[], carrier: string, pace: Pace, most: number, deps: AskFirstDeps) {
  const [first] = items;
  if (!first) return [];
  return askGate({ tenant: first.tenant, class: first.class, carrier, pace, senders: items.map(() => ""), most }, deps);
}

/** Who waits at a shut carrier looks at the whole route when it comes again: another carrier may be back. */
function comeAgain(item: Item, { at, shut }: { readonly at: number; readonly shut: boolean }, carrier: string, fates: Fates): void {
  fates.again({ item, at, spread: false, ...(shut ? {} : { carrier }) });
}

async function groupsOf(items: readonly Item[], deps: AskFirstDeps): Promise<readonly Group[]> {
  const groups: Group[] = [];
  for (const group of Map.groupBy(items, ({ tenant, class: noticeClass, carrier }) =>
    JSON.stringify([tenant, noticeClass, carrier]),
  ).values()) {
    const [first] = group;
    const account = first?.carrier === undefined ? undefined : await accountOf(first.tenant, first.carrier, deps);
    if (!first?.carrier || !account) continue;
    const { pace, together } = account;
    const able = Math.max(1, Math.min(ableAt(first.tenant, first.carrier, together, deps), Math.ceil(pace.per_second)));
    groups.push({ items: group, carrier: first.carrier, pace, able, waits: LOOKS_ELSEWHERE_MS[first.class] === Number.POSITIVE_INFINITY });
  }
  return groups;
}

/** The carrier as the catalog in force has it; undefined where it has none of that name, or paces senders, which only the claim tells. */
async function accountOf(
  tenant: string,
  name: string,
  { activeCatalog, carrier }: Pick<AskFirstDeps, "activeCatalog"> & PickDeps,
): Promise<{ readonly pace: Pace; readonly together: number } | undefined> {
  const compiled = await activeCatalog(tenant).catch(() => undefined);
  const mounted = compiled && carrier(tenant, compiled, name);
  if (!mounted) return undefined;
  const pace = paceOf(compiled.catalog, name, mounted);
  return pace.sender_per_second === undefined ? { pace, together: mounted.limits.recipients_per_call } : undefined;
}
