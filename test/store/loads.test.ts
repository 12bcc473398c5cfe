import { afterEach, expect, it, vi } from "vitest";
import { loadsOf } from "../../src/store/loads.ts";

afterEach(() => void vi.useRealTimers());

it("who joined a load that never ends loads by itself after some seconds, and what it found is kept", async () => {
  vi.useFakeTimers();
  const asked: string[][] = [];
  const loads = loadsOf<string>(100, Date.now, (keys) => {
    asked.push([...keys]);
    const found = new Map(keys.map((key) => [key, { value: `${key}!`, weight: 1 }]));
    return asked.length === 1 ? new Promise(() => {}) : Promise.resolve(found);
  });
  void loads.get(["a", "b"]).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  const joined = loads.get(["a"]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(await joined).toEqual(new Map([["a", "a!"]]));
  expect(await loads.get(["a", "b"])).toEqual(
    new Map([
      ["a", "a!"],
      ["b", "b!"],
    ]),
  );
  expect(asked.slice(0, 2)).toEqual([["a", "b"], expect.arrayContaining(["a"])]);
});
