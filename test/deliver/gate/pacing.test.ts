import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOTICE_CLASSES } from "../../../src/vocabulary/classes.ts";
import { DrivenGate } from "./driven-gate.ts";
import { mostInASecond } from "./most-in-a-second.ts";

const RUNS = process.env.SOAK ? 20_000 : 400;
const SENDERS = ["10690001", "10690002"];

const ask = fc.record({
  kind: fc.constant("ask" as const),
  class: fc.constantFrom(...NOTICE_CLASSES),
  senders: fc.array(fc.constantFrom("", ...SENDERS), { maxLength: 60 }),
  patience_ms: fc.constantFrom(0, 30, 500, 1_000, 5_000),
});
const pass = fc.record({ kind: fc.constant("pass" as const), ms: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(1_500), fc.nat(100_000)) });
const back = fc.record({ kind: fc.constant("back" as const), ms: fc.nat(3_000) });
const refusal = fc.record({ kind: fc.constant("refusal" as const), seconds: fc.option(fc.nat(80), { nil: undefined }) });
const errors = fc.constant({ kind: "errors" as const });
const restart = fc.record({ kind: fc.constant("restart" as const), back_ms: fc.nat(900) });
const perSecond = fc.oneof(fc.integer({ min: 1, max: 150 }), fc.double({ min: 0.2, max: 150, noNaN: true }));
const perSender = fc.double({ min: 0.2, max: 20, noNaN: true });
const step = fc.oneof({ weight: 6, arbitrary: ask }, { weight: 5, arbitrary: pass }, refusal, errors);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function take(gate: DrivenGate, one: Step): void {
  switch (one.kind) {
    case "ask": {
      const { slots } = gate.reserve(one.class, one.senders, one.patience_ms);
      expect(slots).toHaveLength(one.senders.length);
      for (const slot of slots) {
        expect(slot.at).toBeGreaterThanOrEqual(gate.now);
        if (slot.kind === "now") expect(slot.at).toBeLessThanOrEqual(gate.now + one.patience_ms);
      }
      return;
    }
    case "pass":
      gate.now += one.ms;
      return;
    case "refusal":
      gate.tell("throttled", 1, one.seconds === undefined ? {} : { retry_after_seconds: one.seconds });
      return;
    case "errors":
      gate.tell("unreachable", 10);
      return;
  }
}

function expectPace(gate: DrivenGate, per_second: number, sender_per_second: number): void {
  expect(mostInASecond(gate.instants())).toBeLessThanOrEqual(per_second + 1);
  for (const sender of SENDERS) expect(mostInASecond(gate.instants({ sender }))).toBeLessThanOrEqual(sender_per_second + 1);
}

describe("The pace of a carrier", () => {
  it("is kept in every second, whoever asks, whatever fails, and though the clock is set back a little", () => {
    fc.assert(
      fc.property(
        perSecond,
        perSender,
        fc.array(fc.oneof({ weight: 9, arbitrary: step }, back), { minLength: 5, maxLength: 60 }),
        (per_second, sender_per_second, steps) => {
          const gate = new DrivenGate();
          gate.pace = { per_second, sender_per_second };
          for (const one of steps) {
            if (one.kind === "back") gate.now -= one.ms;
            else take(gate, one);
          }
          expectPace(gate, per_second, sender_per_second);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("is kept over losses of memory, between machines whose clocks differ by less than a second", () => {
    fc.assert(
      fc.property(
        perSecond,
        perSender,
        fc.array(fc.oneof({ weight: 9, arbitrary: step }, restart), { minLength: 10, maxLength: 80 }),
        (per_second, sender_per_second, steps) => {
          const gate = new DrivenGate();
          gate.pace = { per_second, sender_per_second };
          let restartedAt = Number.NEGATIVE_INFINITY;
          for (const one of steps) {
            if (one.kind !== "restart") take(gate, one);
            // What the gate before gave is over when the next memory is lost.
            else if (gate.now >= restartedAt + 5_000) {
              gate.now -= one.back_ms;
              restartedAt = gate.now;
              gate.restart();
            }
          }
          expectPace(gate, per_second, sender_per_second);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("is used in full by one class alone, evenly", () => {
    const gate = new DrivenGate(100);
    for (let tick = 0; tick < 300; tick++, gate.now += 10) gate.reserve("verification", 5);
    const at = gate.instants();
    expect(at.length).toBeGreaterThanOrEqual(395);
    expect(new Set(at.map((instant, n) => instant - (at[n - 1] ?? instant - 10)))).toEqual(new Set([10]));
  });

  it("may be slower than one a second", () => {
    const gate = new DrivenGate(1 / 3);
    for (let second = 0; second < 60; second++, gate.now += 1_000) gate.reserve("service", 3);
    const at = gate.instants().filter((instant) => instant < gate.now);
    expect(at).toHaveLength(20);
    expect(at.every((instant, n) => n === 0 || instant - (at[n - 1] ?? 0) >= 3_000)).toBe(true);
  });

  it("gives a caller that waits for nothing the slot of this instant or none", () => {
    const gate = new DrivenGate(10);
    const { slots } = gate.reserve("verification", 3, 0);
    expect(slots.map(({ kind }) => kind)).toEqual(["now", "later", "later"]);
    expect(slots[0]?.at).toBe(gate.now);
  });

  it("holds each sender to its own pace, and lets others pass it", () => {
    const gate = new DrivenGate(100);
    gate.pace = { per_second: 100, sender_per_second: 2 };
    const { slots } = gate.reserve("transactional", ["a", "a", "a", "a", "b", "b", ""]);
    expect(slots.map((slot) => (slot.kind === "now" ? slot.at - gate.now : undefined))).toEqual([0, 500, 1000, undefined, 10, 510, 20]);
  });

  it("is that of the newest reservation", () => {
    const gate = new DrivenGate(100);
    gate.reserve("service", 50);
    gate.pace = { per_second: 10 };
    gate.now += 1_000;
    const { slots } = gate.reserve("service", 50);
    // The last second had fifty, more than enough for a second of ten: most of it must be over first.
    expect(slots.filter(({ kind }) => kind === "now").length).toBeLessThanOrEqual(7);
    gate.now += 5_000;
    expect(gate.reserve("verification", 50).slots.filter(({ kind }) => kind === "now")).toHaveLength(11);
    expect(gate.status.per_second).toBe(10);
  });
});

describe("A clock that was an hour ahead", () => {
  it("stops no delivery when it is put right, and the pace holds again from then on", () => {
    const gate = new DrivenGate(100);
    for (let tick = 0; tick < 50; tick++, gate.now += 100) gate.reserve("service", 30);
    gate.now -= 3_600_000;
    const from = gate.given.length;
    for (let tick = 0; tick < 100; tick++, gate.now += 100) gate.reserve("service", 30);
    const at = gate.instants().slice(from);
    expect(at.length).toBeGreaterThan(500);
    expect(mostInASecond(at)).toBeLessThanOrEqual(101);
    gate.restart();
    gate.now += 3_000;
    expect(gate.reserve("verification", 1).slots[0]?.kind).toBe("now");
  });
});

describe("A carrier that finds us too fast", () => {
  it("is given nothing before its Retry-After, which is kept between one second and sixty", () => {
    for (const [told, kept] of [
      [undefined, 1],
      [0, 1],
      [7, 7],
      [3600, 60],
    ] as const) {
      const gate = new DrivenGate(100);
      gate.tell("throttled", 1, told === undefined ? {} : { retry_after_seconds: told });
      const refused = gate.reserve("verification", 1, 500);
      expect(refused.slots[0]?.kind).toBe("later");
      expect(refused.slots[0]?.at).toBeGreaterThanOrEqual(gate.now + kept * 1000);
      gate.now += kept * 1000 - 200;
      expect(gate.reserve("verification", 1).slots[0]).toMatchObject({ kind: "now", at: gate.now + 200 });
    }
  });

  it("is asked no sooner by a gate that has lost its memory", () => {
    const gate = new DrivenGate(100);
    gate.tell("throttled", 1, { retry_after_seconds: 20 });
    gate.restart();
    gate.now += 15_000;
    expect(gate.reserve("verification", 1).slots[0]?.kind).toBe("later");
    gate.now += 6_000;
    expect(gate.reserve("verification", 1).slots[0]?.kind).toBe("now");
  });

  it("is given half, for a crowd of refusals once, and gets it back by an eighth each second", () => {
    const gate = new DrivenGate(80);
    gate.reserve("service", 1);
    gate.tell("throttled", 20);
    expect(gate.status.per_second).toBe(40);
    gate.now += 1_999;
    expect(gate.status.per_second).toBe(40);
    gate.now += 1;
    expect(gate.status.per_second).toBe(50);
    gate.now += 2_000;
    expect(gate.status.per_second).toBe(70);
    gate.now += 60_000;
    expect(gate.status.per_second).toBe(80);
  });

  it("is never given less than an eighth", () => {
    const gate = new DrivenGate(80);
    gate.reserve("service", 1);
    for (let time = 0; time < 6; time++, gate.now += 1_100) gate.tell("throttled");
    expect(gate.status.per_second).toBe(10);
  });
});

describe("What outlives a gate", () => {
  it("costs no row at low use", () => {
    const gate = new DrivenGate(100);
    for (let n = 0; n < 1_000; n++, gate.now += 100) gate.reserve("transactional", 1, 1_000, { answered: 1 });
    expect(gate.given).toHaveLength(1_000);
    expect(gate.rows).toBe(0);
  });

  it("costs at most a row a second at full use, at any pace", () => {
    for (const pace of [0.5, 1, 2, 7, 100, 1_000]) {
      const gate = new DrivenGate(pace);
      for (let tick = 0; tick < 300; tick++, gate.now += 100) gate.reserve("service", Math.ceil(pace / 5));
      expect(gate.given.length).toBeGreaterThan(0.8 * 30 * pace);
      expect(gate.rows).toBeLessThanOrEqual(31);
    }
  });

  it("leaves a gate without memory half of the pace for its first seconds, and all of it after", () => {
    const gate = new DrivenGate(100, {}, 0);
    const given = (): number => gate.reserve("verification", 200, 999).slots.filter(({ kind }) => kind === "now").length;
    expect(given()).toBe(51);
    gate.now += 10_000;
    expect(given()).toBe(100);
  });
});
