import { describe, expect, it, vi } from "vitest";
import { boundedCache } from "../../src/support/bounded-cache.ts";

describe("boundedCache", () => {
  it("makes a value once", () => {
    const make = vi.fn((key: string) => ({ key }));
    const cached = boundedCache({ entries: 2, characters: 10 }, make);
    expect(cached("a")).toBe(cached("a"));
    expect(make).toHaveBeenCalledTimes(1);
  });

  it("lets the oldest make room, by number and by length", () => {
    const make = vi.fn((key: string) => key);
    const cached = boundedCache({ entries: 3, characters: 10 }, make);
    for (const key of ["a", "b", "c", "d", "b"]) cached(key);
    expect(make).toHaveBeenCalledTimes(4);
    cached("a");
    expect(make).toHaveBeenCalledTimes(5);
    cached("123456789");
    cached("a");
    cached("b");
    expect(make).toHaveBeenCalledTimes(7);
  });

  it("keeps nothing that is longer than all that it may keep, and drops nothing for it", () => {
    const make = vi.fn((key: string) => key);
    const cached = boundedCache({ entries: 3, characters: 10 }, make);
    for (const key of ["a", "x".repeat(11), "x".repeat(11), "a"]) cached(key);
    expect(make).toHaveBeenCalledTimes(3);
  });

  it("does not keep what throws", () => {
    let failing = true;
    const cached = boundedCache({ entries: 3, characters: 10 }, (key) => {
      if (failing) throw new Error("not yet");
      return key;
    });
    expect(() => cached("a")).toThrow("not yet");
    failing = false;
    expect(cached("a")).toBe("a");
  });
});
