import { describe, expect, it } from "vitest";
import type { NoticeClass } from "../../../src/vocabulary/classes.ts";
import { DrivenGate } from "./driven-gate.ts";

/** So many seconds in which verification waits so long, once a second. */
function wait(gate: DrivenGate, seconds: number, ms: number): void {
  for (let second = 0; second < seconds; second++, gate.now += 1_000) gate.report({ answered: 1, verification_waits: [ms] });
}

const gets = (gate: DrivenGate, noticeClass: NoticeClass): boolean => gate.reserve(noticeClass, 1).slots[0]?.kind === "now";
/** What a class is given in the next second, of all that it could be given. */
function givenInASecond(gate: DrivenGate, noticeClass: NoticeClass): number {
  const before = gate.given.length;
  for (let tick = 0; tick < 10; tick++, gate.now += 100) {
    gate.reserve(noticeClass, 20, 99);
    if (tick === 5) gate.report({ answered: 1, verification_waits: [10] });
  }
  return gate.given.length - before;
}

describe("Marketing", () => {
  it("is shed when verification has been slow for half a minute, and people are told", () => {
    const gate = new DrivenGate();
    wait(gate, 29, 2_500);
    expect(gate.status.shed).toEqual([]);
    wait(gate, 2, 2_500);
    expect(gate.status.shed).toEqual(["marketing"]);
    expect(gets(gate, "marketing")).toBe(false);
    for (const noticeClass of ["verification", "transactional", "service"] as const) expect(gets(gate, noticeClass)).toBe(true);
    expect(gate.alerts).toEqual([{ type: "verification.slow", detail: { wait_p95_ms: 2_500 } }]);
  });

  it("comes again after five to thirty seconds while it is shed", () => {
    const gate = new DrivenGate();
    wait(gate, 31, 3_000);
    const waits = Array.from({ length: 60 }, () => (gate.reserve("marketing", 1).slots[0]?.at ?? 0) - gate.now);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(31_000);
    expect(new Set(waits).size).toBeGreaterThan(20);
  });

  it("is not shed for a few slow ones, nor for a slow quarter of a minute", () => {
    const gate = new DrivenGate();
    for (let minute = 0; minute < 4; minute++) {
      wait(gate, 15, 5_000);
      wait(gate, 55, 100);
    }
    for (let second = 0; second < 60; second++, gate.now += 1_000)
      gate.report({ verification_waits: [...Array.from({ length: 49 }, () => 50), 9_000] });
    expect(gate.status.shed).toEqual([]);
    expect(gate.alerts).toEqual([]);
  });

  it("is followed by service where it lasts another minute", () => {
    const gate = new DrivenGate();
    wait(gate, 89, 2_500);
    expect(gate.status.shed).toEqual(["marketing"]);
    wait(gate, 3, 2_500);
    expect(gate.status.shed).toEqual(["service", "marketing"]);
    expect(gets(gate, "service")).toBe(false);
    expect(gets(gate, "transactional")).toBe(true);
  });

  it("stays away while it is neither bad nor good", () => {
    const gate = new DrivenGate();
    wait(gate, 40, 2_500);
    wait(gate, 300, 1_500);
    expect(gate.status.shed).toEqual(["marketing"]);
  });

  it("comes back when it has been good for half a minute: service first, then marketing by steps", () => {
    const gate = new DrivenGate();
    wait(gate, 100, 2_500);
    expect(gate.status.shed).toEqual(["service", "marketing"]);
    const calmFrom = gate.now;
    while (gate.status.shed.length === 2) wait(gate, 1, 100);
    expect(gate.status.shed).toEqual(["marketing"]);
    // The last slow ones speak for ten seconds more.
    expect(gate.now - calmFrom).toBeGreaterThanOrEqual(30_000);
    expect(gate.now - calmFrom).toBeLessThanOrEqual(42_000);
    while (gate.status.shed.length > 0) wait(gate, 1, 100);
    const shares: number[] = [];
    for (let step = 0; step < 3; step++) {
      shares.push(givenInASecond(gate, "marketing"));
      wait(gate, 9, 100);
    }
    expect(shares[0]).toBeLessThanOrEqual(27);
    expect(shares[0]).toBeGreaterThanOrEqual(20);
    expect(shares[1]).toBeLessThanOrEqual(52);
    expect(shares[1]).toBeGreaterThanOrEqual(40);
    expect(shares[2]).toBeGreaterThanOrEqual(80);
  });

  it("is shed at once where a tenth of the calls fails, or the carrier takes less than half, and comes back by itself", () => {
    const failing = new DrivenGate();
    failing.report({ answered: 90 });
    failing.tell("unreachable", 10);
    expect(failing.status).toMatchObject({ health: { breaker: "closed" }, shed: ["marketing"] });
    const slowed = new DrivenGate();
    slowed.reserve("service", 1);
    slowed.tell("throttled");
    expect(slowed.status.shed).toEqual([]);
    slowed.now += 1_100;
    slowed.tell("throttled");
    expect(slowed.status.shed).toEqual(["marketing"]);
    for (const gate of [failing, slowed]) {
      for (let second = 0; second < 90; second++, gate.now += 1_000) gate.report({ answered: 1 });
      expect(gate.status.shed).toEqual([]);
      expect(gate.alerts).toEqual([]);
    }
  });

  it("comes back also where nobody asked for verification any more", () => {
    const gate = new DrivenGate();
    wait(gate, 31, 2_500);
    for (let second = 0; second < 90; second++, gate.now += 1_000) gets(gate, "transactional");
    expect(gets(gate, "marketing")).toBe(true);
  });
});

describe("Alerts", () => {
  it("tell of slow verification when it has been slow for half a minute, and not when something else sheds marketing first", () => {
    const gate = new DrivenGate();
    wait(gate, 10, 2_500);
    gate.tell("unreachable", 2);
    expect(gate.status.shed).toEqual(["marketing"]);
    expect(gate.alerts).toEqual([]);
    wait(gate, 19, 2_500);
    expect(gate.alerts).toEqual([]);
    wait(gate, 2, 2_500);
    expect(gate.alerts).toEqual([{ type: "verification.slow", detail: { wait_p95_ms: 2_500 } }]);
  });

  it("are told once for each cause and hour", () => {
    const gate = new DrivenGate();
    gate.now = Math.ceil(gate.now / 3_600_000) * 3_600_000;
    for (let time = 0; time < 5; time++) {
      gate.tell("credentials");
      gate.now += 6_000;
      gate.reserve("service", 1);
      gate.report({ answered: 1, probe: "healthy" });
      gate.now += 60_000;
      gate.reserve("service", 1);
    }
    expect(gate.alerts.map(({ type }) => type).sort()).toEqual(["breaker.closed", "breaker.opened", "credentials.refused"]);
    gate.tell("balance");
    expect(gate.alerts.slice(3).map(({ type }) => type)).toEqual(["balance.empty", "breaker.opened"]);
    gate.now += 3_600_000;
    gate.report({ probe: "healthy" });
    gate.tell("credentials");
    expect(gate.alerts.slice(5).map(({ type }) => type)).toEqual(["credentials.refused", "breaker.opened"]);
  });

  it("are told of many unclear outcomes, of a hundred calls and more", () => {
    const gate = new DrivenGate();
    for (let minute = 0; minute < 9; minute++, gate.now += 60_000) {
      gate.report({ answered: 10 });
      if (minute % 2 === 0) gate.tell("unclear");
    }
    expect(gate.alerts).toEqual([]);
    gate.report({ answered: 14 });
    gate.tell("unclear");
    expect(gate.alerts).toEqual([{ type: "unclear.many", detail: { calls: 110, unclear: 6 } }]);
  });

  it("that a receipt raises come with the next answer", () => {
    const gate = new DrivenGate();
    const watched = Array.from({ length: 60 }, (_, n) => ({ id: `m${n}`, at: gate.now }));
    gate.report({ watched });
    for (const { id } of watched.slice(0, 50)) gate.hear(id);
    gate.now += 10_000;
    gate.hear("m50");
    expect(gate.alerts).toEqual([]);
    gate.reserve("service", 1);
    expect(gate.alerts.map(({ type }) => type)).toEqual(["breaker.opened"]);
  });
});
