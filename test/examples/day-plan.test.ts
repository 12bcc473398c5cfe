import { describe, expect, it } from "vitest";
import { type DayEvent, planDay, readDay } from "../../examples/day-plan.ts";

const START_MS = Date.parse("2030-01-01T00:00:00.000Z");
const LENGTH_MS = 10_000;

function event(id: string, time: string, source = "/shop/orders"): DayEvent {
  return { specversion: "1.0", id, source, type: "order.paid", time, subject: "u1", data: {} };
}

describe("planDay", () => {
  it("squeezes the day into the given length", () => {
    const day = [event("a", "2026-11-11T00:00:00Z"), event("b", "2026-11-11T06:00:00Z"), event("c", "2026-11-12T00:00:00Z")];
    const posts = planDay(day, START_MS, LENGTH_MS);
    expect(posts.map((post) => post.due_ms)).toEqual([0, 2_500, 10_000]);
    expect(posts.map((post) => post.events[0]?.time)).toEqual([
      "2030-01-01T00:00:00.000Z",
      "2030-01-01T00:00:02.500Z",
      "2030-01-01T00:00:10.000Z",
    ]);
  });

  it("keeps the time of an event that comes once more", () => {
    const first = event("a", "2026-11-11T00:00:00Z");
    const posts = planDay([first, event("b", "2026-11-11T12:00:00Z"), first, event("c", "2026-11-12T00:00:00Z")], START_MS, LENGTH_MS);
    expect(posts.map((post) => post.due_ms)).toEqual([0, 5_000, 5_000, 10_000]);
    expect(posts[2]?.events).toEqual(posts[0]?.events);
  });

  it("lets what came late come as late", () => {
    const posts = planDay(
      [
        event("a", "2026-11-11T00:00:00Z"),
        event("b", "2026-11-11T12:00:00Z"),
        event("late", "2026-11-09T12:00:00Z"),
        event("c", "2026-11-12T00:00:00Z"),
      ],
      START_MS,
      LENGTH_MS,
    );
    const late = posts[2];
    expect(late?.due_ms).toBe(5_000);
    expect(START_MS + 5_000 - Date.parse(late?.events[0]?.time ?? "")).toBe(48 * 3_600_000);
  });

  it("posts no event before its time", () => {
    const day = [
      event("a", "2026-11-11T00:00:00Z", "/shop/campaigns"),
      event("b", "2026-11-11T00:20:00Z", "/shop/campaigns"),
      event("c", "2026-11-12T00:00:00Z"),
    ];
    for (const post of planDay(day, START_MS, LENGTH_MS)) {
      for (const { time } of post.events) expect(Date.parse(time)).toBeLessThanOrEqual(START_MS + post.due_ms);
    }
  });

  it("puts what a campaign posts in a moment into batches of fifty at most, in order, nothing lost", () => {
    const campaign = Array.from({ length: 120 }, (_, index) =>
      event(`c${index}`, `2026-11-11T10:00:${String(index % 60).padStart(2, "0")}Z`, "/shop/campaigns"),
    );
    const posts = planDay([...campaign, event("end", "2026-11-12T10:00:00Z")], START_MS, LENGTH_MS);
    expect(posts.map((post) => [post.mode, post.events.length])).toEqual([
      ["batch", 50],
      ["batch", 50],
      ["batch", 20],
      ["structured", 1],
    ]);
    expect(posts.flatMap((post) => post.events.map(({ id }) => id))).toEqual([...campaign.map(({ id }) => id), "end"]);
  });
});

describe("readDay", () => {
  it("refuses a line that is no event", () => {
    expect(() => readDay('{"specversion":"1.0","id":"a"}\n')).toThrow();
  });
});
