import { describe, expect, it } from "vitest";
import { percentile } from "../../examples/percentile.ts";

describe("percentile", () => {
  it("is the smallest value that so many do not exceed", () => {
    expect(percentile([5, 1, 4, 2, 3], 50)).toBe(3);
    expect(percentile([4, 1, 3, 2], 50)).toBe(2);
    expect(
      percentile(
        Array.from({ length: 200 }, (_, index) => index + 1),
        99,
      ),
    ).toBe(198);
  });

  it("is the only value of one, and nothing of none", () => {
    expect(percentile([7], 99)).toBe(7);
    expect(percentile([], 50)).toBeUndefined();
  });
});
