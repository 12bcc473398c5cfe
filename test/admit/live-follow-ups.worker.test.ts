import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Recipient } from "../../src/admit/recipient.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import type { Channel } from "../../src/vocabulary/classes.ts";
import type { LaneMessage } from "../../src/vocabulary/lane-message.ts";
import { costOf, counting } from "./counting.ts";
import { eventOf, type LivePerson, livePerson, profileWith, rulesFor } from "./live-person.ts";

const rules = rulesFor({
  classes: { service: { quiet_hours: [], caps: [{ max: 1, per: "P1D", over: "suppress" }] } },
  notices: {
    silent: { class: "service", channels: ["rcs", "sms"], fallback_after: "PT60S" },
    code: { class: "verification", channels: ["sms"] },
    paid: { class: "transactional", channels: ["sms"] },
  },
});
const addresses = Object.fromEntries((["sms", "rcs"] as const).map((channel: Channel) => [channel, { sealed: "k1.x.y", hash: channel }]));
const TAKEN = (reference: string): CarrierAnswer => ({ kind: "taken", reference });

const enqueued: string[] = [];
let drawn = 0;

/** Somebody with RCS and SMS, whose Recipient's lanes only remember what they were given. */
async function person(): Promise<LivePerson> {
  const someone = livePerson(rules, `follow-${drawn++}`);
  await runInDurableObject(someone.stub, (instance: Recipient) => {
    const bindings: object = Reflect.get(instance, "env");
    for (const name of ["LANE_VERIFICATION", "LANE_TRANSACTIONAL", "LANE_SERVICE"])
      Reflect.set(Reflect.get(bindings, name), "send", async (body: LaneMessage) => void enqueued.push(...body.ids));
  });
  await someone.change(profileWith({ addresses }));
  return someone;
}

async function post({ post: send, recipient }: LivePerson, type: string, event = "e"): Promise<string> {
  const [admitted] = (await send(eventOf(event, type, recipient.id, Date.now()))) ?? [];
  return admitted?.id ?? "";
}

async function claim({ stub }: LivePerson, id: string, has_slots = false) {
  const [claimed] = await stub.claim({ ids: [id], lease_ms: 60_000, paused: [], ...(has_slots ? { has_slots } : {}) });
  return claimed;
}

const answer = ({ stub }: LivePerson, id: string, n: number, what: CarrierAnswer, untried = 0) =>
  stub.tell([{ kind: "answer", id, n, carrier: "main", answer: what, untried, open: 2 }]);
const alarmOf = ({ stub }: LivePerson): Promise<number | null> =>
  runInDurableObject(stub, (_: Recipient, { storage }) => storage.getAlarm());
const messageOf = async ({ stub }: LivePerson, id: string) => (await stub.message(id))?.message;
const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

const sends = ["LANE_VERIFICATION", "LANE_TRANSACTIONAL", "LANE_SERVICE"] as const;
const kept = sends.map((name) => env[name].send.bind(env[name]));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  enqueued.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  for (const [at, name] of sends.entries()) Reflect.set(env[name], "send", kept[at]);
});

describe("A Recipient's alarm", () => {
  it("puts a silent message into its lane for the next channel, once, also after an eviction", async () => {
    const someone = await person();
    const id = await post(someone, "silent");
    await claim(someone, id);
    await answer(someone, id, 1, TAKEN("R1"));
    expect(await alarmOf(someone)).toBe(Date.now() + 60_000);
    await evictDurableObject(someone.stub);
    later(60_000);
    await someone.wake();
    await someone.wake();
    expect(enqueued).toEqual([id]);
    expect(await claim(someone, id)).toMatchObject({ kind: "send", message: { n: 2, channel: "sms" } });
    await someone.stub.tell([{ kind: "receipt", id, attempt: 1, carrier: "main", reference: "R1", status: "delivered", arrived_at: 1 }]);
    await answer(someone, id, 2, TAKEN("S1"));
    expect(await messageOf(someone, id)).toMatchObject({ state: "delivered", attempts: [{ channel: "rcs" }, { channel: "sms" }] });
  });

  it("has a failed queue tried again and loses no follow-up", async () => {
    const someone = await person();
    const id = await post(someone, "silent");
    await claim(someone, id);
    await answer(someone, id, 1, TAKEN("R1"));
    later(60_000);
    await runInDurableObject(someone.stub, async (instance: Recipient) => {
      const lane = Reflect.get(Reflect.get(instance, "env"), "LANE_SERVICE");
      const send = Reflect.get(lane, "send");
      Reflect.set(lane, "send", async () => Promise.reject(new Error("the queue is down")));
      await instance.alarm();
      Reflect.set(lane, "send", send);
    });
    expect(enqueued).toEqual([]);
    expect(await alarmOf(someone)).toBeGreaterThan(Date.now());
    await someone.wake();
    expect(enqueued).toEqual([id]);
  });

  it("is not set for what needs none: an SMS, a code without another carrier, a delivered message", async () => {
    const someone = await person();
    const counted = await counting(someone.stub);
    const first = await post(someone, "paid", "first");
    await claim(someone, first);
    await answer(someone, first, 1, TAKEN("S0"));
    const set = await alarmOf(someone);
    const whole = await costOf(counted, async () => {
      const id = await post(someone, "paid", "second");
      await claim(someone, id);
      await answer(someone, id, 1, TAKEN("S1"), 1);
      await someone.stub.tell([{ kind: "receipt", id, carrier: "main", reference: "S1", status: "delivered", arrived_at: 1 }]);
    });
    expect(whole.written).toBeLessThanOrEqual(4);
    const code = await post(someone, "code");
    await claim(someone, code);
    await answer(someone, code, 1, TAKEN("S2"), 0);
    expect(await alarmOf(someone)).toBe(set);
    const other = await post(someone, "code", "other");
    await claim(someone, other);
    await someone.stub.tell([{ kind: "receipt", id: other, carrier: "main", reference: "S3", status: "delivered", arrived_at: 1 }]);
    await answer(someone, other, 1, TAKEN("S3"), 1);
    expect(await alarmOf(someone)).toBe(set);
    const third = await post(someone, "code", "third");
    await claim(someone, third);
    await answer(someone, third, 1, TAKEN("S4"), 1);
    expect(await alarmOf(someone)).toBe(Date.now() + 20_000);
  });

  it("gives a slot back only when the last channel has failed", async () => {
    const someone = await person();
    const id = await post(someone, "silent");
    const decisionOf = async (event: string) =>
      (await someone.post(eventOf(event, "silent", someone.recipient.id, Date.now())))?.[0]?.decision.kind;
    const undelivered = (n: number, reference: string) =>
      someone.stub.tell([{ kind: "receipt", id, attempt: n, carrier: "main", reference, status: "undelivered", arrived_at: 1 }]);
    await claim(someone, id);
    await answer(someone, id, 1, TAKEN("R1"));
    await undelivered(1, "R1");
    expect(await decisionOf("second")).toBe("suppress");
    await claim(someone, id);
    await answer(someone, id, 2, TAKEN("S1"));
    await undelivered(2, "S1");
    expect((await messageOf(someone, id))?.state).toBe("undelivered");
    expect(await decisionOf("third")).toBe("send");
  });
});

describe("A Recipient", () => {
  it("lets go of what was told to come later when recover asks, and writes nothing where there is nothing to let go of", async () => {
    const someone = livePerson(rules, "held");
    await someone.change(profileWith());
    const id = await post(someone, "paid");
    const counted = await counting(someone.stub);
    expect(await costOf(counted, () => someone.stub.waiting())).toMatchObject({ written: 0 });
    await claim(someone, id);
    await someone.stub.tell([{ kind: "returned", id, n: 1, until: Date.now() + 3_600_000 }]);
    await evictDurableObject(someone.stub);
    expect(await claim(someone, id)).toEqual({ kind: "done", id, state: "queued" });
    expect(await someone.stub.waiting()).toEqual([{ id, class: "transactional" }]);
    expect(await claim(someone, id)).toMatchObject({ kind: "send", message: { n: 2 } });
  });

  it("finds a message that has left its document by the carrier's reference, before it guesses", async () => {
    const someone = livePerson(rules, "by-number");
    await someone.change(profileWith({ addresses: { sms: { sealed: "k1.x.y", hash: "number" } } }));
    const told = (reference: string, over: object = {}) =>
      ({ kind: "receipt", carrier: "main", reference, addresses: ["number"], status: "delivered", arrived_at: 1, ...over }) as const;
    const old = await post(someone, "paid", "old");
    await claim(someone, old);
    await answer(someone, old, 1, TAKEN("BATCH0"));
    later(100 * 3_600_000);
    await someone.wake();
    for (let at = 0; at < 100; at++) {
      const id = await post(someone, "paid", `more-${at}`);
      await claim(someone, id);
      await someone.stub.tell([{ kind: "receipt", id, carrier: "main", reference: `M${at}`, status: "delivered", arrived_at: 1 }]);
    }
    const fresh = await post(someone, "paid", "fresh");
    await claim(someone, fresh);
    const [late] = await someone.stub.tell([told("BATCH0")]);
    expect(late).toMatchObject({ id: old, matched: true, state: "delivered" });
    expect((await messageOf(someone, fresh))?.attempts[0]?.receipts).toEqual([]);
    const [guessed] = await someone.stub.tell([told("BATCH1")]);
    expect(guessed).toMatchObject({ id: fresh, matched: true });
    await answer(someone, fresh, 1, TAKEN("BATCH1"));
    expect((await messageOf(someone, fresh))?.state).toBe("delivered");
    expect(await someone.stub.tell([told("BATCH2")])).toEqual([{ id: "", matched: false }]);
  });

  it("replays messages out of history, with their data, and knows afterwards that they are not there any more", async () => {
    const someone = livePerson(rules, "replayed");
    await someone.change(profileWith());
    const refused: CarrierAnswer = { kind: "refused", because: "content" };
    const ids: string[] = [];
    for (let at = 0; at < 100; at++) {
      const event = eventOf(`dead-${at}`, "paid", someone.recipient.id, Date.now());
      const [admitted] = (await someone.post(event)) ?? [];
      const id = admitted?.id ?? "";
      ids.push(id);
      await claim(someone, id);
      await someone.stub.tell([{ kind: "answer", id, n: 1, carrier: "main", answer: refused, untried: 0, open: 1 }]);
    }
    const [first = "", last = ""] = [ids[0], ids.at(-1)];
    const stored = await runInDurableObject(someone.stub, (_: Recipient, { storage }) =>
      storage.sql.exec("SELECT body FROM history").toArray(),
    );
    expect(String(stored[0]?.body)).toContain(first);
    const results = await someone.stub.replay([first, last, "x".repeat(44)], { catalog: 3 });
    expect(results).toEqual([
      { id: first, result: "queued", state: "queued", class: "transactional" },
      { id: last, result: "queued", state: "queued", class: "transactional" },
      { id: "x".repeat(44), result: "not_found" },
    ]);
    await evictDurableObject(someone.stub);
    expect(await someone.stub.waiting()).toHaveLength(2);
    expect(await claim(someone, first)).toMatchObject({ kind: "send", message: { n: 2, catalog: 3, data: "k1.d.d" } });
    await answer(someone, first, 2, TAKEN("A1"));
    expect((await someone.stub.timeline({ limit: 1_000 })).found.filter(({ message }) => message.id === first)).toHaveLength(1);
    expect(await someone.stub.replay([first], { catalog: 3 })).toEqual([{ id: first, result: "not_replayable", state: "sent" }]);
  });
});
