import { type Breaker, callsCountFrom, healthOf, judgeCalls, NOT_PROBING, open, passTime, WATCHED_MS } from "./breaker.ts";
import { callsSince, errorPart } from "./calls.ts";
import { COARSE, FINE, type GateMemory, keptOf, openGate, raise } from "./gate-memory.ts";
import { CLOCK_BACK_MS } from "./pacing.ts";
import { isSlow, underPressure, waitP95 } from "./pressure.ts";
import { anew, areMissing, areWell, countMissing } from "./receipts.ts";
import type { CarrierHealth } from "./reservation.ts";
import { partLeft } from "./throttle.ts";

/** Calls that say something of a carrier. */
const CALLS_LEAST = 10;
const UNCLEAR_CALLS_LEAST = 100;
const UNCLEAR_PART = 0.05;

type Judge = (memory: GateMemory, now: number) => GateMemory;
const JUDGES: readonly Judge[] = [judgeTime, judgeErrors, judgeReceipts, judgeUnclear, judgePressure];

/** What time and what is known make of the breaker and of the pressure. Every step begins with it, and ends with it. */
export function judgeCarrier(memory: GateMemory, now: number): GateMemory {
  // A clock that is set back by more than a little leaves nothing that could be reckoned with.
  if (now < memory.now - CLOCK_BACK_MS) return { ...openGate(keptOf(memory), now), alerts: memory.alerts, told: memory.told };
  const judged = JUDGES.reduce((each, judge) => judge(each, now), memory);
  return { ...judged, now: Math.max(memory.now, now) };
}

export function healthNow({ breaker, probing }: GateMemory, now: number): CarrierHealth {
  return healthOf(breaker, probing, now);
}

/** Opens the breaker at once: the account as a whole is refused. */
export function refuseAccount(memory: GateMemory, cause: "credentials" | "balance", code: string | undefined, now: number): GateMemory {
  const type = cause === "credentials" ? "credentials.refused" : "balance.empty";
  const detail = code === undefined ? {} : { code };
  const told = raise(memory, { type, detail }, cause, now);
  if (memory.breaker.kind === "open") return told;
  return opened(told, open(cause, now), { cause, ...detail }, now);
}

/** Takes on another state; what was seen before says nothing of it. */
export function become(memory: GateMemory, breaker: Breaker, now: number): GateMemory {
  if (breaker.kind === memory.breaker.kind) return memory;
  const calls = breaker.kind === "open" || breaker.kind === "returning" ? [] : memory.calls;
  return { ...memory, breaker, calls, probing: NOT_PROBING, receipts: anew(memory.receipts, now) };
}

function judgeTime(memory: GateMemory, now: number): GateMemory {
  const { breaker } = memory;
  const after = passTime(breaker, now);
  return breaker.kind === "returning" && after.kind === "closed" ? closed(memory, breaker.cause, now) : memory;
}

function judgeErrors(memory: GateMemory, now: number): GateMemory {
  const calls = callsSince(memory.calls, callsCountFrom(memory.breaker, now), FINE);
  const after = judgeCalls(memory.breaker, calls, now);
  if (after === memory.breaker) return memory;
  return opened(memory, after, { cause: "errors", errors: calls.errors, calls: calls.answered + calls.errors }, now);
}

function judgeReceipts(memory: GateMemory, now: number): GateMemory {
  const { breaker, receipts } = memory;
  if (breaker.kind === "closed" && areMissing(receipts, now)) {
    const detail = { cause: "receipts", missing: countMissing(receipts, now) };
    return opened(memory, { kind: "half", since: now, cause: "receipts" }, detail, now);
  }
  return breaker.kind === "half" && areWell(receipts, breaker.since) ? closed(memory, "receipts", now) : memory;
}

function judgeUnclear(memory: GateMemory, now: number): GateMemory {
  const { answered, errors, unclear } = callsSince(memory.longCalls, now - COARSE.kept_ms, COARSE);
  const calls = answered + errors;
  if (calls < UNCLEAR_CALLS_LEAST || unclear < UNCLEAR_PART * calls) return memory;
  return raise(memory, { type: "unclear.many", detail: { calls, unclear } }, "unclear", now);
}

function judgePressure(memory: GateMemory, now: number): GateMemory {
  const { waits, pacing, calls } = memory;
  const wait = waitP95(waits, now);
  const errors = errorPart(callsSince(calls, now - WATCHED_MS, FINE), CALLS_LEAST);
  const pressure = underPressure(memory.pressure, { wait_p95_ms: wait, errors, pace: partLeft(pacing.throttle, now) }, now);
  const next = { ...memory, pressure };
  // What stands in the memory was judged at the memory's own instant: by now its slowness may have become long.
  const begins = isSlow(pressure, now) && !isSlow(memory.pressure, memory.now);
  return begins ? raise(next, { type: "verification.slow", detail: { wait_p95_ms: Math.round(wait ?? 0) } }, "waits", now) : next;
}

function opened(memory: GateMemory, breaker: Breaker, detail: Readonly<Record<string, string | number>>, now: number): GateMemory {
  const alert = { type: "breaker.opened", detail: { ...detail, breaker: breaker.kind } } as const;
  return raise(become(memory, breaker, now), alert, String(detail.cause), now);
}

function closed(memory: GateMemory, cause: string, now: number): GateMemory {
  return raise(become(memory, { kind: "closed" }, now), { type: "breaker.closed", detail: { cause } }, cause, now);
}
