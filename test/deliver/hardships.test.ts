import { describe, expect, it } from "vitest";
import { NOTICE_CLASSES } from "../../src/vocabulary/classes.ts";
import { NO_PAUSES } from "./lane.ts";
import { TAKEN, type Treatment } from "./world/virtual-carriers.ts";
import { openWorld } from "./world/world.ts";

const SECOND_MS = 1_000;
const UNREACHABLE: Treatment = { arrives: false, answer: { kind: "unreachable", code: "521" }, ms: 5 };

/** How long messages waited for a carrier's call, in milliseconds, ascending; those that still wait count up to now. */
function waitsOf(
  told: readonly { readonly id: string; readonly at: number }[],
  calls: readonly { readonly message: string; readonly at: number }[],
  now: number,
): number[] {
  const called = new Map(calls.map(({ message, at }) => [message, at]));
  return told.map(({ id, at }) => (called.get(id) ?? now) - at).sort((a, b) => a - b);
}

describe("What was told to wait", () => {
  const cases = NOTICE_CLASSES.flatMap((noticeClass) =>
    (["fails", "is cut off by its consumer's death"] as const).map((how) => [noticeClass, how] as const),
  );

  it.each(cases)("is not lost when putting it back into its lane %s: %s", async (noticeClass, how) => {
    let failures = 0;
    let pausedUntil = 0;
    const world = openWorld({
      carriers: ["only"],
      lanes: { consumers: 4, batch: 6 },
      hook: (deps, life) => ({
        ...deps,
        pauses: async () => ({ ...NO_PAUSES, carriers: world.clock.now() < pausedUntil ? ["only"] : [] }),
        async requeue(message, delaySeconds) {
          if (failures++ < 2) return how === "fails" ? Promise.reject(new Error("the queue is down")) : life.die();
          return deps.requeue(message, delaySeconds);
        },
      }),
    });
    pausedUntil = world.clock.now() + 60 * SECOND_MS;
    const ids = Array.from({ length: 5 }, () => world.tell({ class: noticeClass, ttl_ms: 600 * SECOND_MS }));
    await world.clock.runUntil(() => false, world.clock.now() + 1_200 * SECOND_MS);
    expect(failures).toBeGreaterThan(0);
    // One whose consumer died between its claim and the word of it counts as unclear, as after any such death.
    const states = ids.map((id) => world.people.state(id));
    expect(states.filter((state) => state !== "delivered" && state !== "unknown")).toEqual([]);
    if (how === "fails") expect(states).toEqual(ids.map(() => "delivered"));
  });

  it.each(["slow", "dead"] as const)("at a %s carrier holds up nobody whose route is another one", async (how) => {
    const world = openWorld({
      carriers: ["crowded", "idle"],
      per_second: { crowded: 1 },
      routes: [
        { channel: "rcs", carriers: ["idle"] },
        { channel: "sms", carriers: ["crowded"] },
      ],
    });
    world.carrier("crowded").treat = () => (how === "dead" ? UNREACHABLE : TAKEN);
    const told: { id: string; at: number }[] = [];
    for (let second = 0; second < 300; second++) {
      for (let each = 0; each < 4; each++) world.tell({ class: "service", channels: ["sms"] });
      if (second % 10 === 5) told.push({ id: world.tell({ class: "service", channels: ["rcs"] }), at: world.clock.now() });
      await world.clock.runUntil(() => false, world.clock.now() + SECOND_MS);
    }
    const waits = waitsOf(told, world.carrier("idle").calls, world.clock.now());
    expect(waits.at(-1)).toBeLessThan(10 * SECOND_MS);
  });
});

describe("While the first carrier of its route is shut", () => {
  it.each(["transactional", "service", "marketing"] as const)("%s goes to the second, and does not wait", async (noticeClass) => {
    const world = openWorld({ carriers: ["first", "second"] });
    world.carrier("first").treat = () => UNREACHABLE;
    const told: { id: string; at: number }[] = [];
    for (let second = 0; second < 300; second++) {
      told.push({ id: world.tell({ class: noticeClass }), at: world.clock.now() });
      await world.clock.runUntil(() => false, world.clock.now() + SECOND_MS);
    }
    const waits = waitsOf(told, world.carrier("second").calls, world.clock.now());
    expect(waits[Math.floor(waits.length * 0.95)]).toBeLessThan(5 * SECOND_MS);
  });
});

describe("A sender with a pace of its own", () => {
  it("is held to it, those who come again included", async () => {
    const template = { only: { code: "SMS_1", params: {}, sign_name: "鲸落商城" } };
    const world = openWorld({
      carriers: ["only"],
      per_second: { only: 100 },
      sender_per_second: 5,
      carrier_templates: template,
      lanes: { consumers: 8, batch: 30 },
    });
    for (let each = 0; each < 300; each++) world.tell({ class: "marketing" });
    const begun = world.clock.now();
    await world.clock.runUntil(() => false, begun + 30 * SECOND_MS);
    const bySecond = Map.groupBy(world.carrier("only").calls, ({ at }) => Math.floor((at - begun) / SECOND_MS));
    expect(Math.max(...[...bySecond.values()].map(({ length }) => length))).toBeLessThanOrEqual(6);
    expect(world.carrier("only").calls.length).toBeGreaterThan(100);
  });
});
