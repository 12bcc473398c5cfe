import { describe, expect, it } from "vitest";
import { crowd, percentile } from "./crowd.ts";
import { DrivenGate, START_MS } from "./driven-gate.ts";
import { mostInASecond } from "./most-in-a-second.ts";

const SECONDS = 60;

describe("The right of way", () => {
  it("gives verification its slot within a tenth of a second while marketing takes all that is left", () => {
    const gate = new DrivenGate(100);
    const settings = { seconds: SECONDS, waiting: { marketing: 10_000 }, arriving: { verification: 10 }, learning_seconds: 5 };
    const { delays, slots } = crowd(gate, settings);
    expect(delays.verification.length).toBeGreaterThan(450);
    expect(percentile(delays.verification, 50)).toBeLessThanOrEqual(10);
    expect(percentile(delays.verification, 99)).toBeLessThanOrEqual(50);
    expect(delays.verification.at(-1)).toBeLessThanOrEqual(100);
    expect(slots.marketing).toBeGreaterThanOrEqual(0.75 * 100 * SECONDS);
    expect(mostInASecond(gate.instants())).toBeLessThanOrEqual(101);
  });

  it("follows demand: what nobody above asks for, marketing has", () => {
    const gate = new DrivenGate(100);
    const { slots } = crowd(gate, { seconds: SECONDS, waiting: { marketing: 10_000 }, arriving: {} });
    expect(slots.marketing).toBeGreaterThanOrEqual(0.9 * 100 * SECONDS);
  });

  it("lets verification have everything, and the others less the more it asks for", () => {
    const shares = [10, 40, 90].map((perSecond) => {
      const gate = new DrivenGate(100);
      const outcome = crowd(gate, { seconds: SECONDS, waiting: { marketing: 10_000 }, arriving: { verification: perSecond } });
      expect(outcome.slots.verification).toBeGreaterThanOrEqual(0.98 * outcome.delays.verification.length);
      return outcome.slots.marketing / (100 * SECONDS);
    });
    expect(shares[0]).toBeGreaterThan(0.7);
    expect(shares[1]).toBeGreaterThan(0.35);
    expect(shares[2]).toBeLessThan(0.1);
  });

  it("goes from class to class: each waits less than the one below it", () => {
    const gate = new DrivenGate(100);
    const { delays, slots } = crowd(gate, {
      seconds: SECONDS,
      waiting: { marketing: 10_000 },
      arriving: { verification: 10, transactional: 20, service: 20 },
    });
    const p95 = (["verification", "transactional", "service"] as const).map((noticeClass) => percentile(delays[noticeClass], 95));
    expect(p95[0]).toBeLessThanOrEqual(50);
    expect(p95[0]).toBeLessThanOrEqual(p95[1] ?? 0);
    expect(p95[1]).toBeLessThanOrEqual(p95[2] ?? 0);
    expect(slots.marketing).toBeGreaterThan(0.2 * 100 * SECONDS);
  });

  it("holds for a burst that nobody could foresee", () => {
    const gate = new DrivenGate(100);
    crowd(gate, { seconds: 20, waiting: { marketing: 10_000 }, arriving: {} });
    const { slots } = gate.reserve("verification", 5);
    expect(slots.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => "now"));
    expect(Math.max(...slots.map(({ at }) => at)) - gate.now).toBeLessThanOrEqual(100);
  });
});

describe("Those who must come later", () => {
  it("come back spread over the time that they need, 10,000 over more than a hundred seconds", () => {
    const gate = new DrivenGate(100);
    const at: number[] = [];
    for (let batch = 0; batch < 200; batch++) at.push(...gate.reserve("marketing", 50).slots.map((slot) => slot.at));
    const seconds = Map.groupBy(at, (instant) => Math.floor((instant - gate.now) / 1000));
    expect(seconds.size).toBeGreaterThanOrEqual(90);
    expect(Math.max(...at) - gate.now).toBeGreaterThanOrEqual(90_000);
    expect(Math.max(...at) - gate.now).toBeLessThanOrEqual(130_000);
    expect(Math.max(...[...seconds.values()].map(({ length }) => length))).toBeLessThanOrEqual(111);
    expect(gate.status.waiting.marketing).toBe(10_000 - gate.given.length);
  });

  it("are sent fifteen minutes away at most, however many they are", () => {
    const gate = new DrivenGate(1);
    const at = Array.from({ length: 100 }, () => gate.reserve("marketing", 50).slots).flatMap((slots) => slots.map((slot) => slot.at));
    expect(Math.max(...at) - gate.now).toBeLessThanOrEqual(902_000);
    // Those who find all seconds taken do not all come in the last one.
    const seconds = Map.groupBy(at, (instant) => Math.floor(instant / 1000));
    expect(Math.max(...[...seconds.values()].map(({ length }) => length))).toBeLessThanOrEqual(30);
  });

  it("come to a slow carrier one by one", () => {
    const gate = new DrivenGate(0.25);
    const at = gate
      .reserve("marketing", 20)
      .slots.flatMap((slot) => (slot.kind === "later" ? [Math.floor(slot.at / 1000)] : []))
      .sort((a, b) => a - b);
    expect(at.every((second, n) => n === 0 || second - (at[n - 1] ?? 0) >= 3)).toBe(true);
  });

  it("leave the seconds that an upper class was promised to it", () => {
    const gate = new DrivenGate(100);
    for (let batch = 0; batch < 40; batch++) gate.reserve("service", 50);
    const serviceLast = Math.max(...gate.reserve("service", 1).slots.map(({ at }) => at));
    const early = gate
      .reserve("marketing", 50)
      .slots.map(({ at }) => at)
      .filter((at) => at < serviceLast - 1_000);
    expect(early.length).toBeLessThanOrEqual(50);
    const { slots } = gate.reserve("marketing", 200);
    expect(Math.max(...slots.map(({ at }) => at))).toBeGreaterThan(serviceLast);
  });

  it("are no more expected when their second is over", () => {
    const gate = new DrivenGate(100);
    for (let batch = 0; batch < 20; batch++) gate.reserve("marketing", 50);
    expect(gate.status.waiting.marketing).toBeGreaterThan(800);
    gate.now += 60_000;
    expect(gate.status.waiting).toEqual({});
    expect(gate.reserve("marketing", 200).slots.filter(({ kind, at }) => kind === "later" && at > gate.now + 5_000)).toEqual([]);
  });

  it("are through in little more than the time that the pace says", () => {
    const gate = new DrivenGate(100);
    const { slots } = crowd(gate, { seconds: 125, waiting: { marketing: 10_000 }, arriving: {} });
    expect(slots.marketing).toBe(10_000);
    expect(Math.max(...gate.instants()) - START_MS).toBeLessThan(125_000);
  });
});
