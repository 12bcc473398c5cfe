import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { countSegments, countWideSegments } from "../../examples/sandbox/segments.ts";

const cases = z
  .array(z.object({ tag: z.string(), text: z.string(), segments: z.number() }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/segments.json"), "utf8")));

describe("The sandbox's own counting", () => {
  it("has the cases to compare with", () => {
    expect(cases).toHaveLength(175);
  });

  it.each(cases)("bills as the cases say: $tag", ({ text, segments }) => {
    expect(countSegments(text)).toBe(segments);
  });

  it("bills the mainland's texts by the sum of their characters", () => {
    const counts = [0, 70, 71, 134, 135, 160, 500].map((length) => countWideSegments("a".repeat(length)));
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 8]);
    expect(countWideSegments(`${"中".repeat(66)}😀${"中".repeat(66)}`)).toBe(2);
  });
});
