import { describe, expect, it } from "vitest";
import { NOTICE_CLASSES, type NoticeClass } from "../../src/vocabulary/classes.ts";
import { TAKEN, type Treatment } from "./world/virtual-carriers.ts";
import { openWorld } from "./world/world.ts";

/** `npm run soak` runs the number that is asked, `npm test` a twentieth of it. */
const MESSAGES = process.env.SOAK ? 20_000 : 1_000;
const WITHIN_MS = 6 * 3_600_000;
const FINAL = new Set(["delivered", "undelivered", "failed", "unknown", "expired"]);

/** 2 % time-outs and 3 % 5xx after the message was taken, 3 % before it was; the rest is taken. */
function troubled(draw: () => number): Treatment {
  const luck = draw();
  const ms = 20 + Math.floor(draw() * 400);
  const receipt_after_ms = 500 + Math.floor(draw() * 8_000);
  if (luck < 0.02) return { ...TAKEN, ms: 30_000, receipt_after_ms };
  if (luck < 0.05) return { arrives: true, answer: { kind: "unclear", code: "503" }, ms, receipt_after_ms };
  if (luck < 0.08) return { arrives: false, answer: { kind: "unclear", code: "500" }, ms };
  return { ...TAKEN, ms, receipt_after_ms };
}

async function play(seed: number) {
  const world = openWorld({
    carriers: ["one", "two", "three"],
    per_second: { one: 300, two: 300, three: 300 },
    lanes: { consumers: 4 },
    repeated: 0.1,
    killed: 0.01,
    seed,
  });
  for (const name of ["one", "two", "three"]) world.carrier(name).treat = () => troubled(world.draw);
  const told: { readonly id: string; readonly class: NoticeClass }[] = [];
  for (let at = 0; at < MESSAGES; at++) {
    const noticeClass = NOTICE_CLASSES[at % 4] ?? "service";
    told.push({ id: world.tell({ class: noticeClass }), class: noticeClass });
    if (at % 50 === 49) await world.clock.runUntil(() => false, world.clock.now() + 500);
  }
  await world.clock.runUntil(() => told.every(({ id }) => FINAL.has(world.people.state(id))), world.clock.now() + WITHIN_MS);
  // What was given up as unknown may still have its receipt on the way.
  await world.clock.runUntil(() => false, world.clock.now() + 60_000);
  const texts = new Map<string, number>();
  const handsets = ["one", "two", "three"].flatMap((name) => world.carrier(name).handsets);
  for (const { message } of handsets) texts.set(message, (texts.get(message) ?? 0) + 1);
  return { world, told, texts, handsets };
}

describe("Over carriers that lie, consumers that die and queues that repeat", () => {
  it.each([1, 2])(
    "nobody gets a second SMS, a code comes at most once more, and every message comes to its end (seed %i)",
    async (seed) => {
      const { world, told, texts, handsets } = await play(seed);
      const most: Record<NoticeClass, number> = { verification: 2, transactional: 1, service: 1, marketing: 1 };
      const tooMany = told.filter(({ id, class: noticeClass }) => (texts.get(id) ?? 0) > most[noticeClass]);
      expect(tooMany).toEqual([]);

      const states = told.map(({ id }) => world.people.state(id));
      expect(states.filter((state) => !FINAL.has(state))).toEqual([]);
      // Sums add up: what is on a handset is delivered and what is delivered is on a handset.
      const delivered = told.filter((_, at) => states[at] === "delivered");
      expect(delivered.filter(({ id }) => !texts.has(id))).toEqual([]);
      const arrived = told.filter(({ id }) => texts.has(id));
      expect(arrived.filter(({ id }) => world.people.state(id) !== "delivered")).toEqual([]);
      expect(handsets.length).toBe([...texts.values()].reduce((sum, count) => sum + count, 0));

      // The faults were there: calls that were unclear, and a code or two that came twice.
      const attempts = told.flatMap(({ id }) => world.people.message(id).attempts);
      expect(attempts.filter(({ answer }) => answer?.kind === "unclear").length).toBeGreaterThan(MESSAGES / 50);
      expect(attempts.filter(({ answer }) => answer === undefined).length).toBeGreaterThan(0);
      // Nothing gave up for want of a lane's patience.
      expect(world.lanes.dead).toEqual([]);
      // Whoever has to be sent once more by the class's own rule is.
      const lost = told.filter(({ class: noticeClass }, at) => noticeClass === "transactional" && states[at] === "unknown");
      expect(lost.length).toBeLessThan(MESSAGES / 100);
    },
  );
});
