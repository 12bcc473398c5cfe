import { describe, expect, it } from "vitest";
import { consumeLane } from "../../src/deliver/consume-lane.ts";
import { NOTICE_CLASSES, type NoticeClass } from "../../src/vocabulary/classes.ts";
import { testLane } from "./lane.ts";
import { TAKEN } from "./world/virtual-carriers.ts";
import { openWorld } from "./world/world.ts";

/** The hash of every number in the lane's harness. */
const HASH = "h";

describe("An address that is blocked", () => {
  it.each(NOTICE_CLASSES)("gets no call of the class %s, though the message stands in its lane already", async (noticeClass) => {
    const lane = testLane(noticeClass);
    const ids = lane.admit(3);
    lane.blocked.add(HASH);
    const delivery = lane.deliveryOf(ids);
    await consumeLane([delivery], lane.deps);
    expect([lane.calls, lane.requeued, lane.letters, delivery.said]).toEqual([[], [], [], "ack"]);
    for (const id of ids)
      expect(lane.message(id)).toMatchObject({ state: "suppressed", reason: "suppressed_address", attempts: [], last_n: 1 });
  });

  it("is asked for once a tenant and round, of all that was claimed", async () => {
    const lane = testLane();
    const asked: (readonly [string, number])[] = [];
    const deps = {
      ...lane.deps,
      blockedAmong: async (tenant: string, addresses: readonly object[]) => {
        asked.push([tenant, addresses.length]);
        return new Set<string>();
      },
    };
    await consumeLane([lane.deliveryOf(lane.admit(5)), lane.deliveryOf(lane.admit(2))], deps);
    expect([asked, lane.calls.length]).toEqual([[["shop", 7]], 7]);
  });

  it("takes no slot of its carrier", async () => {
    const lane = testLane();
    const ids = lane.admit(2);
    lane.blocked.add(HASH);
    await consumeLane([lane.deliveryOf(ids)], lane.deps);
    expect(lane.reservations).toEqual([]);
  });

  it("is not taken for free where the blocks cannot be asked: nothing is sent, and it comes again soon", async () => {
    const lane = testLane();
    const ids = lane.admit(2);
    const deps = { ...lane.deps, blockedAmong: () => Promise.reject(new Error("D1 is away")) };
    const delivery = lane.deliveryOf(ids);
    await consumeLane([delivery], deps);
    expect([lane.calls, delivery.said, lane.requeued]).toEqual([[], "ack", [{ ids, delay_seconds: 5 }]]);
    for (const id of ids) expect(lane.message(id)).toMatchObject({ state: "queued", attempts: [] });
    lane.now += 5_000;
    await consumeLane([lane.deliveryOf(ids)], lane.deps);
    expect(lane.calls).toEqual(ids);
  });

  it("lets those of other tenants and other addresses go", async () => {
    const lane = testLane();
    const ids = lane.admit(2);
    const strangers = lane.deliveryOf(lane.admit(1), { tenant: "other" });
    const deps = { ...lane.deps, blockedAmong: async (tenant: string) => new Set(tenant === "shop" ? [HASH] : []) };
    await consumeLane([lane.deliveryOf(ids), strangers], deps);
    expect(lane.calls).toHaveLength(1);
    expect(ids.map((id) => lane.message(id).state)).toEqual(["suppressed", "suppressed"]);
  });
});

describe("In a world of faults", () => {
  it.each([1, 2, 3])("a blocked number never gets a call from when it is blocked on, and all else goes on (seed %i)", async (seed) => {
    const world = openWorld({ carriers: ["one", "two"], lanes: { consumers: 4 }, repeated: 0.1, killed: 0.02, seed });
    for (const name of ["one", "two"])
      world.carrier(name).treat = () => {
        const luck = world.draw();
        if (luck < 0.1) return { arrives: luck < 0.05, answer: { kind: "unclear", code: "500" }, ms: 40 };
        if (luck < 0.2) return { arrives: false, answer: { kind: "throttled", code: "429", retry_after_seconds: 3 }, ms: 20 };
        return { ...TAKEN, ms: 20 + Math.floor(luck * 400) };
      };
    const told: { readonly id: string; readonly hash: string; readonly class: NoticeClass }[] = [];
    const blockedAt = new Map<string, number>();
    for (let at = 1; at <= 200; at++) {
      const noticeClass = NOTICE_CLASSES[at % 4] ?? "service";
      told.push({ id: world.tell({ class: noticeClass }), hash: `h${at}`, class: noticeClass });
      // Some before they are told, some while they wait, some long after.
      if (at % 3 === 0) {
        const hash = `h${Math.max(1, at - Math.floor(world.draw() * 40))}`;
        world.blocked.add(hash);
        if (!blockedAt.has(hash)) blockedAt.set(hash, world.clock.now());
      }
      if (at % 20 === 0) await world.clock.runUntil(() => false, world.clock.now() + 300);
    }
    await world.clock.runUntil(() => false, world.clock.now() + 2 * 3_600_000);
    const hashes = new Map(told.map(({ id, hash }) => [id, hash]));
    const calls = ["one", "two"].flatMap((name) => world.carrier(name).calls);
    // What was claimed and looked at before the block was set may still be on its way to the carrier: a slot is a second away at most.
    const late = calls.filter(({ message, at }) => at > (blockedAt.get(hashes.get(message) ?? "") ?? Number.POSITIVE_INFINITY) + 2_000);
    expect(late).toEqual([]);
    expect(blockedAt.size).toBeGreaterThan(25);
    const states = told.map(({ id, hash }) => [world.people.state(id), blockedAt.has(hash)] as const);
    expect(states.filter(([state, blocked]) => state === "suppressed" && !blocked)).toEqual([]);
    expect(states.filter(([state]) => state === "suppressed").length).toBeGreaterThan(5);
    expect(states.filter(([state]) => ["scheduled", "queued", "sending"].includes(state))).toEqual([]);
  });
});
