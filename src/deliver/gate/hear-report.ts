import { isOfNow, judgeProbe, WATCHED_MS } from "./breaker.ts";
import { withCalls } from "./calls.ts";
import { COARSE, FINE, type GateMemory } from "./gate-memory.ts";
import { become, healthNow, judgeCarrier, refuseAccount } from "./judge-carrier.ts";
import { notBefore } from "./pacing.ts";
import { withWaits } from "./pressure.ts";
import { hear, withWatched } from "./receipts.ts";
import type { CarrierTrouble, GateReport, Heard, WatchedReceipt } from "./reservation.ts";
import { throttled } from "./throttle.ts";

const TROUBLES_SHOWN = 10;

/** Takes in what calls came to. */
export function hearReport(before: GateMemory, report: GateReport, now: number): { readonly memory: GateMemory; readonly heard: Heard } {
  const memory = judgeCarrier(takeIn(judgeCarrier(before, now), report, now), now);
  return { memory: { ...memory, alerts: [] }, heard: { health: healthNow(memory, now), alerts: memory.alerts } };
}

/** Takes in a watched message's receipt. What it makes of the breaker is told with the next answer. */
export function hearReceipt(before: GateMemory, receipt: WatchedReceipt, now: number): GateMemory {
  const memory = judgeCarrier(before, now);
  return judgeCarrier({ ...memory, receipts: hear(memory.receipts, receipt) }, now);
}

/** The report alone, for a step that judges by itself. */
export function takeIn(before: GateMemory, report: GateReport, now: number): GateMemory {
  const { answered, troubles, watched, verification_waits, probe } = report;
  let memory: GateMemory = {
    ...before,
    receipts: withWatched(before.receipts, watched),
    waits: withWaits(before.waits, verification_waits, now),
    troubles: [...before.troubles, ...troubles].slice(-TROUBLES_SHOWN),
  };
  memory = count(memory, answered, troubles, now);
  for (const trouble of troubles) memory = takeTrouble(memory, trouble, now);
  if (probe === undefined) return memory;
  const judged = judgeProbe(memory.breaker, memory.probing, probe, now);
  return { ...become(memory, judged.breaker, now), probing: judged.probing };
}

function count(memory: GateMemory, answered: number, troubles: readonly CarrierTrouble[], now: number): GateMemory {
  // What was called long ago says nothing of the carrier as it is, but still that its outcome is unclear.
  const errors = troubles.filter(({ kind }) => kind === "unclear" || kind === "unreachable");
  const unclear = troubles.filter(({ kind }) => kind === "unclear").length;
  const ofNow = errors.filter(
    ({ at, kind }) => at > now - WATCHED_MS && isOfNow(memory.breaker, at, kind === "unclear" ? "unclear" : "other"),
  ).length;
  const rest = answered + troubles.length - errors.length;
  return {
    ...memory,
    calls: memory.breaker.kind === "open" ? memory.calls : withCalls(memory.calls, { answered: rest, errors: ofNow, unclear }, FINE, now),
    longCalls: withCalls(memory.longCalls, { answered: rest, errors: errors.length, unclear }, COARSE, now),
  };
}

function takeTrouble(memory: GateMemory, trouble: CarrierTrouble, now: number): GateMemory {
  switch (trouble.kind) {
    case "throttled":
      return { ...memory, pacing: notBefore(memory.pacing, throttled(memory.pacing.throttle, trouble, now)) };
    case "credentials":
    case "balance":
      return isOfNow(memory.breaker, trouble.at, "other") ? refuseAccount(memory, trouble.kind, trouble.code, now) : memory;
    case "unclear":
    case "unreachable":
      return memory;
  }
}
