import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Recipient } from "../../src/admit/recipient.ts";
import type { Told } from "../../src/deliver/recipient-port.ts";
import { commandFor, entry, idOf } from "./recipient-calls.ts";

interface Counted {
  rows: number;
  alarms: number;
}

/** Counts rows by the platform's own counter, and alarms, which cost a row each. */
async function counting(stub: DurableObjectStub<Recipient>): Promise<Counted> {
  const counted: Counted = { rows: 0, alarms: 0 };
  await runInDurableObject(stub, (_: Recipient, state) => {
    const { storage } = state;
    const exec = storage.sql.exec.bind(storage.sql);
    Reflect.set(storage.sql, "exec", (query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      counted.rows += cursor.rowsWritten;
      return cursor;
    });
    const setAlarm = storage.setAlarm.bind(storage);
    Reflect.set(storage, "setAlarm", (at: number) => {
      counted.alarms++;
      return setAlarm(at);
    });
  });
  return counted;
}

const taken = (id: string, n = 1): Told => ({
  kind: "answer",
  id,
  n,
  carrier: "main",
  answer: { kind: "taken", reference: `SM${id}` },
  untried: 0,
  open: 1,
});
const delivered = (id: string): Told => ({
  kind: "receipt",
  id,
  carrier: "main",
  status: "delivered",
  reference: `SM${id}`,
  arrived_at: Date.now(),
});

describe("Recipient", () => {
  it("takes four calls and four rows for one delivered SMS, once it has been touched", async () => {
    const stub = env.RECIPIENT.getByName("shop/rows");
    const counted = await counting(stub);
    const send = async (event: number): Promise<number> => {
      const id = idOf("rows", event);
      const before = counted.rows + counted.alarms;
      await stub.admit(commandFor("rows", entry(event, { profile: true })));
      await stub.claim({ ids: [id], lease_ms: 60_000, paused: [] });
      await stub.tell([taken(id)]);
      await stub.tell([delivered(id)]);
      return counted.rows + counted.alarms - before;
    };
    const first = await send(1);
    const second = await send(2);
    console.log(`rows written, alarms included: first touch ${first}, from then on ${second}`);
    expect(second).toBeLessThanOrEqual(4);
    expect(await stub.message(idOf("rows", 2))).toMatchObject({ message: { state: "delivered" } });
  });

  it("writes nothing when it is only looked at, nor for a repeated event, nor for a `sent` receipt that says nothing new", async () => {
    const stub = env.RECIPIENT.getByName("shop/idle");
    const id = idOf("idle", 1);
    expect(await stub.timeline({})).toEqual({ found: [] });
    expect(await stub.waiting()).toEqual([]);
    const counted = await counting(stub);
    expect(await stub.claim({ ids: [id], lease_ms: 1, paused: [] })).toEqual([{ kind: "done", id, state: "gone" }]);
    expect(counted.rows).toBe(0);
    await stub.admit(commandFor("idle", entry(1, { profile: true })));
    await stub.claim({ ids: [id], lease_ms: 60_000, paused: [] });
    await stub.tell([taken(id)]);
    counted.rows = 0;
    await stub.admit(commandFor("idle", entry(1, { profile: true })));
    await stub.tell([{ kind: "receipt", id, carrier: "main", status: "sent", reference: `SM${id}`, arrived_at: 1 }]);
    await stub.claim({ ids: [id], lease_ms: 60_000, paused: [] });
    expect(counted.rows).toBe(0);
  });

  it("ends the same when it is evicted between any two steps", async () => {
    const runs = await Promise.all(
      Array.from({ length: 16 }, async (_, mask) => {
        const stub = env.RECIPIENT.getByName(`shop/evicted${mask}`);
        const id = idOf("evicted", 1);
        const steps = [
          () => stub.admit(commandFor("evicted", entry(1, { profile: true }))),
          () => stub.claim({ ids: [id], lease_ms: 60_000, paused: [] }),
          () => stub.tell([taken(id)]),
          () => stub.tell([delivered(id)]),
        ];
        for (const [at, step] of steps.entries()) {
          await step();
          if (mask & (1 << at)) await evictDurableObject(stub);
        }
        const found = await stub.message(id);
        return {
          ...found?.message,
          accepted_at: 0,
          send_at: 0,
          attempts: found?.message.attempts.map((a) => ({
            ...a,
            claimed_at: 0,
            lease_until: 0,
            answered_at: 0,
            receipts: a.receipts.map((r) => ({ ...r, at: 0 })),
          })),
        };
      }),
    );
    for (const run of runs) expect(run).toEqual(runs[0]);
    expect(runs[0]).toMatchObject({ state: "delivered" });
  });

  it("claims a message once, however many ask at the same time", async () => {
    const stub = env.RECIPIENT.getByName("shop/claims");
    const id = idOf("claims", 1);
    await stub.admit(commandFor("claims", entry(1, { profile: true })));
    const claims = await Promise.all(Array.from({ length: 50 }, () => stub.claim({ ids: [id], lease_ms: 60_000, paused: [] })));
    expect(claims.flat().filter((claim) => claim.kind === "send")).toHaveLength(1);
  });

  it("decides an event once, however often it comes at the same time, and tells an event with another body", async () => {
    const stub = env.RECIPIENT.getByName("shop/once");
    const command = commandFor("once", entry(1, { profile: true }));
    const answers = await Promise.all(Array.from({ length: 100 }, () => stub.admit(command)));
    const decided = answers.flatMap(({ outcomes }) => outcomes.flatMap((one) => (one.kind === "decided" ? one.admitted : [])));
    expect(decided).toHaveLength(100);
    expect(decided.filter(({ replayed }) => !replayed)).toMatchObject([{ id: idOf("once", 1), decision: { kind: "send" } }]);
    expect((await stub.timeline({})).found).toHaveLength(1);
    const other = commandFor("once", entry(1, { order: { body_hash: "other" } }));
    expect((await stub.admit(other)).outcomes).toEqual([{ kind: "changed" }]);
  });

  it("keeps nothing of a step whose write failed", async () => {
    const stub = env.RECIPIENT.getByName("shop/failing");
    const id = idOf("failing", 1);
    await stub.admit(commandFor("failing", entry(0, { profile: true })));
    await runInDurableObject(stub, (recipient: Recipient, { storage }) => {
      const exec = storage.sql.exec.bind(storage.sql);
      Reflect.set(storage.sql, "exec", () => {
        throw new Error("disk full");
      });
      expect(() => recipient.admit(commandFor("failing", entry(1)))).toThrow("disk full");
      Reflect.set(storage.sql, "exec", exec);
    });
    expect(await stub.message(id)).toBeUndefined();
    await stub.admit(commandFor("failing", entry(1)));
    expect(await stub.message(id)).toMatchObject({ message: { id, state: "queued" } });
  });
});
