import { log } from "../support/log.ts";
import type { CarrierMemory } from "./carrier-memory.ts";
import type { GateAlert, Gates, Pace, Reserved, Slot } from "./gate-port.ts";
import type { Item } from "./lane-batch.ts";
import { type Answered, type PickDeps, type Picked, pickCarrier } from "./pick-carrier.ts";
import type { Prepared } from "./prepare-message.ts";

/** So many connections of one invocation may wait for response headers on Cloudflare. */
export const SLOTS = 6;

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

/** What came of asking for slots. `later`: nothing was called, it comes again then; `at` names the gate that was full. */
export interface Slots {
  readonly slotted: readonly Slotted[];
  readonly answered: readonly { readonly prepared: Prepared; readonly answered: Answered }[];
  readonly later: readonly { readonly prepared: Prepared; readonly until: number; readonly at: string | undefined }[];
}

export interface SlotsDeps extends PickDeps {
  readonly gates: Gates;
  readonly memory: CarrierMemory;
  readonly postAlerts: (tenant: string, carrier: string, alerts: readonly GateAlert[]) => Promise<void>;
}

/** A consumer waits for a slot by itself for so long, which is as far as a gate gives any; what comes later goes back to its lane. */
export const PATIENCE_MS = 1_000;
/** A slot is good for so long after its instant: a call that is made much later than it may would crowd those of others. */
export const SLOT_GOOD_MS = 1_000;
/** Who cannot wait so long for a carrier looks for another one. */
const LOOK_ELSEWHERE_MS = { verification: 0, transactional: 5_000, service: Number.POSITIVE_INFINITY, marketing: Number.POSITIVE_INFINITY };
/** What is paused, or finds all gates shut without a word of when, is looked at again after this. */
export const PAUSED_AGAIN_MS = 15_000;
/** Without its gate a carrier is given nothing: its rate would not hold. */
const GATE_AGAIN_MS = 5_000;

/**
 * Asks the carriers' gates for slots, one call for each carrier that messages of this batch go to. Who finds a carrier's
 * breaker open, or cannot wait as long as its gate says, asks the next of its route.
 */
export async function takeSlots(
  prepared: readonly Prepared[],
  held: ReadonlyMap<Item, HeldSlot>,
  paused: (tenant: string) => readonly string[],
  deps: SlotsDeps,
): Promise<Slots> {
  const slotted: Slotted[] = [];
  const answered: { prepared: Prepared; answered: Answered }[] = [];
  const later: { prepared: Prepared; until: number; at: string | undefined }[] = [];
  let looking = prepared.map((one) => ({ prepared: one, full: new Map<string, number>() }));
  while (looking.length > 0) {
    const wanted: { readonly picked: Picked; readonly full: Map<string, number> }[] = [];
    for (const { prepared: one, full } of looking) {
      const { tenant } = one.item;
      const pick = pickCarrier(one, [...paused(tenant), ...full.keys()], (carrier) => deps.memory.health(tenant, carrier), deps);
      const own = held.get(one.item);
      if (pick.kind === "answered") answered.push({ prepared: one, answered: pick.answered });
      else if (pick.kind === "none_free") later.push({ prepared: one, ...soonest(full, deps.now()) });
      else if (own?.carrier === pick.picked.name && !full.has(own.carrier)) slotted.push({ picked: pick.picked, slot: own });
      else wanted.push({ picked: pick.picked, full });
    }
    looking = [];
    for (const group of Map.groupBy(wanted, ({ picked }) =>
      JSON.stringify([picked.prepared.item.tenant, picked.name, picked.prepared.item.class]),
    ).values()) {
      const slots = await reserve(
        group.map(({ picked }) => picked),
        deps,
      );
      for (const [at, { picked, full }] of group.entries()) {
        const slot = slots[at];
        if (slot?.kind === "now") slotted.push({ picked, slot: { carrier: picked.name, ...slot } });
        else {
          const until = slot?.at ?? deps.now() + PAUSED_AGAIN_MS;
          full.set(picked.name, until);
          if (slot?.shut || until - deps.now() > LOOK_ELSEWHERE_MS[picked.prepared.item.class])
            looking.push({ prepared: picked.prepared, full });
          else later.push({ prepared: picked.prepared, until, at: picked.name });
        }
      }
    }
  }
  // In the order of the batch, in which tenants take turns, whichever carrier was asked first.
  const place = new Map(prepared.map((one, at) => [one, at]));
  const placeOf = ({ picked }: Slotted): number => place.get(picked.prepared) ?? 0;
  return { slotted: slotted.sort((a, b) => placeOf(a) - placeOf(b)), answered, later };
}

/** Where none is free: the gate that said the soonest, or none where all is paused. */
function soonest(full: ReadonlyMap<string, number>, now: number): { readonly until: number; readonly at: string | undefined } {
  const [first] = [...full].sort(([, a], [, b]) => a - b);
  return first ? { until: first[1], at: first[0] } : { until: now + PAUSED_AGAIN_MS, at: undefined };
}

type GroupSlot =
  | (Extract<Slot, { kind: "now" }> & { readonly probe: boolean; readonly shut?: never })
  | (Extract<Slot, { kind: "later" }> & { readonly shut: boolean });

/** Slots for messages of one tenant and class at one carrier, in order. */
async function reserve(picked: readonly Picked[], deps: SlotsDeps): Promise<readonly GroupSlot[]> {
  const [first] = picked;
  if (!first) return [];
  const { tenant, class: noticeClass } = first.prepared.item;
  return reserveFor(
    {
      tenant,
      class: noticeClass,
      carrier: first.name,
      pace: first.pace,
      together: first.carrier.limits.recipients_per_call,
      senders: picked.map(({ text }) => text.template?.sign_name ?? ""),
    },
    deps,
  );
}

/** Who asks a gate for what. */
export interface SlotRequest {
  readonly tenant: string;
  readonly class: Item["class"];
  readonly carrier: string;
  readonly pace: Pace;
  /** How many messages one call may hold. */
  readonly together: number;
  readonly senders: readonly string[];
  /** No more slots than this; left out, as many as this batch can use. */
  readonly most?: number;
}

/** How many messages one batch can send at a carrier within its patience, over its connections. */
export function ableAt({ tenant, carrier, together }: Pick<SlotRequest, "tenant" | "carrier" | "together">, { memory }: SlotsDeps): number {
  return memory.capacity(tenant, carrier, PATIENCE_MS + SLOT_GOOD_MS, SLOTS) * together;
}

/** One call of a gate. No more slots are taken than this batch can use: the rest comes again, and others pass meanwhile. */
export async function reserveFor(request: SlotRequest, deps: SlotsDeps): Promise<readonly GroupSlot[]> {
  const { tenant, class: noticeClass, carrier, pace, senders } = request;
  const { memory, gates, now } = deps;
  const most = request.most ?? ableAt(request, deps);
  const report = memory.takeReport(tenant, carrier);
  let reserved: Reserved;
  try {
    reserved = await gates.reserve(tenant, carrier, {
      class: noticeClass,
      senders,
      patience_ms: PATIENCE_MS,
      most,
      pace,
      ...(report ? { report } : {}),
    });
  } catch (error) {
    if (report) memory.add(tenant, carrier, report);
    log("error", "gate.unavailable", { tenant, carrier, error: error instanceof Error ? error.name : "unknown" });
    return senders.map(() => ({ kind: "later", at: now() + GATE_AGAIN_MS, shut: false }));
  }
  memory.hear(tenant, carrier, reserved.health);
  await deps.postAlerts(tenant, carrier, reserved.alerts);
  const shut = reserved.health.breaker === "open";
  if (reserved.slots.some(({ kind }) => kind === "later")) memory.crowded(tenant, noticeClass, carrier);
  return senders.map((_, at): GroupSlot => {
    const slot = reserved.slots[at];
    if (!slot) return { kind: "later", at: now() + PATIENCE_MS, shut };
    return slot.kind === "now" ? { ...slot, probe: reserved.probe && at === 0 } : { ...slot, shut };
  });
}
