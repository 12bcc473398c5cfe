import { type Breaker, NOT_PROBING, type Probing } from "./breaker.ts";
import type { Calls, Grain } from "./calls.ts";
import { NO_CEILING } from "./ceiling.ts";
import type { Demand } from "./demand.ts";
import { newPacing, type Pacing } from "./pacing.ts";
import { NO_PRESSURE, type Pressure, type Waits } from "./pressure.ts";
import { NO_PROMISES, type Promises } from "./promises.ts";
import { newReceipts, type Receipts } from "./receipts.ts";
import type { CarrierTrouble, GateAlert } from "./reservation.ts";

/** All that a gate knows. It is a cache: what must outlive it is `Kept`. Instants in milliseconds. */
export interface GateMemory {
  /** The newest instant that was seen. */
  readonly now: number;
  readonly pacing: Pacing;
  readonly demand: Demand;
  readonly promises: Promises;
  readonly breaker: Breaker;
  readonly probing: Probing;
  /** Calls of the last half minute, and of the last ten. */
  readonly calls: Calls;
  readonly longCalls: Calls;
  readonly receipts: Receipts;
  readonly waits: Waits;
  readonly pressure: Pressure;
  readonly troubles: readonly CarrierTrouble[];
  /** Alerts that the next answer carries, and in which hour each cause was last told. */
  readonly alerts: readonly GateAlert[];
  readonly told: Readonly<Record<string, number>>;
}

/** What outlives the memory: two rows, each written when it changes. */
export interface Kept {
  readonly breaker?: Breaker;
  readonly ceiling?: number;
}

export const FINE: Grain = { stretch_ms: 1_000, kept_ms: 30_000 };
export const COARSE: Grain = { stretch_ms: 15_000, kept_ms: 600_000 };

const HOUR_MS = 3_600_000;

export function openGate({ breaker = { kind: "closed" }, ceiling = NO_CEILING }: Kept, now: number): GateMemory {
  return {
    now,
    pacing: newPacing({ at: now, ceiling }),
    demand: {},
    promises: NO_PROMISES,
    breaker,
    probing: NOT_PROBING,
    calls: [],
    longCalls: [],
    receipts: newReceipts(now),
    waits: [],
    pressure: NO_PRESSURE,
    troubles: [],
    alerts: [],
    told: {},
  };
}

export function keptOf({ breaker, pacing }: GateMemory): Kept {
  return { breaker, ...(pacing.ceiling === NO_CEILING ? {} : { ceiling: pacing.ceiling }) };
}

/** Something that people must hear of, once for each cause and hour. */
export function raise(memory: GateMemory, alert: GateAlert, cause: string, now: number): GateMemory {
  const hour = Math.floor(now / HOUR_MS);
  const name = `${alert.type} ${cause}`;
  if (memory.told[name] === hour) return memory;
  return { ...memory, alerts: [...memory.alerts, alert], told: { ...memory.told, [name]: hour } };
}
