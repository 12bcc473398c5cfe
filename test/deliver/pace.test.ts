import { describe, expect, it } from "vitest";
import { NOTICE_CLASSES } from "../../src/vocabulary/classes.ts";
import { mostInASecond } from "./gate/most-in-a-second.ts";
import { openWorld } from "./world/world.ts";

describe("A carrier of 100 a second", () => {
  it("is never given more than 101 slots in any second, by four lanes with eight consumers each", async () => {
    const world = openWorld({ carriers: ["only"], per_second: { only: 100 }, lanes: { consumers: 8 } });
    const slots: number[] = [];
    const { reserve } = world.gates;
    world.gates.reserve = async (...asked) => {
      const reserved = await reserve(...asked);
      slots.push(...reserved.slots.flatMap((slot) => (slot.kind === "now" ? [slot.at] : [])));
      return reserved;
    };
    for (let second = 0; second < 20; second++) {
      for (let at = 0; at < 160; at++) world.tell({ class: NOTICE_CLASSES[at % 4] ?? "service" });
      await world.clock.runUntil(() => false, world.clock.now() + 1_000);
    }
    await world.clock.runUntil(() => world.carrier("only").calls.length === 3_200, world.clock.now() + 120_000);
    expect(world.carrier("only").calls).toHaveLength(3_200);
    expect(mostInASecond(slots)).toBeLessThanOrEqual(101);
    // It is used as well as held back: most of what it may have is given while there is somebody to give it to.
    const busy = slots.filter((at) => at - (slots[0] ?? 0) < 20_000);
    expect(busy.length).toBeGreaterThan(0.8 * 20 * 100);
  });
});
