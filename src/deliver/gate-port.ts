import type { GateReport, GateStatus, Heard, Reservation, Reserved, WatchedReceipt } from "./gate/reservation.ts";

export type {
  CarrierHealth,
  CarrierTrouble,
  GateAlert,
  GateReport,
  GateStatus,
  Pace,
  Reservation,
  Reserved,
  Slot,
} from "./gate/reservation.ts";

/** The door to the carriers' gates: the small interface that parts.ts joins. */
export interface Gates {
  reserve(tenant: string, carrier: string, reservation: Reservation): Promise<Reserved>;
  /** What cannot wait for the next reservation: errors, and what a probe came to. */
  report(tenant: string, carrier: string, report: GateReport): Promise<Heard>;
  /** A watched message's receipt. */
  hear(tenant: string, carrier: string, receipt: WatchedReceipt): Promise<void>;
  status(tenant: string, carrier: string): Promise<GateStatus>;
}
