import type { GateAlert } from "./gate-port.ts";

/** Tells people what a carrier's gate has found; fails nothing. */
export type PostGateAlerts = (tenant: string, carrier: string, alerts: readonly GateAlert[]) => Promise<void>;
