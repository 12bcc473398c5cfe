import { mayRetry } from "../support/may-retry.ts";
import type { CarrierGate } from "./carrier-gate.ts";
import type { Gates } from "./gate-port.ts";

type GateStub = DurableObjectStub<CarrierGate>;

/**
 * The door to the carriers' gates, one for each tenant and carrier. A failed call is made once more where the platform says that
 * this helps (`retryable`, and not `overloaded`), through a fresh stub, since a failed one stays broken. A reservation that was
 * made twice costs some slots and no exactness; a report that was heard twice counts twice.
 */
export function gateDoorOf(namespace: Pick<DurableObjectNamespace<CarrierGate>, "getByName">): Gates {
  const call = async <Answer>(tenant: string, carrier: string, of: (gate: GateStub) => Promise<Answer>): Promise<Answer> => {
    const name = `${tenant}/${carrier}`;
    try {
      return await of(namespace.getByName(name));
    } catch (error) {
      if (!mayRetry(error)) throw error;
      return of(namespace.getByName(name));
    }
  };
  return {
    reserve: (tenant, carrier, reservation) => call(tenant, carrier, (gate) => gate.reserve(reservation)),
    report: (tenant, carrier, report) => call(tenant, carrier, (gate) => gate.report(report)),
    hear: (tenant, carrier, receipt) => call(tenant, carrier, (gate) => gate.hear(receipt)),
    status: (tenant, carrier) => call(tenant, carrier, (gate) => gate.status()),
  };
}
