import type { GateReport, Gates, Reservation } from "../../src/deliver/gate-port.ts";

const HEALTHY = { breaker: "closed", share: 1 } as const;

/** Gates that give every slot at once, and what they were asked and told. */
export function openGates(now: () => number) {
  const reservations: { readonly carrier: string; readonly reservation: Reservation }[] = [];
  const reports: { readonly carrier: string; readonly report: GateReport }[] = [];
  const gates: Gates = {
    async reserve(_tenant, carrier, reservation) {
      reservations.push({ carrier, reservation });
      const slots = reservation.senders.map(() => ({ kind: "now" as const, at: now(), watch: false }));
      return { slots, probe: false, health: HEALTHY, alerts: [] };
    },
    async report(_tenant, carrier, report) {
      reports.push({ carrier, report });
      return { health: HEALTHY, alerts: [] };
    },
    async hear() {},
    status: () => Promise.reject(new Error("nobody asks")),
  };
  return { gates, reservations, reports };
}
