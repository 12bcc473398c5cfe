import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Recipient } from "../../src/admit/recipient.ts";
import type { LaneMessage } from "../../src/vocabulary/lane-message.ts";
import { eventOf, type LivePerson, livePerson, profileWith, rulesFor } from "./live-person.ts";

const HOUR_MS = 3_600_000;
const rules = rulesFor({
  classes: { service: { quiet_hours: [], caps: [] } },
  notices: { later: { class: "service", channels: ["sms"] } },
});

/** What Recipients put into the lane of service; while `broken`, the queue takes nothing. */
const lane = { sent: [] as string[], broken: false };
const send = env.LANE_SERVICE.send.bind(env.LANE_SERVICE);

let drawn = 0;
async function personWith(...waits: readonly number[]): Promise<{ person: LivePerson; ids: string[] }> {
  const person = livePerson(rules, `alarm-${drawn++}`);
  await runInDurableObject(person.stub, (instance: Recipient) => {
    const { LANE_SERVICE } = Reflect.get(instance, "env");
    Reflect.set(LANE_SERVICE, "send", async (body: LaneMessage) => {
      if (lane.broken) throw new Error("the queue is down");
      lane.sent.push(...body.ids);
    });
  });
  await person.change(profileWith());
  const now = Date.now();
  const ids: string[] = [];
  for (const [at, wait] of waits.entries()) {
    const event = eventOf(`wait-${at}`, "later", person.recipient.id, now, {}, { deliverat: new Date(now + wait).toISOString() });
    ids.push(...((await person.post(event)) ?? []).map(({ id }) => id));
  }
  return { person, ids };
}

const alarmOf = ({ stub }: LivePerson): Promise<number | null> =>
  runInDurableObject(stub, (_: Recipient, { storage }) => storage.getAlarm());
const stateOf = async ({ stub }: LivePerson, id: string | undefined): Promise<string | undefined> =>
  (await stub.message(id ?? ""))?.message.state;
const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

describe("The one alarm of a Recipient", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    lane.sent = [];
    lane.broken = false;
  });
  afterEach(() => {
    vi.useRealTimers();
    Reflect.set(env.LANE_SERVICE, "send", send);
  });

  it("is set for the earliest of what waits, and set anew only when that changes", async () => {
    const { person } = await personWith(3 * HOUR_MS, HOUR_MS, 2 * HOUR_MS);
    const [alarm] = [await alarmOf(person)];
    expect(alarm).toBeGreaterThan(Date.now() + HOUR_MS - 60_000);
    expect(alarm).toBeLessThanOrEqual(Date.now() + HOUR_MS);
  });

  it("lets go what is due, leaves the rest, and is set for the next", async () => {
    const { person, ids } = await personWith(HOUR_MS, 2 * HOUR_MS);
    later(HOUR_MS);
    await person.wake();
    expect(lane.sent).toEqual([ids[0]]);
    expect([await stateOf(person, ids[0]), await stateOf(person, ids[1])]).toEqual(["queued", "scheduled"]);
    expect(await alarmOf(person)).toBeGreaterThan(Date.now() + HOUR_MS - 60_000);
  });

  it("that is repeated sends nothing twice", async () => {
    const { person, ids } = await personWith(HOUR_MS);
    later(HOUR_MS);
    await Promise.all([person.wake(), person.wake(), person.wake()]);
    const sent = (await Promise.all([person.deliver(ids), person.deliver(ids), person.deliver(lane.sent)])).flat();
    expect(sent).toEqual(ids);
  });

  it("that comes early or for nothing changes nothing", async () => {
    const { person, ids } = await personWith(HOUR_MS);
    await person.wake();
    expect(lane.sent).toEqual([]);
    expect(await stateOf(person, ids[0])).toBe("scheduled");
  });

  it("that fails is caught and set again, however often, and nothing is lost", async () => {
    const { person, ids } = await personWith(HOUR_MS);
    later(HOUR_MS);
    lane.broken = true;
    for (let failures = 0; failures < 10; failures++) {
      await expect(person.wake()).resolves.toBeUndefined();
      expect(await alarmOf(person)).toBeGreaterThan(Date.now());
      expect(await stateOf(person, ids[0])).toBe("scheduled");
    }
    lane.broken = false;
    await person.wake();
    expect(lane.sent).toEqual(ids);
    expect(await person.deliver(ids)).toEqual(ids);
  });

  it("that was lost is set again when the recipient is next touched, also by an eviction's new object", async () => {
    const { person, ids } = await personWith(HOUR_MS, 3 * HOUR_MS);
    await runInDurableObject(person.stub, (_: Recipient, { storage }) => storage.deleteAlarm());
    await evictDurableObject(person.stub);
    later(2 * HOUR_MS);
    await person.change(profileWith({ profile: { id: "k1.x.y", locale: "en" } }));
    expect(await alarmOf(person)).not.toBeNull();
    expect(await runDurableObjectAlarm(person.stub)).toBe(true);
    expect(await stateOf(person, ids[0])).toBe("queued");
    expect(await stateOf(person, ids[1])).toBe("scheduled");
  });

  it("that was lost is found by recover, and what is due may be claimed before the alarm has written it", async () => {
    const { person, ids } = await personWith(HOUR_MS);
    await runInDurableObject(person.stub, (_: Recipient, { storage }) => storage.deleteAlarm());
    expect(await person.stub.waiting()).toEqual([]);
    later(2 * HOUR_MS);
    expect(await person.stub.waiting()).toEqual([{ id: ids[0], class: "service" }]);
    expect(await person.deliver(ids)).toEqual(ids);
    await person.wake();
    expect(lane.sent).toEqual([]);
    expect(await stateOf(person, ids[0])).toBe("delivered");
  });

  it("that comes late asks for consent and time again, as of when the message was to leave", async () => {
    const { person, ids } = await personWith(HOUR_MS);
    await person.change(profileWith({ preferences: [{ scope: "all", channel: "*", state: "out", at: Date.now() }] }));
    later(5 * 24 * HOUR_MS);
    await person.wake();
    expect((await person.stub.message(ids[0] ?? ""))?.message).toMatchObject({ state: "suppressed", reason: "opted_out" });
    const second = await personWith(HOUR_MS);
    later(5 * 24 * HOUR_MS);
    await second.person.wake();
    expect(await second.person.deliver(second.ids)).toEqual([]);
    expect(await stateOf(second.person, second.ids[0])).toBe("expired");
  });
});
