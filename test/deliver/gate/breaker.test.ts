import { describe, expect, it } from "vitest";
import type { CarrierTrouble } from "../../../src/deliver/gate/reservation.ts";
import { NOTICE_CLASSES } from "../../../src/vocabulary/classes.ts";
import { drawsOf } from "../world/virtual-clock.ts";
import { DrivenGate, START_MS } from "./driven-gate.ts";

const ROUNDS = process.env.SOAK ? 400 : 15;

const kinds = (gate: DrivenGate, count = 5): string[] => gate.reserve("transactional", count).slots.map(({ kind }) => kind);
const breakerOf = (gate: DrivenGate): string => gate.status.health.breaker;
const opened = (cause: "unreachable" | "credentials" | "balance" = "unreachable"): DrivenGate => {
  const gate = new DrivenGate(100);
  gate.tell(cause, cause === "unreachable" ? 10 : 1, { code: "20003" });
  return gate;
};

describe("A breaker", () => {
  it("opens where a fifth of ten calls fails, and not before", () => {
    const fine = new DrivenGate();
    fine.report({ answered: 1 });
    fine.tell("unclear", 8);
    expect(breakerOf(fine)).toBe("closed");
    fine.report({ answered: 41 });
    expect(breakerOf(fine)).toBe("closed");
    const bad = new DrivenGate();
    bad.report({ answered: 41 });
    bad.tell("unclear", 5);
    bad.tell("unreachable", 5);
    expect(breakerOf(bad)).toBe("closed");
    expect(bad.tell("unreachable").health).toMatchObject({ breaker: "open", share: 0, probe_at: bad.now + 5_000 });
    expect(bad.status).toMatchObject({ since: bad.now, cause: "errors" });
    expect(bad.status.last_troubles).toHaveLength(10);
  });

  it("opens where five calls fail and none is answered", () => {
    const gate = new DrivenGate();
    gate.tell("unclear", 4);
    expect(breakerOf(gate)).toBe("closed");
    gate.tell("unreachable");
    expect(breakerOf(gate)).toBe("open");
  });

  it("looks at half a minute: older errors say nothing", () => {
    const gate = new DrivenGate();
    gate.report({ answered: 1 });
    gate.tell("unclear", 8);
    gate.now += 31_000;
    gate.tell("unclear", 1);
    expect(breakerOf(gate)).toBe("closed");
    gate.tell("unreachable", 20, { at: gate.now - 40_000 });
    expect(breakerOf(gate)).toBe("closed");
    expect(gate.status.calls_30s).toEqual({ answered: 0, errors: 1 });
  });

  it("does not open for a carrier that says not now", () => {
    const gate = new DrivenGate();
    gate.tell("throttled", 50);
    expect(breakerOf(gate)).toBe("closed");
  });

  it.each([
    ["credentials", "credentials.refused"],
    ["balance", "balance.empty"],
  ] as const)("opens at once where the account is refused: %s", (cause, alert) => {
    const gate = opened(cause);
    expect(gate.status).toMatchObject({ health: { breaker: "open" }, cause });
    expect(gate.alerts).toEqual([
      { type: alert, detail: { code: "20003" } },
      { type: "breaker.opened", detail: { cause, code: "20003", breaker: "open" } },
    ]);
  });

  it("gives one probe every five seconds, to whoever asks first, and nothing else", () => {
    const gate = opened();
    expect(kinds(gate)).toEqual(["later", "later", "later", "later", "later"]);
    gate.now += 5_000;
    const first = gate.reserve("marketing", 3);
    expect(first).toMatchObject({ probe: true, slots: [{ kind: "now" }, { kind: "later" }, { kind: "later" }] });
    expect(gate.reserve("verification", 3)).toMatchObject({
      probe: false,
      slots: [{ kind: "later" }, { kind: "later" }, { kind: "later" }],
    });
    gate.now += 1_000;
    expect(gate.report({ probe: "failed", troubles: [{ at: gate.now, kind: "unreachable" }] }).health.breaker).toBe("open");
    expect(kinds(gate, 1)).toEqual(["later"]);
    gate.now += 4_000;
    expect(kinds(gate, 2)).toEqual(["now", "later"]);
  });

  it("takes a probe that nobody tells of for failed after fifteen seconds, and one that was not used back at once", () => {
    const gate = opened();
    gate.now += 5_000;
    expect(kinds(gate, 1)).toEqual(["now"]);
    gate.now += 14_999;
    expect(kinds(gate, 1)).toEqual(["later"]);
    gate.now += 1;
    expect(kinds(gate, 1)).toEqual(["now"]);
    gate.report({ probe: "unused" });
    expect(kinds(gate, 1)).toEqual(["now"]);
  });

  it("sends who gets nothing away for five to thirty seconds, and not all to the same one", () => {
    const gate = opened();
    const waits = Array.from({ length: 50 }, () => gate.reserve("service", 4).slots).flatMap((slots) =>
      slots.map(({ at }) => at - gate.now),
    );
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(31_000);
    expect(new Set(waits.map((wait) => Math.floor(wait / 1000))).size).toBeGreaterThan(20);
  });

  it("comes back by quarters of ten seconds, which bind the pace, and says when it is closed", () => {
    const gate = opened();
    gate.now += 5_000;
    gate.reserve("service", 1);
    expect(gate.report({ answered: 1, probe: "healthy" }).health).toEqual({ breaker: "returning", share: 0.25 });
    for (const share of [0.25, 0.5, 0.75, 1]) {
      gate.now += 5_000;
      expect(gate.status).toMatchObject({ health: { breaker: "returning", share }, per_second: 100 * share, cause: "errors" });
      const before = gate.given.length;
      for (let tick = 0; tick < 50; tick++, gate.now += 100) gate.reserve("service", 30);
      expect(gate.given.length - before).toBeLessThanOrEqual(100 * share * 6 + 1);
      gate.report({ answered: 50 });
    }
    expect(gate.alerts.map(({ type }) => type)).toEqual(["breaker.opened", "breaker.closed"]);
    expect(gate.status).toMatchObject({ health: { breaker: "closed", share: 1 }, since: undefined, cause: undefined });
  });

  it("opens again where a fifth of three calls of a step fails", () => {
    const gate = opened();
    gate.now += 15_000;
    gate.reserve("service", 1);
    gate.report({ answered: 1, probe: "healthy" });
    gate.now += 12_000;
    gate.report({ answered: 1 });
    gate.tell("unclear");
    expect(breakerOf(gate)).toBe("returning");
    gate.tell("unreachable");
    expect(breakerOf(gate)).toBe("open");
  });

  it("does not hold against a carrier that came back what was called before", () => {
    const gate = opened();
    const before = gate.now;
    gate.now += 5_000;
    gate.reserve("service", 1);
    gate.report({ answered: 1, probe: "healthy" });
    gate.now += 3_000;
    // Time-outs of calls that were on their way when it opened.
    gate.tell("unclear", 20);
    gate.tell("credentials", 1, { at: before });
    expect(breakerOf(gate)).toBe("returning");
    gate.now += 5_000;
    gate.tell("unclear", 20);
    expect(breakerOf(gate)).toBe("open");
  });

  it("is the same after a loss of memory, and probes at once when the time has come", () => {
    const gate = opened("credentials");
    gate.restart();
    expect(gate.status).toMatchObject({ health: { breaker: "open" }, cause: "credentials" });
    expect(gate.reserve("service", 1).probe).toBe(false);
    gate.now += 5_000;
    gate.restart();
    expect(gate.reserve("service", 1).probe).toBe(true);
    gate.report({ answered: 1, probe: "healthy" });
    gate.now += 15_000;
    gate.restart();
    expect(gate.status.health).toEqual({ breaker: "returning", share: 0.5 });
    gate.now += 25_000;
    expect(breakerOf(gate)).toBe("closed");
  });

  it("writes a row for each change and none for its probes", () => {
    const gate = opened();
    expect(gate.rows).toBe(1);
    for (let probe = 0; probe < 20; probe++) {
      gate.now += 6_000;
      gate.reserve("service", 1);
      gate.report({ probe: "failed", troubles: [{ at: gate.now, kind: "unreachable" }] });
    }
    expect(gate.rows).toBe(1);
    gate.now += 6_000;
    gate.reserve("service", 1);
    gate.report({ answered: 1, probe: "healthy" });
    gate.now += 60_000;
    gate.reserve("service", 1);
    expect(gate.rows).toBe(3);
  });
});

describe("A carrier that is well again", () => {
  it.each(["unreachable", "unclear", "credentials", "balance"] as const)(
    "has all of its traffic within a minute, whenever that is and however much is sent: %s",
    (failure) => {
      for (let round = 0; round < ROUNDS; round++) {
        const draw = drawsOf(round);
        const gate = new DrivenGate(20 + Math.floor(draw() * 200));
        const wellAt = START_MS + 20_000 + Math.floor(draw() * 60_000);
        const fullAt = fullAfter(gate, failure, wellAt, draw);
        expect(fullAt - wellAt).toBeLessThanOrEqual(60_000);
        expect(gate.alerts.map(({ type }) => type)).toContain("breaker.opened");
      }
    },
  );
});

/** Calls a carrier that fails until it is well, some times a second; a time-out takes its time. When it has all again. */
function fullAfter(gate: DrivenGate, failure: CarrierTrouble["kind"], wellAt: number, draw: () => number): number {
  const callMs = failure === "unclear" ? 10_000 : 200;
  const outcomes: { readonly at: number; readonly failed: boolean; readonly probe: boolean }[] = [];
  let opened = false;
  for (; gate.now < wellAt + 120_000; gate.now += 100) {
    const due = Map.groupBy(outcomes.splice(0), ({ at }) => at <= gate.now);
    outcomes.push(...(due.get(false) ?? []));
    for (const outcome of due.get(true) ?? []) {
      const probe = outcome.probe ? { probe: outcome.failed ? ("failed" as const) : ("healthy" as const) } : {};
      if (outcome.failed) gate.report({ troubles: [{ at: gate.now, kind: failure }], ...probe });
      else gate.report({ answered: 1, ...probe });
    }
    const { slots, probe, health } = gate.reserve(NOTICE_CLASSES[Math.floor(draw() * 4)] ?? "service", 1 + Math.floor(draw() * 4));
    opened ||= health.breaker === "open";
    for (const [n, slot] of slots.entries()) {
      if (slot.kind === "later") continue;
      const failed = slot.at < wellAt;
      outcomes.push({ at: slot.at + (failed ? callMs : 200), failed, probe: probe && n === 0 });
    }
    if (opened && gate.now >= wellAt && health.share === 1) return gate.now;
  }
  return Number.POSITIVE_INFINITY;
}
