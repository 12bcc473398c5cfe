import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Recipient } from "../../src/admit/recipient.ts";
import type { LaneMessage } from "../../src/vocabulary/lane-message.ts";
import { eventOf, type LivePerson, livePerson, profileWith, rulesFor } from "./live-person.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const rules = rulesFor({
  classes: { service: { quiet_hours: [], caps: [] } },
  notices: {
    later: { class: "service", channels: ["sms"], ttl: "P60D" },
    gathered: { class: "service", channels: ["sms"], digest: { key: "{{ data.key }}", window: "PT1H", max: 100 } },
    dated: { class: "service", channels: ["sms"], series: [{ step: "day", from: "data.due", offset: "P1D", time: "10:00" }] },
    instant: { class: "service", channels: ["sms"], series: [{ step: "exact", from: "data.due", offset: "P1D" }] },
    sometimes: { class: "service", channels: ["sms"], on: ["later"], when: "data.never == true" },
  },
});

const person = async (name: string): Promise<LivePerson> => {
  const one = livePerson(rules, name);
  await one.change(profileWith());
  return one;
};
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
const documentSize = ({ stub }: LivePerson): Promise<number> =>
  runInDurableObject(stub, (_: Recipient, { storage }) => Number(storage.sql.exec("SELECT length(body) AS size FROM document").one().size));
const rowsBeside = ({ stub }: LivePerson): Promise<number> =>
  runInDurableObject(stub, (_: Recipient, { storage }) =>
    Number(storage.sql.exec("SELECT count(*) AS rows FROM beside WHERE name LIKE 'merged %' OR name LIKE 'data %'").one().rows),
  );

describe("A Recipient in hardship", () => {
  const send = env.LANE_SERVICE.send.bind(env.LANE_SERVICE);
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => {
    vi.useRealTimers();
    Reflect.set(env.LANE_SERVICE, "send", send);
  });

  it("loses nothing that comes due while its alarm still speaks to the queue", async () => {
    const one = await person("slow-queue");
    const ids: string[] = [];
    for (const wait of [HOUR_MS, HOUR_MS + 80]) {
      const admitted = await one.post(eventOf(`wait-${wait}`, "later", "slow-queue", Date.now(), {}, { deliverat: at(wait) }));
      ids.push(...(admitted ?? []).map(({ id }) => id));
    }
    const sent: string[] = [];
    await runInDurableObject(one.stub, (instance: Recipient) => {
      Reflect.set(Reflect.get(instance, "env").LANE_SERVICE, "send", async (body: LaneMessage) => {
        vi.setSystemTime(Date.now() + 200);
        sent.push(...body.ids);
      });
    });
    vi.setSystemTime(Date.now() + HOUR_MS);
    await one.wake();
    expect(sent).toEqual([ids[0]]);
    expect((await one.stub.message(ids[1] ?? ""))?.message.state).toBe("scheduled");
    await one.wake();
    expect(sent).toEqual(ids);
  });

  it("keeps a digest of a hundred large events in a small document, tells all of it, and leaves nothing behind", async () => {
    const one = await person("large-digest");
    const notices = [rules.notices.get("gathered")?.[0]?.rule].flatMap((rule) => rule ?? []);
    const large = "k1.d.".padEnd(40_000, "d");
    for (let n = 0; n < 60; n++) {
      const order = {
        event: eventOf(`g${n}`, "gathered", "large-digest", Date.now(), { key: "k" }),
        body_hash: "b",
        sealed: "k1.x.y",
        data: `${large}${n}`,
        cancels: [],
        notices,
      };
      await one.stub.admit({ recipient: one.recipient, entries: [{ order }] });
    }
    expect(await documentSize(one)).toBeLessThan(256 * 1024);
    await evictDurableObject(one.stub);
    vi.setSystemTime(Date.now() + HOUR_MS);
    const opener = (await one.stub.timeline({ notice: "gathered" })).found.find(({ message }) => message.digest)?.message.id ?? "";
    const [claim] = await one.stub.claim({ ids: [opener], lease_ms: 60_000, paused: [] });
    expect(claim?.kind === "send" ? [claim.message.data, ...claim.message.merged].map((data) => data?.slice(40_000)) : []).toEqual(
      Array.from({ length: 60 }, (_, n) => String(n)),
    );
    await one.stub.tell([{ kind: "receipt", id: opener, carrier: "main", reference: "SM", status: "delivered", arrived_at: 1 }]);
    expect(await rowsBeside(one)).toBe(0);
  });

  it("refuses more than it can keep, and goes on with what it has", { timeout: 120_000 }, async () => {
    const one = await person("crowded");
    const notices = [rules.notices.get("later")?.[0]?.rule].flatMap((rule) => rule ?? []);
    const sealed = "k1.x.".padEnd(14_000, "y");
    const orderOf = (n: number) => ({
      event: eventOf(`c${n}`, "later", "crowded", Date.now(), {}, { deliverat: at(HOUR_MS + n) }),
      body_hash: "b",
      sealed,
      cancels: [],
      notices,
    });
    const kinds: string[] = [];
    for (let n = 0; n < 400 && kinds.at(-1) !== "full"; n += 20) {
      const { outcomes } = await one.stub.admit({
        recipient: one.recipient,
        entries: Array.from({ length: 20 }, (_, more) => ({ order: orderOf(n + more) })),
      });
      kinds.push(...outcomes.map(({ kind }) => kind));
    }
    expect(kinds.at(-1)).toBe("full");
    expect(await documentSize(one)).toBeLessThan(2_000_000);
    vi.setSystemTime(Date.now() + 2 * HOUR_MS);
    const due = await one.stub.waiting();
    expect((await one.deliver(due.map(({ id }) => id))).length).toBe(due.length);
  });

  it("knows an event for as long as its message waits and 30 days more, and never sends it twice", async () => {
    const one = await person("long-wait");
    const event = eventOf("long", "later", "long-wait", Date.now(), {}, { deliverat: at(29 * DAY_MS) });
    const [first] = (await one.post(event)) ?? [];
    vi.setSystemTime(Date.now() + 29 * DAY_MS);
    expect(await one.deliver([first?.id ?? ""])).toHaveLength(1);
    vi.setSystemTime(Date.now() + 10 * DAY_MS);
    expect(await one.post(event)).toMatchObject([{ id: first?.id, replayed: true, enqueue: false }]);
  });

  it("knows an event whose message was moved far ahead", async () => {
    const one = await person("moved-far");
    const event = eventOf("far", "later", "moved-far", Date.now(), {}, { deliverat: at(HOUR_MS) });
    const [first] = (await one.post(event)) ?? [];
    const silence = { quiet_hours: [], own: false, time_zone: "UTC" };
    await one.stub.reschedule({ id: first?.id ?? "" }, { by_ms: 300 * DAY_MS, silence });
    vi.setSystemTime(Date.now() + 200 * DAY_MS);
    expect(await one.post(event)).toMatchObject([{ id: first?.id, replayed: true }]);
    expect((await one.stub.timeline({})).found).toHaveLength(1);
  });

  it("puts back what a lost queue left behind when it is next touched, and not with every touch", async () => {
    const one = await person("lost-queue");
    const [lost] = (await one.post(eventOf("lost", "later", "lost-queue", Date.now()))) ?? [];
    const touch = async () => (await one.stub.admit({ recipient: one.recipient, entries: [{ profile: profileWith() }] })).waiting;
    expect(await touch()).toEqual([]);
    vi.setSystemTime(Date.now() + 6 * 60_000);
    expect(await touch()).toEqual([{ id: lost?.id, class: "service" }]);
    expect(await touch()).toEqual([]);
    vi.setSystemTime(Date.now() + 6 * 60_000);
    expect(await touch()).toHaveLength(1);
  });

  it("takes no date that nobody can have meant", async () => {
    const one = await person("far-dates");
    for (const type of ["dated", "instant"]) {
      for (const due of ["+275760-09-13T00:00:00Z", "9999-12-31", "2500-01-01T00:00:00Z"]) {
        expect(await one.post(eventOf(`${type}${due}`, type, "far-dates", Date.now(), { due }))).toMatchObject([
          { decision: { kind: "suppress", reason: "missed" } },
        ]);
      }
    }
    expect((await one.stub.timeline({})).found).toHaveLength(6);
  });

  it("takes no old address from an event that comes again, also where a notice was not meant", async () => {
    const one = livePerson(rules, "moved-house");
    const event = eventOf("old", "later", "moved-house", Date.now());
    const entry = { event: "hash-of-the-event", profile: profileWith() };
    await one.stub.admit({ recipient: one.recipient, entries: [entry] });
    await one.post(event);
    await one.change(profileWith({ how: "replace", addresses: { sms: { sealed: "k1.new.new", hash: "new" } } }));
    await one.stub.admit({ recipient: one.recipient, entries: [entry] });
    await one.post(event);
    expect((await one.stub.profile()).profile?.addresses.sms?.hash).toBe("new");
  });
});
