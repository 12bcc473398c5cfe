import { type GateMemory, type Kept, keptOf, openGate } from "../../../src/deliver/gate/gate-memory.ts";
import { hearReceipt, hearReport } from "../../../src/deliver/gate/hear-report.ts";
import type { CarrierTrouble, GateAlert, GateReport, GateStatus, Heard, Pace, Reserved } from "../../../src/deliver/gate/reservation.ts";
import { reserveSlots } from "../../../src/deliver/gate/reserve-slots.ts";
import { showStatus } from "../../../src/deliver/gate/show-status.ts";
import type { NoticeClass } from "../../../src/vocabulary/classes.ts";

export const START_MS = Date.UTC(2026, 10, 11);

/** A gate without its shell, driven by hand: its clock stands still unless a test moves it. */
export class DrivenGate {
  now = START_MS;
  pace: Pace;
  /** Everything that was given and told, in order. */
  readonly given: { readonly at: number; readonly sender: string; readonly class: NoticeClass }[] = [];
  readonly alerts: GateAlert[] = [];
  /** How many rows the shell would have written. */
  rows = 0;
  #memory: GateMemory;
  #kept: Kept;

  /** Its memory began long ago, so that nothing of a gate before it is near. */
  constructor(perSecond = 100, kept: Kept = {}, age_ms = 60_000) {
    this.pace = { per_second: perSecond };
    this.#memory = openGate(kept, this.now - age_ms);
    this.#kept = keptOf(this.#memory);
  }

  reserve(noticeClass: NoticeClass, senders: number | readonly string[], patience_ms = 1_000, report?: Partial<GateReport>): Reserved {
    const asked = typeof senders === "number" ? Array.from({ length: senders }, () => "") : senders;
    const { memory, reserved } = reserveSlots(
      this.#memory,
      {
        class: noticeClass,
        senders: asked,
        patience_ms,
        most: asked.length,
        pace: this.pace,
        ...(report ? { report: reportOf(report) } : {}),
      },
      this.now,
    );
    this.#keep(memory);
    for (const [n, slot] of reserved.slots.entries())
      if (slot.kind === "now") this.given.push({ at: slot.at, sender: asked[n] ?? "", class: noticeClass });
    this.alerts.push(...reserved.alerts);
    return reserved;
  }

  report(report: Partial<GateReport>): Heard {
    const { memory, heard } = hearReport(this.#memory, reportOf(report), this.now);
    this.#keep(memory);
    this.alerts.push(...heard.alerts);
    return heard;
  }

  /** So many calls came to this. */
  tell(kind: CarrierTrouble["kind"], count = 1, more: Partial<CarrierTrouble> = {}): Heard {
    return this.report({ troubles: Array.from({ length: count }, () => ({ at: this.now, kind, ...more })) });
  }

  hear(id: string, delivered = true): void {
    this.#keep(hearReceipt(this.#memory, { id, at: this.now, delivered }, this.now));
  }

  get status(): GateStatus {
    return showStatus(this.#memory, this.now);
  }

  get kept(): Kept {
    return this.#kept;
  }

  /** The memory is lost; what was kept is not. */
  restart(): void {
    this.#memory = openGate(this.#kept, this.now);
  }

  instants(of: { readonly sender?: string; readonly class?: NoticeClass } = {}): number[] {
    return this.given
      .filter((slot) => (of.sender ?? slot.sender) === slot.sender && (of.class ?? slot.class) === slot.class)
      .map(({ at }) => at);
  }

  #keep(memory: GateMemory): void {
    const kept = keptOf(memory);
    if (kept.breaker !== this.#kept.breaker) this.rows++;
    if (kept.ceiling !== this.#kept.ceiling) this.rows++;
    this.#memory = memory;
    this.#kept = kept;
  }
}

function reportOf(report: Partial<GateReport>): GateReport {
  return { answered: 0, troubles: [], watched: [], verification_waits: [], ...report };
}
