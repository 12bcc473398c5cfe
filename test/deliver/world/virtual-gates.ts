import { type GateMemory, openGate } from "../../../src/deliver/gate/gate-memory.ts";
import { hearReceipt, hearReport } from "../../../src/deliver/gate/hear-report.ts";
import { reserveSlots } from "../../../src/deliver/gate/reserve-slots.ts";
import { showStatus } from "../../../src/deliver/gate/show-status.ts";
import type { Gates } from "../../../src/deliver/gate-port.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Carriers' gates by the real pure steps, on a virtual clock. */
export function virtualGates({ now }: VirtualClock): Gates {
  const memories = new Map<string, GateMemory>();
  const memoryOf = (carrier: string): GateMemory => memories.get(carrier) ?? openGate({}, now());
  return {
    async reserve(_tenant, carrier, reservation) {
      const { memory, reserved } = reserveSlots(memoryOf(carrier), reservation, now());
      memories.set(carrier, memory);
      return reserved;
    },
    async report(_tenant, carrier, report) {
      const { memory, heard } = hearReport(memoryOf(carrier), report, now());
      memories.set(carrier, memory);
      return heard;
    },
    async hear(_tenant, carrier, receipt) {
      memories.set(carrier, hearReceipt(memoryOf(carrier), receipt, now()));
    },
    status: async (_tenant, carrier) => showStatus(memoryOf(carrier), now()),
  };
}
