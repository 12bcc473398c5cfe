import { afterEach, describe, expect, it, vi } from "vitest";
import { expiring } from "../../src/store/expiring.ts";

/** A cache of 10 s over look-ups that are counted, with a clock that stands until it is set. */
function counted(look: (key: string, times: number) => Promise<string> = async (key, times) => `${key}${times}`) {
  const clock = { now: 0 };
  const times = new Map<string, number>();
  const cache = expiring(
    10_000,
    () => clock.now,
    (key) => {
      times.set(key, (times.get(key) ?? 0) + 1);
      return look(key, times.get(key) ?? 0);
    },
  );
  return { clock, cache, times };
}

afterEach(() => void vi.useRealTimers());

describe("expiring", () => {
  it("waits some seconds for a look-up that never ends, then one of those who joined looks anew for all", async () => {
    vi.useFakeTimers();
    const { cache, times } = counted((key, at) => (at === 1 ? new Promise(() => {}) : Promise.resolve(`${key}${at}`)));
    void cache.get("a");
    const joined = Promise.all([cache.get("a"), cache.get("a")]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await joined).toEqual(["a2", "a2"]);
    expect(times.get("a")).toBe(2);
  });

  it("looks once within the time and again when it is over, counted from when the look-up began", async () => {
    const { clock, cache } = counted();
    expect(await cache.get("a")).toBe("a1");
    clock.now = 9_999;
    expect(await cache.get("a")).toBe("a1");
    clock.now = 10_000;
    expect(await cache.get("a")).toBe("a2");
  });

  it("makes one look-up for all who ask at the same time, and one for each key", async () => {
    const { cache, times } = counted();
    expect(await Promise.all([cache.get("a"), cache.get("a"), cache.get("b")])).toEqual(["a1", "a1", "b1"]);
    expect([...times]).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
  });

  it("keeps no failure", async () => {
    const { cache } = counted(async (key, times) => {
      if (times === 1) throw new Error("no connection");
      return key;
    });
    await expect(cache.get("a")).rejects.toThrow("no connection");
    expect(await cache.get("a")).toBe("a");
  });

  it("forgets a key when it is told to", async () => {
    const { cache } = counted();
    await cache.get("a");
    cache.forget("a");
    expect(await cache.get("a")).toBe("a2");
  });

  it("keeps no more than a thousand, the latest ones", async () => {
    const { cache, times } = counted();
    for (let at = 0; at < 1_001; at++) await cache.get(`k${at}`);
    await cache.get("k1000");
    await cache.get("k0");
    expect([times.get("k1000"), times.get("k0")]).toEqual([1, 2]);
  });
});
