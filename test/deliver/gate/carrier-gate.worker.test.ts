import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CarrierGate } from "../../../src/deliver/carrier-gate.ts";
import type { GateReport, Reservation } from "../../../src/deliver/gate/reservation.ts";
import { gateDoorOf } from "../../../src/deliver/gate-door.ts";
import { mostInASecond } from "./most-in-a-second.ts";

const gates = gateDoorOf(env.CARRIER_GATE);
const stubOf = (carrier: string): DurableObjectStub<CarrierGate> => env.CARRIER_GATE.getByName(`shop/${carrier}`);
const asks = (count: number, over: Partial<Reservation> = {}): Reservation => ({
  class: "transactional",
  senders: Array.from({ length: count }, () => ""),
  patience_ms: 1_000,
  most: 1_000,
  pace: { per_second: 100 },
  ...over,
});
const reports = (over: Partial<GateReport>): GateReport => ({ answered: 0, troubles: [], watched: [], verification_waits: [], ...over });
const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

/** Counts rows by the platform's own counter. */
async function countingRows(carrier: string): Promise<{ rows: number }> {
  const counted = { rows: 0 };
  await runInDurableObject(stubOf(carrier), (_: CarrierGate, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    Reflect.set(storage.sql, "exec", (query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      counted.rows += cursor.rowsWritten;
      return cursor;
    });
  });
  return counted;
}

describe("A carrier's gate", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("writes no row for a thousand reservations at low use", async () => {
    const counted = await countingRows("low");
    for (let n = 0; n < 1_000; n++, pass(200)) {
      const { slots } = await gates.reserve("shop", "low", asks(2, { report: reports({ answered: 2 }) }));
      expect(slots.map(({ kind }) => kind)).toEqual(["now", "now"]);
    }
    expect(counted.rows).toBe(0);
    expect((await gates.status("shop", "low")).calls_30s.answered).toBeGreaterThan(290);
  });

  it("writes at most a row a second at full use, and its table once", async () => {
    const counted = await countingRows("full");
    let given = 0;
    for (let n = 0; n < 200; n++, pass(100)) {
      const { slots } = await gates.reserve("shop", "full", asks(30));
      given += slots.filter(({ kind }) => kind === "now").length;
    }
    expect(given).toBeGreaterThan(1_600);
    expect(counted.rows).toBeGreaterThan(2);
    expect(counted.rows).toBeLessThanOrEqual(20 + 2);
  });

  it("keeps the pace over evictions, at full use and at half of it", async () => {
    for (const [carrier, count] of [
      ["evicted-full", 40],
      ["evicted-half", 5],
    ] as const) {
      const at: number[] = [];
      for (let n = 0; n < 120; n++, pass(100)) {
        if (n % 50 === 37) await evictDurableObject(stubOf(carrier));
        const { slots } = await gates.reserve("shop", carrier, asks(count));
        at.push(...slots.flatMap((slot) => (slot.kind === "now" ? [slot.at] : [])));
      }
      expect(at.length).toBeGreaterThan(400);
      expect(mostInASecond(at)).toBeLessThanOrEqual(101);
    }
  });

  it("remembers over an eviction that its breaker is open, and why", async () => {
    const { health, alerts } = await gates.report(
      "shop",
      "shut",
      reports({ troubles: [{ at: Date.now(), kind: "credentials", code: "20003" }] }),
    );
    expect(health).toMatchObject({ breaker: "open", share: 0 });
    expect(alerts.map(({ type }) => type)).toEqual(["credentials.refused", "breaker.opened"]);
    await evictDurableObject(stubOf("shut"));
    expect(await gates.status("shop", "shut")).toMatchObject({ health: { breaker: "open" }, cause: "credentials" });
    expect((await gates.reserve("shop", "shut", asks(2))).slots.map(({ kind }) => kind)).toEqual(["later", "later"]);
    pass(5_000);
    expect(await gates.reserve("shop", "shut", asks(2))).toMatchObject({ probe: true, slots: [{ kind: "now" }, { kind: "later" }] });
    await gates.report("shop", "shut", reports({ answered: 1, probe: "healthy" }));
    await evictDurableObject(stubOf("shut"));
    expect((await gates.status("shop", "shut")).health).toEqual({ breaker: "returning", share: 0.25 });
    pass(40_000);
    expect(await gates.reserve("shop", "shut", asks(1))).toMatchObject({ health: { breaker: "closed", share: 1 } });
    await evictDurableObject(stubOf("shut"));
    expect((await gates.status("shop", "shut")).health.breaker).toBe("closed");
  });

  it("keeps a Retry-After over an eviction", async () => {
    await gates.report("shop", "busy", reports({ troubles: [{ at: Date.now(), kind: "throttled", retry_after_seconds: 30 }] }));
    await evictDurableObject(stubOf("busy"));
    pass(25_000);
    expect((await gates.reserve("shop", "busy", asks(1))).slots[0]?.kind).toBe("later");
    pass(7_000);
    expect((await gates.reserve("shop", "busy", asks(1))).slots[0]?.kind).toBe("now");
  });

  it("hears receipts of what it watches", async () => {
    for (let n = 0; n < 12; n++, pass(2_000)) {
      const { slots } = await gates.reserve("shop", "heard", asks(1));
      expect(slots).toMatchObject([{ kind: "now", watch: true }]);
      await gates.hear("shop", "heard", { id: `m${n}`, at: Date.now() + 1_000, delivered: true });
      await gates.report("shop", "heard", reports({ answered: 1, watched: [{ id: `m${n}`, at: Date.now() }] }));
    }
    expect((await gates.status("shop", "heard")).receipts).toEqual({ watched: 12, missing: 0, usual_ms: 10_000 });
  });

  it("is another one for each tenant and carrier, and writes nothing when it is looked at", async () => {
    await gates.report("shop", "own", reports({ troubles: [{ at: Date.now(), kind: "balance" }] }));
    const counted = await countingRows("other");
    expect((await gates.status("shop", "other")).health.breaker).toBe("closed");
    expect((await gates.status("other", "own")).health.breaker).toBe("closed");
    expect((await gates.status("shop", "own")).cause).toBe("balance");
    expect(counted.rows).toBe(0);
  });

  it.each([
    ["of another form", "ajar", '{"kind":"ajar"}'],
    ["no JSON", "torn", '{"kind":'],
  ])("begins as a new one where a row is %s", async (_, carrier, body) => {
    await gates.report("shop", carrier, reports({ troubles: [{ at: Date.now(), kind: "balance" }] }));
    await runInDurableObject(stubOf(carrier), (_: CarrierGate, { storage }) => {
      storage.sql.exec("UPDATE kept SET body = ? WHERE name = 'breaker'", body);
    });
    await evictDurableObject(stubOf(carrier));
    expect((await gates.reserve("shop", carrier, asks(1))).slots[0]?.kind).toBe("now");
  });
});

describe("The door to the gates", () => {
  /** Fails with these, one call after the other, before it asks the real one. */
  const failing = (...errors: readonly object[]) => {
    const left = [...errors];
    const stubs: DurableObjectStub<CarrierGate>[] = [];
    const door = gateDoorOf({
      getByName(name) {
        const error = left.shift();
        const stub = env.CARRIER_GATE.getByName(name);
        stubs.push(stub);
        if (!error) return stub;
        return new Proxy(stub, { get: () => () => Promise.reject(Object.assign(new Error("broken"), error)) });
      },
    });
    return { door, stubs };
  };

  it("asks once more, by a fresh stub, where the platform says that this helps", async () => {
    const { door, stubs } = failing({ retryable: true });
    expect((await door.reserve("shop", "door", asks(1))).slots).toHaveLength(1);
    expect(stubs).toHaveLength(2);
    expect(stubs[0]).not.toBe(stubs[1]);
  });

  it.each([
    ["it is overloaded", [{ retryable: true, overloaded: true }], 1],
    ["it is a fault of ours", [{}], 1],
    ["it fails again", [{ retryable: true }, { retryable: true }], 2],
  ] as const)("gives up where %s", async (_, errors, calls) => {
    const { door, stubs } = failing(...errors);
    await expect(door.status("shop", "door")).rejects.toThrow("broken");
    expect(stubs).toHaveLength(calls);
  });
});
