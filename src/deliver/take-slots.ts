import { CONNECTIONS } from "../support/connections.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import { type AskGateDeps, askGate, type GateSlot, PATIENCE_MS, SLOT_GOOD_MS } from "./ask-gate.ts";
import type { Item } from "./lane-batch.ts";
import { type Answered, type PickDeps, type Picked, pickCarrier } from "./pick-carrier.ts";
import type { Prepared } from "./prepare-message.ts";
import { faultForMs, shutForMs } from "./waiting-times.ts";

/** A slot that one message of this batch holds at a carrier. */
export interface HeldSlot {
  readonly carrier: string;
  readonly at: number;
  readonly watch: boolean;
  readonly probe: boolean;
}

/** Ready to be called: the carrier, the words and the instant from which on the call may be made. */
export interface Slotted {
  readonly picked: Picked;
  readonly slot: HeldSlot;
}

/** Nothing was called, it comes again at `until`. `carrier`: the one whose gate was full; `paused`: all that are left are paused. */
export interface Later {
  readonly prepared: Prepared;
  readonly until: number;
  readonly carrier?: string;
  readonly paused?: true;
}

/** What came of asking for slots. */
export interface Slots {
  readonly slotted: readonly Slotted[];
  readonly answered: readonly { readonly prepared: Prepared; readonly answered: Answered }[];
  readonly later: readonly Later[];
}

export interface SlotsDeps extends PickDeps, AskGateDeps {}

/** Who cannot wait so long for a carrier looks for another one. */
export const LOOKS_ELSEWHERE_MS: Readonly<Record<NoticeClass, number>> = {
  verification: 0,
  transactional: 5_000,
  service: Number.POSITIVE_INFINITY,
  marketing: Number.POSITIVE_INFINITY,
};

/** A message that looks for a slot, with the carriers that have none for it, and until when. */
interface Looking {
  readonly prepared: Prepared;
  readonly full: Map<string, GateSlot & { readonly kind: "later" }>;
}

/**
 * Asks the gates of the carriers that messages of this batch go to, one call for each tenant, class and carrier. Who finds a
 * breaker open, or cannot wait as long as the gate says, asks the next of its route.
 */
export async function takeSlots(
  prepared: readonly Prepared[],
  held: ReadonlyMap<Item, HeldSlot>,
  paused: (tenant: string) => readonly string[],
  deps: SlotsDeps,
): Promise<Slots> {
  const found = { slotted: [] as Slotted[], answered: [] as Slots["answered"][number][], later: [] as Later[] };
  let looking: readonly Looking[] = prepared.map((one) => ({ prepared: one, full: new Map() }));
  while (looking.length > 0) {
    const wanted = pickEach(looking, held, paused, found, deps);
    looking = await askEach(wanted, found, deps);
  }
  // In the order of the batch, in which tenants take turns, whichever carrier was asked first.
  const place = new Map(prepared.map((one, at) => [one, at]));
  const placeOf = ({ picked }: Slotted): number => place.get(picked.prepared) ?? 0;
  return { ...found, slotted: found.slotted.sort((a, b) => placeOf(a) - placeOf(b)) };
}

interface Found {
  readonly slotted: Slotted[];
  readonly answered: { readonly prepared: Prepared; readonly answered: Answered }[];
  readonly later: Later[];
}

/** The carrier of each; what needs no gate, or holds a slot already, is found. */
function pickEach(
  looking: readonly Looking[],
  held: ReadonlyMap<Item, HeldSlot>,
  paused: (tenant: string) => readonly string[],
  found: Found,
  deps: SlotsDeps,
): (Looking & { readonly picked: Picked })[] {
  return looking.flatMap((one) => {
    const { prepared, full } = one;
    const { tenant, class: noticeClass } = prepared.item;
    const isUrgent = LOOKS_ELSEWHERE_MS[noticeClass] < Number.POSITIVE_INFINITY;
    const healthOf = (carrier: string) => (isUrgent ? deps.memory.healthForUrgent(tenant, carrier) : deps.memory.health(tenant, carrier));
    const pick = pickCarrier(prepared, [...paused(tenant), ...full.keys()], healthOf, deps);
    if (pick.kind === "picked") {
      const own = held.get(prepared.item);
      if (own?.carrier !== pick.picked.name || full.has(own.carrier)) return [{ ...one, picked: pick.picked }];
      found.slotted.push({ picked: pick.picked, slot: own });
    } else if (pick.kind === "answered") found.answered.push({ prepared, answered: pick.answered });
    else found.later.push({ prepared, ...soonest(prepared, full, deps.now()) });
    return [];
  });
}

/** One call of each gate. Gives those who look at the next carrier of their route. */
async function askEach(
  wanted: readonly (Looking & { readonly picked: Picked })[],
  found: Found,
  deps: SlotsDeps,
): Promise<readonly Looking[]> {
  const looking: Looking[] = [];
  const groups = Map.groupBy(wanted, ({ picked: { name, prepared } }) => JSON.stringify([prepared.item.tenant, name, prepared.item.class]));
  for (const group of groups.values()) {
    const slots = await askFor(
      group.map(({ picked }) => picked),
      deps,
    );
    for (const [at, one] of group.entries()) {
      const { prepared, picked, full } = one;
      const slot = slots[at];
      if (slot?.kind === "now") found.slotted.push({ picked, slot: { carrier: picked.name, ...slot } });
      else if (slot) {
        full.set(picked.name, slot);
        const waits = !slot.shut && !slot.broken && slot.at - deps.now() <= LOOKS_ELSEWHERE_MS[prepared.item.class];
        if (waits) found.later.push({ prepared, until: slot.at, carrier: picked.name });
        else looking.push({ prepared, full });
      }
    }
  }
  return looking;
}

/** Slots for messages of one tenant and class at one carrier, in order; no more than this batch can use. */
async function askFor(picked: readonly Picked[], deps: SlotsDeps): Promise<readonly GateSlot[]> {
  const [first] = picked;
  if (!first) return [];
  const { tenant, class: noticeClass } = first.prepared.item;
  const { name, carrier, pace } = first;
  const most = ableAt(tenant, name, carrier.limits.recipients_per_call, deps);
  return askGate({ tenant, class: noticeClass, carrier: name, pace, senders: picked.map(({ sender }) => sender), most }, deps);
}

/** How many messages one batch can send at a carrier within its patience and while slots are good, over its connections. */
export function ableAt(tenant: string, carrier: string, together: number, { memory }: SlotsDeps): number {
  return memory.capacity(tenant, carrier, PATIENCE_MS + SLOT_GOOD_MS, CONNECTIONS) * together;
}

/** Where none is free: the gate that said the soonest; where all is paused, or no gate could be asked, a time of our own. */
function soonest({ claimed, item }: Prepared, full: Looking["full"], now: number): Omit<Later, "prepared"> {
  const [first] = [...full].filter(([, { broken }]) => !broken).sort(([, a], [, b]) => a.at - b.at);
  if (first) {
    const [carrier, { at, shut }] = first;
    if (!shut) return { until: at, carrier };
    return { until: LOOKS_ELSEWHERE_MS[item.class] < Number.POSITIVE_INFINITY ? at : Math.max(at, now + shutForMs(claimed.due_at, now)) };
  }
  return full.size > 0 ? { until: now + faultForMs(claimed.due_at, now) } : { until: now, paused: true };
}
