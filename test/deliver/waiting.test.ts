import { describe, expect, it } from "vitest";
import { openWorld } from "./world/world.ts";

const MINUTE_MS = 60_000;
/** `npm run soak` has the number that is asked, `npm test` a quarter of it at a quarter of the pace. */
const SHARE = process.env.SOAK ? 1 : 0.25;
const WAITING = 10_000 * SHARE;
const PER_SECOND = 2 * SHARE;

describe("Marketing that waits for a carrier", () => {
  it("lets codes pass, waits an hour without an attempt, a dead letter or a retry of its lane, and then goes out by itself", async () => {
    const world = openWorld({ carriers: ["only"], per_second: { only: PER_SECOND }, lanes: { consumers: 3, batch: 10, max_retries: 3 } });
    const { clock, people } = world;
    const carrier = world.carrier("only");
    const waiting = Array.from({ length: WAITING }, () => world.tell({ class: "marketing", ttl_ms: 7 * 86_400_000 }));
    await clock.runUntil(() => false, clock.now() + MINUTE_MS);
    const waits: number[] = [];
    for (let at = 0; at < 59; at++) {
      const told = clock.now();
      const code = world.tell({ class: "verification" });
      await clock.runUntil(() => false, clock.now() + MINUTE_MS);
      waits.push((carrier.calls.find(({ message }) => message === code)?.at ?? Number.POSITIVE_INFINITY) - told);
    }
    // At the third slot after the code has come, or when its lane brings it back after a whole second, whichever is later.
    expect(Math.max(...waits)).toBeLessThanOrEqual(Math.max(2_000, (3 * 1_000) / PER_SECOND));
    expect(world.letters).toEqual([]);
    expect(world.lanes.dead).toEqual([]);
    expect(world.lanes.attempts).toBe(1);
    const sent = new Set(carrier.calls.map(({ message }) => message));
    expect(sent.size).toBeGreaterThan(0.6 * PER_SECOND * 3_600);
    const still = waiting.filter((id) => !sent.has(id));
    expect(still.length).toBeGreaterThan(WAITING / 10);
    // Whoever is claimed at this very instant has an attempt under way and no other.
    expect(still.flatMap((id) => people.message(id).attempts).filter(({ answer }) => answer !== undefined)).toEqual([]);

    await clock.runUntil(() => carrier.calls.length === WAITING + waits.length, clock.now() + 3 * 60 * MINUTE_MS);
    await clock.runUntil(() => false, clock.now() + MINUTE_MS);
    expect(new Set(carrier.calls.map(({ message }) => message)).size).toBe(carrier.calls.length);
    expect(waiting.map((id) => people.state(id)).filter((state) => state !== "sent" && state !== "delivered")).toEqual([]);
  });
});
