import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import type { CarrierMemory } from "./carrier-memory.ts";
import type { Gates, Pace, Reserved } from "./gate-port.ts";
import type { Item } from "./lane-batch.ts";
import type { PostGateAlerts } from "./post-gate-alerts.ts";

/** A gate's answer for one message. `later.shut`: the breaker is open. `later.broken`: the gate itself could not be asked. */
export type GateSlot =
  | { readonly kind: "now"; readonly at: number; readonly watch: boolean; readonly probe: boolean }
  | { readonly kind: "later"; readonly at: number; readonly shut: boolean; readonly broken?: true };

/** Who asks a gate for what. */
export interface SlotRequest {
  readonly tenant: string;
  readonly class: Item["class"];
  readonly carrier: string;
  readonly pace: Pace;
  /** The sender of each message. */
  readonly senders: readonly string[];
  /** No more slots than this. */
  readonly most: number;
}

export interface AskGateDeps {
  readonly now: () => number;
  readonly gates: Gates;
  readonly memory: CarrierMemory;
  readonly postGateAlerts: PostGateAlerts;
}

/** A consumer waits for a slot by itself for so long, which is as far as a gate gives any; what comes later goes back to its lane. */
export const PATIENCE_MS = 1_000;
/** A slot is good for so long after its instant: a call that is made much later than it may would crowd those of others. */
export const SLOT_GOOD_MS = 1_000;

/** One call of a gate, with what it is to be told. Without its gate a carrier is given nothing: its pace would not hold. */
export async function askGate(
  { tenant, class: noticeClass, carrier, pace, senders, most }: SlotRequest,
  deps: AskGateDeps,
): Promise<readonly GateSlot[]> {
  const { memory, gates, now } = deps;
  const report = memory.takeReport(tenant, carrier);
  let reserved: Reserved;
  try {
    const told = report ? { report } : {};
    reserved = await gates.reserve(tenant, carrier, { class: noticeClass, senders, patience_ms: PATIENCE_MS, most, pace, ...told });
  } catch (error) {
    if (report) memory.add(tenant, carrier, report);
    log("error", "gate.unavailable", { tenant, carrier, error: errorName(error) });
    return senders.map(() => ({ kind: "later", at: now(), shut: false, broken: true }));
  }
  memory.hear(tenant, carrier, reserved.health);
  await deps.postGateAlerts(tenant, carrier, reserved.alerts);
  const shut = reserved.health.breaker === "open";
  return senders.map((_, at): GateSlot => {
    const slot = reserved.slots[at];
    if (!slot) return { kind: "later", at: now() + PATIENCE_MS, shut };
    return slot.kind === "now" ? { ...slot, probe: reserved.probe && at === 0 } : { ...slot, shut };
  });
}
