import type { CarrierHealth, GateReport } from "./gate-port.ts";

/** Health that a gate told is good for so long; a reservation renews it. */
const HEALTH_KNOWN_MS = 5_000;
/** A carrier whose last call failed is doubted for so long, unless another call is answered. */
const DOUBT_MS = 10_000;
/** How long a call takes where nothing is known, and how much one call changes what is known. */
const CALL_MS = 200;
const WEIGHT = 0.2;
/** So much of each kind is told of one carrier at once; beyond it the oldest is of no more use. */
const TOLD_MAX = 200;
const KEPT_MAX = 2_000;

export const NO_REPORT: GateReport = { answered: 0, troubles: [], watched: [], verification_waits: [] };

/**
 * What one isolate knows of carriers between two batches: never the truth, which the gates have, but enough to ask the right
 * one first. Reports of calls that went well ride on the next reservation.
 */
export class CarrierMemory {
  readonly #now: () => number;
  readonly #health = new Map<string, { readonly until: number; readonly health: CarrierHealth }>();
  readonly #reports = new Map<string, GateReport>();
  readonly #callMs = new Map<string, number>();
  readonly #doubted = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  health(tenant: string, carrier: string): CarrierHealth | undefined {
    const known = this.#health.get(nameOf(tenant, carrier));
    return known && this.#now() < known.until ? known.health : undefined;
  }

  hear(tenant: string, carrier: string, health: CarrierHealth): void {
    keep(this.#health, nameOf(tenant, carrier), { until: this.#now() + HEALTH_KNOWN_MS, health });
  }

  /** Adds to what the gate shall be told. */
  add(tenant: string, carrier: string, news: Partial<GateReport>): void {
    const name = nameOf(tenant, carrier);
    const known = this.#reports.get(name) ?? NO_REPORT;
    keep(this.#reports, name, {
      answered: known.answered + (news.answered ?? 0),
      troubles: [...known.troubles, ...(news.troubles ?? [])].slice(-TOLD_MAX),
      watched: [...known.watched, ...(news.watched ?? [])].slice(-TOLD_MAX),
      verification_waits: [...known.verification_waits, ...(news.verification_waits ?? [])].slice(-TOLD_MAX),
    });
  }

  /** Takes out what the gate shall be told; undefined where there is nothing. */
  takeReport(tenant: string, carrier: string): GateReport | undefined {
    const name = nameOf(tenant, carrier);
    const report = this.#reports.get(name);
    this.#reports.delete(name);
    return report;
  }

  /** A call took so long. */
  noteCallTime(tenant: string, carrier: string, ms: number): void {
    const name = nameOf(tenant, carrier);
    const known = this.#callMs.get(name) ?? CALL_MS;
    keep(this.#callMs, name, known + (ms - known) * WEIGHT);
  }

  /** How many calls one batch can make at a carrier within this time over so many connections; at least one for each. */
  capacity(tenant: string, carrier: string, withinMs: number, connections: number): number {
    const callMs = Math.max(1, this.#callMs.get(nameOf(tenant, carrier)) ?? CALL_MS);
    return connections * Math.max(1, Math.floor(withinMs / callMs));
  }

  /** A call failed, or was answered. */
  doubt(tenant: string, carrier: string, failed: boolean): void {
    if (failed) keep(this.#doubted, nameOf(tenant, carrier), this.#now() + DOUBT_MS);
    else this.#doubted.delete(nameOf(tenant, carrier));
  }

  /** Health for those who cannot wait until the breaker has seen enough: whoever is in doubt comes after the others. */
  healthForUrgent(tenant: string, carrier: string): CarrierHealth | undefined {
    const known = this.health(tenant, carrier);
    const doubted = this.#now() < (this.#doubted.get(nameOf(tenant, carrier)) ?? 0);
    return doubted && known?.breaker !== "open" ? { breaker: "half", share: 0 } : known;
  }
}

function nameOf(tenant: string, name: string): string {
  return `${tenant}/${name}`;
}

function keep<Value>(known: Map<string, Value>, name: string, value: Value): void {
  known.delete(name);
  known.set(name, value);
  for (const oldest of known.keys()) {
    if (known.size <= KEPT_MAX) break;
    known.delete(oldest);
  }
}
