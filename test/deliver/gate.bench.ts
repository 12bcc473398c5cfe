import { NOTICE_CLASSES } from "../../src/vocabulary/classes.ts";
import { percentile } from "./gate/crowd.ts";
import { DrivenGate } from "./gate/driven-gate.ts";

/**
 * What a reservation costs the gate's one thread, on one core, at full use: all four classes ask for more than there is, 30 slots
 * at a time. The clock is the gate's own; only the work is timed. `node test/deliver/gate.bench.ts`
 */
const SECONDS = 10;
const BATCH = 30;

for (const perSecond of [10, 100, 1_000, 5_000]) {
  const gate = new DrivenGate(perSecond);
  const asksASecond = Math.max(20, Math.ceil((1.5 * perSecond) / BATCH));
  const took: number[] = [];
  for (let ask = 0; ask < SECONDS * asksASecond; ask++) {
    gate.now += Math.round(1000 / asksASecond);
    const began = process.hrtime.bigint();
    gate.reserve(NOTICE_CLASSES[ask % 4] ?? "service", BATCH, 1_000, { answered: BATCH });
    took.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  took.sort((a, b) => a - b);
  const busy = took.reduce((sum, ms) => sum + ms, 0) / SECONDS;
  console.log(
    JSON.stringify({
      per_second: perSecond,
      reservations_a_second: asksASecond,
      slots_a_second: Math.round(gate.given.length / SECONDS),
      reservation_ms: { p50: round(percentile(took, 50)), p99: round(percentile(took, 99)) },
      cpu_ms_a_second: round(busy),
      rows_a_second: round(gate.rows / SECONDS),
    }),
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
